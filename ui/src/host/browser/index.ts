import { copyText } from "../clipboard";
import { linkOfPlace, pathOfRoom, roomInPath } from "../room-link";
import type { Host } from "../types";
import { CallGuards } from "./call-guard";
import { BrowserFiles } from "./files/browser-files";
import { canTransferFiles } from "./files/supported";
import { BrowserNotifications } from "./notifications";
import { BrowserSettings } from "./settings";
import { BrowserSignaling } from "./signaling";
import { ScreenWakeLock } from "./wake-lock";

/** The host in a browser. The server is the origin of the page. */
export function createBrowserHost(): Host {
  const { origin } = location;
  const wakeLock = new ScreenWakeLock();
  const signaling = new BrowserSignaling(`${origin.replace(/^http/, "ws")}/ws`);
  const guards = new CallGuards();
  return {
    kind: "browser",
    signaling,
    ...(canTransferFiles() ? { files: new BrowserFiles(signaling) } : {}),
    settings: new BrowserSettings(),
    roomLink: (room) => `${origin}${pathOfRoom(room)}`,
    openExternal: async (url) => {
      window.open(url, "_blank", "noopener,noreferrer");
    },
    copyText,
    initialRoom: () => roomInPath(location.pathname),
    showRoom: (room) => {
      const path = pathOfRoom(room);
      if (location.pathname !== path) history.replaceState(history.state, "", path + location.search);
    },
    visit: (place) => location.assign(linkOfPlace(place)),
    guardCall: (onBack) => guards.start(onBack),
    notifications: new BrowserNotifications(),
    keepScreenOn: (on) => wakeLock.set(on),
  };
}
