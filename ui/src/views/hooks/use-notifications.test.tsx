// @vitest-environment jsdom
import { act } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import { fakeHost, IDLE } from "../../gallery/fakes";
import type { Settings } from "../../host/types";
import { NOTIFICATION_INTERVAL_MS } from "./notification-limit";
import { useNotifications } from "./use-notifications";

function Notified() {
  useNotifications();
  return null;
}

const JOINED = { ...IDLE, phase: "joined", room: "daily" } as const;

function open(settings: Partial<Settings> = {}, state: Parameters<typeof renderView>[1] = JOINED) {
  const { call, host } = renderView(<Notified />, state, {
    host: fakeHost("desktop", { language: "en", ...settings }),
  });
  return { call, shown: host.notifications.shown };
}

const look = (type: "focus" | "blur") => act(() => window.dispatchEvent(new Event(type)));

beforeEach(() => {
  vi.useFakeTimers();
  look("blur");
  return () => {
    look("focus");
    vi.useRealTimers();
  };
});

it("say who wrote what, and who came", () => {
  const { call, shown } = open();
  call.emit({ type: "chat", name: "Ann", text: "first\nsecond" });
  vi.advanceTimersByTime(NOTIFICATION_INTERVAL_MS);
  call.emit({ type: "participant-joined", name: "" });
  call.emit({ type: "hand", name: "Ann" });
  expect(shown).toEqual([
    { kind: "chat", title: "Ann", body: "first second" },
    { kind: "people", title: "Guest joined", body: "" },
  ]);
});

it("leave the text out if the person wants that", () => {
  const { call, shown } = open({ hideMessageText: true });
  call.emit({ type: "chat", name: "Ann", text: "secret" });
  expect(shown).toEqual([{ kind: "chat", title: "Ann", body: "New message" }]);
});

it("are not shown to a person who looks, who has them off, or who is just joining", () => {
  const off = open({ notifications: false });
  off.call.emit({ type: "chat", name: "Ann", text: "x" });
  expect(off.shown).toEqual([]);
  const { call, shown } = open({}, IDLE);
  call.emit({ type: "participant-joined", name: "Ann" });
  call.emit({ type: "joined" });
  expect(shown).toEqual([]);
  look("focus");
  call.emit({ type: "chat", name: "Ann", text: "x" });
  look("blur");
  vi.advanceTimersByTime(NOTIFICATION_INTERVAL_MS);
  expect(shown).toEqual([]);
  call.emit({ type: "participant-joined", name: "Ben" });
  expect(shown).toHaveLength(1);
});

it("that waited are dropped once the person looks", () => {
  const { call, shown } = open();
  call.emit({ type: "chat", name: "Ann", text: "1" });
  call.emit({ type: "chat", name: "Ann", text: "2" });
  look("focus");
  look("blur");
  vi.advanceTimersByTime(NOTIFICATION_INTERVAL_MS);
  expect(shown.map(({ body }) => body)).toEqual(["1"]);
});
