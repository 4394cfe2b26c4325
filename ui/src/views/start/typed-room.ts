import { isLink, placeInLink, type RoomPlace } from "../../host/room-link";
import { parseRoomId, type RoomIdProblem } from "../../protocol/room-id";
import { linkify } from "../shared/linkify";

/** What the room field contains. */
export type TypedRoom =
  | { kind: "place"; place: RoomPlace }
  /** `link`: a link, but not of a room. */
  | { kind: "problem"; problem: RoomIdProblem | "link" };

/**
 * The place of the first invitation in `text`; null without any. People copy a link with what stands around it: a whole
 * message, brackets, a full stop.
 */
export function placeInText(text: string): RoomPlace | null {
  for (const piece of linkify(text)) {
    const place = piece.kind === "link" ? placeInLink(piece.url) : null;
    if (place !== null) return place;
  }
  return null;
}

/** The place of a typed room ID on `server`, or of a link on its own. The room is canonical. */
export function readRoom(typed: string, server: string): TypedRoom {
  const text = typed.trim();
  const linked = placeInText(text);
  if (linked === null && isLink(text)) return { kind: "problem", problem: "link" };
  const { server: origin, room } = linked ?? { server, room: text };
  const parsed = parseRoomId(room);
  return parsed.ok
    ? { kind: "place", place: { server: origin, room: parsed.id } }
    : { kind: "problem", problem: parsed.problem };
}
