import type { Host } from "../../host/types";

/** The server as shown to people. Taken from a room's link, which contains it on both hosts. */
export function serverOf(host: Host): { origin: string; host: string } {
  const link = host.roomLink("room");
  if (!URL.canParse(link)) return { origin: link, host: link };
  const { origin, host: name } = new URL(link);
  return { origin, host: name };
}

/** Whether a server at this address is reached from this computer only. `hostname`: of a URL. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
