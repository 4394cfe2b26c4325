const PREFIX = "/r/";

/** The room in the path of a link, decoded; null without a room, or if it cannot be decoded. */
export function roomInPath(path: string): string | null {
  if (!path.startsWith(PREFIX)) return null;
  const segment = path.slice(PREFIX.length).replace(/\/$/, "");
  if (segment === "" || segment.includes("/")) return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

export function pathOfRoom(room: string | null): string {
  return room === null ? "/" : `${PREFIX}${encodeURIComponent(room)}`;
}
