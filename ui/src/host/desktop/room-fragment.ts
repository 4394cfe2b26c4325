/**
 * The room this window shows, in the fragment of its address (`#/r/<room>`): it survives a reload, and it
 * is how `maru ROOM` on the command line gets here (`src-tauri/src/window.rs`).
 */
import { pathOfRoom, roomInPath } from "../browser/room-link";

export function roomInFragment(fragment: string): string | null {
  return roomInPath(fragment.replace(/^#/, ""));
}

export function fragmentOfRoom(room: string | null): string {
  return room === null ? "" : `#${pathOfRoom(room)}`;
}
