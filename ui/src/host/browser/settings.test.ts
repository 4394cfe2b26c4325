// @vitest-environment jsdom
import { afterEach, describe, expect, it } from "vitest";
import { pathOfRoom, roomInPath } from "../room-link";
import { DEFAULT_SETTINGS } from "../types";
import { BrowserSettings, readSettings } from "./settings";

afterEach(() => localStorage.clear());

describe("settings", () => {
  it("are there again after a reload", () => {
    const recentRooms = [{ server: "https://maru.example.org", room: "우리집" }];
    new BrowserSettings().set({ name: "민지", cameraOn: true, recentRooms });
    expect(new BrowserSettings().get()).toEqual({
      ...DEFAULT_SETTINGS,
      name: "민지",
      cameraOn: true,
      recentRooms,
    });
  });

  it("lose only invalid fields", () => {
    const stored = JSON.stringify({
      name: "Minji",
      theme: "purple",
      cameraOn: 1,
      microphoneId: null,
      downloadFolder: "/home/minji",
      recentRooms: [{ server: "javascript:alert(1)", room: "daily" }],
      extra: true,
    });
    expect(readSettings(stored)).toEqual({ ...DEFAULT_SETTINGS, name: "Minji" });
    for (const broken of [null, "", "{", "[]", "null", "7"])
      expect(readSettings(broken)).toEqual(DEFAULT_SETTINGS);
  });

  it("work without storage", () => {
    const settings = new BrowserSettings(() => {
      throw new DOMException("no", "SecurityError");
    });
    settings.set({ name: "Minji" });
    expect(settings.get().name).toBe("Minji");
  });

  it("follow another tab", () => {
    const settings = new BrowserSettings();
    let notified = "";
    settings.subscribe((next) => {
      notified = next.theme;
    });
    dispatchEvent(new StorageEvent("storage", { key: "maru.settings", newValue: '{"theme":"light"}' }));
    expect([settings.get().theme, notified]).toEqual(["light", "light"]);
  });
});

describe("the room in a link", () => {
  it.each(["daily", "우리집", "a_b-c", "100%"])("survives encoding and decoding: %s", (room) => {
    expect(roomInPath(pathOfRoom(room))).toBe(room);
  });
});
