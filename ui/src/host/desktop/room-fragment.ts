/**
 * The room of this window, in the fragment of its address (`#/r/<room>`). It survives a reload, and it is how the shell
 * passes on `maru ROOM` from the command line (`src-tauri/src/window.rs`).
 */
import { pathOfRoom, roomInPath } from "../room-link";

export function roomInFragment(fragment: string): string | null {
  return roomInPath(fragment.replace(/^#/, ""));
}

export function fragmentOfRoom(room: string | null): string {
  return room === null ? "" : `#${pathOfRoom(room)}`;
}
