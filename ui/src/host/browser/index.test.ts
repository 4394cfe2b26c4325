// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createBrowserHost } from "./index";

beforeEach(() => {
  history.replaceState(null, "", "/");
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("keeps the screen on by the browser's wake lock", async () => {
  const release = vi.fn(async () => undefined);
  const request = vi.fn(async () => ({ released: false, release }));
  vi.stubGlobal("navigator", { userAgent: "", wakeLock: { request } });
  const host = createBrowserHost();
  host.keepScreenOn(true);
  await vi.waitFor(() => expect(request).toHaveBeenCalledWith("screen"));
  host.keepScreenOn(false);
  await vi.waitFor(() => expect(release).toHaveBeenCalledOnce());
});

it("shows notifications by the browser's own", () => {
  const shown: string[] = [];
  class Shown {
    static permission = "granted";
    constructor(title: string) {
      shown.push(title);
    }
  }
  vi.stubGlobal("Notification", Shown);
  vi.stubGlobal("isSecureContext", true);
  vi.spyOn(document, "hasFocus").mockReturnValue(false);
  createBrowserHost().notifications.show({ kind: "chat", title: "Ann", body: "hello" });
  expect(shown).toEqual(["Ann"]);
});

it("has the room of the address, and links and an address for another one", () => {
  history.replaceState("kept", "", "/r/%EC%9A%B0%EB%A6%AC%EC%A7%91/?a=1");
  const host = createBrowserHost();
  expect(host.initialRoom()).toBe("우리집");
  expect(host.roomLink("daily")).toBe(`${location.origin}/r/daily`);
  host.showRoom("daily");
  expect([location.pathname, location.search, history.state]).toEqual(["/r/daily", "?a=1", "kept"]);
});
