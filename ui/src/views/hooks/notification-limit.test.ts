import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NOTIFICATION_INTERVAL_MS, NotificationLimit } from "./notification-limit";

let shown: string[] = [];
const limit = () => new NotificationLimit(({ title }) => shown.push(title));
const chat = (title: string) => ({ kind: "chat", title, body: "" }) as const;
const people = (title: string) => ({ kind: "people", title, body: "" }) as const;

beforeEach(() => {
  shown = [];
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("shows the first at once, and of a flood the newest at each interval", () => {
  const notifications = limit();
  for (let n = 0; n < 1_000; n++) notifications.add(chat(`${n}`));
  expect(shown).toEqual(["0"]);
  vi.advanceTimersByTime(NOTIFICATION_INTERVAL_MS - 1);
  expect(shown).toEqual(["0"]);
  vi.advanceTimersByTime(1);
  expect(shown).toEqual(["0", "999"]);
  notifications.add(chat("soon"));
  expect(shown).toEqual(["0", "999"]);
  vi.advanceTimersByTime(NOTIFICATION_INTERVAL_MS);
  expect(shown).toEqual(["0", "999", "soon"]);
  vi.advanceTimersByTime(NOTIFICATION_INTERVAL_MS);
  notifications.add(chat("later"));
  expect(shown.at(-1)).toBe("later");
});

it("keeps a message rather than an arrival", () => {
  const notifications = limit();
  notifications.add(people("Ann"));
  notifications.add(people("Ben"));
  notifications.add(chat("hello"));
  notifications.add(people("Cem"));
  vi.advanceTimersByTime(NOTIFICATION_INTERVAL_MS);
  expect(shown).toEqual(["Ann", "hello"]);
});

it("forgets the one that waits", () => {
  const notifications = limit();
  notifications.add(chat("1"));
  notifications.add(chat("2"));
  notifications.clear();
  vi.advanceTimersByTime(2 * NOTIFICATION_INTERVAL_MS);
  expect(shown).toEqual(["1"]);
});
