import { isSamePlace, type RoomPlace } from "../../host/room-link";
import { MAX_RECENT_ROOMS } from "../../host/types";

/** With `place` as the newest. */
export function addRecent(recent: readonly RoomPlace[], place: RoomPlace): RoomPlace[] {
  return [place, ...removeRecent(recent, place)].slice(0, MAX_RECENT_ROOMS);
}

export function removeRecent(recent: readonly RoomPlace[], place: RoomPlace): RoomPlace[] {
  return recent.filter((one) => !isSamePlace(one, place));
}
