import { copyText } from "../clipboard";
import { pathOfRoom, roomInPath } from "../room-link";
import type { Host } from "../types";
import { BrowserSettings } from "./settings";
import { BrowserSignaling } from "./signaling";

/** The host in a browser. The server is the origin of the page. */
export function createBrowserHost(): Host {
  const { origin } = location;
  return {
    kind: "browser",
    signaling: new BrowserSignaling(`${origin.replace(/^http/, "ws")}/ws`),
    settings: new BrowserSettings(),
    roomLink: (room) => `${origin}${pathOfRoom(room)}`,
    openExternal: async (url) => {
      window.open(url, "_blank", "noopener,noreferrer");
    },
    copyText,
    initialRoom: () => roomInPath(location.pathname),
    showRoom: (room) => {
      const path = pathOfRoom(room);
      if (location.pathname !== path) history.replaceState(null, "", path + location.search);
    },
  };
}
