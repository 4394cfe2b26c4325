import { copyText } from "../clipboard";
import { pathOfRoom } from "../room-link";
import type { Host } from "../types";
import { ShellFiles } from "./files";
import { ShellBridge } from "./native-bridge";
import { OpenedRooms } from "./opened-rooms";
import { fragmentOfRoom, roomInFragment } from "./room-fragment";
import { RoomServer } from "./room-server";
import { DesktopSettings } from "./settings";
import { shell } from "./shell";
import { ShellSignaling } from "./signaling";

/** The host in the desktop app. Settings, the signaling session and file transfers are in the shell (`src-tauri`). */
export function createDesktopHost(): Host {
  const settings = new DesktopSettings(shell);
  const server = new RoomServer(() => settings.get().serverUrl);
  const ready = settings.ready
    .then(() => shell.serverInfo())
    .then(
      (info) => server.setJoined(info.joined),
      // Links then contain the server of the settings, which is nearly always the same.
      () => undefined,
    );
  const signaling = new ShellSignaling(shell, ready, (event) => server.onEvent(event));
  const opened = new OpenedRooms(shell);
  return {
    kind: "desktop",
    signaling,
    settings,
    native: new ShellBridge(),
    files: new ShellFiles(),
    roomLink: (room) => `${server.origin()}${pathOfRoom(room)}`,
    openExternal: (url) => shell.openExternal(url),
    copyText,
    initialRoom: () => roomInFragment(location.hash),
    showRoom: (room) => {
      const fragment = fragmentOfRoom(room);
      if (location.hash !== fragment) history.replaceState(null, "", location.pathname + fragment);
    },
    setServer: (origin) => settings.setServer(origin),
    onOpened: (listener) => opened.subscribe(listener),
    notifications: {
      // The desktop's settings decide whether they appear.
      permission: () => "granted",
      ask: async () => undefined,
      // The shell knows whether the window has the keyboard. Without a notification nothing is lost: the page shows it.
      show: (notification) => void shell.notify(notification).catch(() => undefined),
    },
    // It fails only while the window closes.
    keepScreenOn: (on) => void shell.keepScreenOn(on).catch(() => undefined),
  };
}
