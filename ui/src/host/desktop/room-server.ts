import type { SignalingEvent } from "../types";

/**
 * The server in the link of a room: in a room the one it was joined on, otherwise the one of the settings. A setting
 * changed during a call applies to the next join.
 */
export class RoomServer {
  #joined: string | null = null;

  constructor(private readonly setting: () => string) {}

  origin(): string {
    return this.#joined ?? this.setting();
  }

  /** After a reload of the page: the server of the room that the shell is in; null if it is in none. */
  setJoined(origin: string | null): void {
    this.#joined = origin;
  }

  onEvent(event: SignalingEvent): void {
    if (event.type !== "status") return;
    if (event.status.kind === "connecting") this.#joined ??= this.setting();
    else if (event.status.kind === "idle" || event.status.kind === "refused") this.#joined = null;
  }
}
