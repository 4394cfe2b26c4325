import type { Host } from "../host/types";

/** Where the server is, for people: both hosts put it into the room's link. */
export function serverOf(host: Host): { origin: string; host: string } {
  const link = host.roomLink("room");
  if (!URL.canParse(link)) return { origin: link, host: link };
  const { origin, host: name } = new URL(link);
  return { origin, host: name };
}
