import type { Engine } from "../engine/types";

/** The loudspeaker that remote audio plays on. */
export class Speaker {
  constructor(
    private readonly engine: Pick<Engine, "setSpeaker">,
    /** The selected device could not be used; the system's default plays instead. */
    private readonly onFallback: () => void,
  ) {}

  /** Null: the system's default. */
  select(deviceId: string | null): void {
    this.engine.setSpeaker(deviceId).catch(() => {
      this.onFallback();
      if (deviceId !== null) this.engine.setSpeaker(null).catch(() => {});
    });
  }
}
