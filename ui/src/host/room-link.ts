const PREFIX = "/r/";

/** A room and its server. */
export interface RoomPlace {
  /** Origin, e.g. `https://maru.example.org`. */
  server: string;
  room: string;
}

/**
 * The room in the path of a link, decoded; null without a room, or if it cannot be decoded. Slashes at the end and
 * several at the start are accepted, as the server does (`signaling/src/http/assets.rs`).
 */
export function roomInPath(path: string): string | null {
  const [, segment = ""] = /^\/+r\/([^/]*)\/?$/.exec(path) ?? [];
  if (segment === "") return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

export function pathOfRoom(room: string | null): string {
  return room === null ? "/" : `${PREFIX}${encodeURIComponent(room)}`;
}

/** The text is meant as a link: a room ID contains no colon. */
export function isLink(text: string): boolean {
  return text.includes("://");
}

/**
 * The place of an invitation link (`https://…/r/<room>`); null for any other text. The room is as in the link, valid or
 * not. Only `http:` and `https:`, and no credentials, which can make a link look like that of another site: the rules of
 * links in the chat. Query and fragment are dropped: messengers and mailing lists append theirs.
 */
export function placeInLink(text: string): RoomPlace | null {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed) || !URL.canParse(trimmed)) return null;
  const url = new URL(trimmed);
  if (url.username !== "" || url.password !== "") return null;
  const room = roomInPath(url.pathname);
  return room === null ? null : { server: url.origin, room };
}

export function linkOfPlace({ server, room }: RoomPlace): string {
  return server + pathOfRoom(room);
}

export function isSamePlace(a: RoomPlace | null, b: RoomPlace | null): boolean {
  return a?.server === b?.server && a?.room === b?.room;
}
