import type { SignalingEvent } from "../types";

/**
 * Which server the link of a room names: the one the room was joined on while we are in it, the one of the
 * settings otherwise. A setting changed in a call holds from the next join.
 */
export class RoomServer {
  #joined: string | null = null;

  constructor(private readonly setting: () => string) {}

  origin(): string {
    return this.#joined ?? this.setting();
  }

  /** A join has gone out, or a reloaded page was told of one; null where there was none. */
  joined(origin: string | null): void {
    this.#joined = origin;
  }

  hear(event: SignalingEvent): void {
    if (event.type !== "status") return;
    if (event.status.kind === "connecting") this.#joined ??= this.setting();
    else if (event.status.kind === "idle" || event.status.kind === "refused") this.#joined = null;
  }
}
