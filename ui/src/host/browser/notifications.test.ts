// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BrowserNotifications } from "./notifications";

class FakeNotification {
  static permission: NotificationPermission = "granted";
  static answer: NotificationPermission = "granted";
  static asked = 0;
  static all: FakeNotification[] = [];
  static async requestPermission() {
    FakeNotification.asked += 1;
    FakeNotification.permission = FakeNotification.answer;
    return FakeNotification.answer;
  }
  onclick: (() => void) | null = null;
  closed = false;
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    FakeNotification.all.push(this);
  }
  close() {
    this.closed = true;
  }
}

let focused = false;

beforeEach(() => {
  Object.assign(FakeNotification, { permission: "granted", answer: "granted", asked: 0, all: [] });
  focused = false;
  vi.stubGlobal("Notification", FakeNotification);
  vi.stubGlobal("isSecureContext", true);
  vi.spyOn(document, "hasFocus").mockImplementation(() => focused);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const MESSAGE = { kind: "chat", title: "Ann", body: "hello" } as const;

it("are never asked for unless the person turns them on, and then once", async () => {
  FakeNotification.permission = "default";
  const notifications = new BrowserNotifications();
  expect(notifications.permission()).toBe("ask");
  notifications.show(MESSAGE);
  expect([FakeNotification.asked, FakeNotification.all]).toEqual([0, []]);
  await notifications.ask();
  await notifications.ask();
  expect([FakeNotification.asked, notifications.permission()]).toEqual([1, "granted"]);
  notifications.show(MESSAGE);
  expect(FakeNotification.all).toHaveLength(1);
});

it("are shown only to a person who does not look, one of each kind", () => {
  const notifications = new BrowserNotifications();
  focused = true;
  notifications.show(MESSAGE);
  expect(FakeNotification.all).toEqual([]);
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  notifications.show(MESSAGE);
  notifications.show({ kind: "people", title: "Ben joined", body: "" });
  expect(FakeNotification.all.map(({ title, options }) => [title, options.body, options.tag])).toEqual([
    ["Ann", "hello", "maru-chat"],
    ["Ben joined", "", "maru-people"],
  ]);
});

it("bring the window up when clicked, and go when the person is back", () => {
  const notifications = new BrowserNotifications();
  notifications.show(MESSAGE);
  notifications.show({ kind: "people", title: "Ben joined", body: "" });
  const focus = vi.spyOn(window, "focus").mockImplementation(() => undefined);
  const [clicked, other] = FakeNotification.all;
  clicked?.onclick?.();
  expect([focus.mock.calls.length, clicked?.closed, other?.closed]).toEqual([1, true, false]);
  window.dispatchEvent(new Event("focus"));
  expect(other?.closed).toBe(true);
});

it("are absent on pages from http:// and where there are none", () => {
  vi.stubGlobal("isSecureContext", false);
  expect(new BrowserNotifications().permission()).toBe("absent");
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("Notification", undefined);
  const notifications = new BrowserNotifications();
  expect(notifications.permission()).toBe("absent");
  notifications.show(MESSAGE);
});
