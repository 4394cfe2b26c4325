// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ScreenWakeLock } from "./wake-lock";

class Sentinel {
  released = false;
  async release() {
    this.released = true;
  }
}

let locks: Sentinel[] = [];
let visibility: DocumentVisibilityState = "visible";
const held = () => locks.filter(({ released }) => !released).length;
const settle = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  locks = [];
  visibility = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
  const request = async () => {
    const lock = new Sentinel();
    locks.push(lock);
    return lock;
  };
  vi.stubGlobal("navigator", { wakeLock: { request } });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const show = async (state: DocumentVisibilityState) => {
  visibility = state;
  // As the browser does for a page that is hidden.
  if (state === "hidden") for (const lock of locks) lock.released = true;
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
};

it("holds one lock during a call, and none after it", async () => {
  const screen = new ScreenWakeLock();
  await settle();
  expect(locks).toEqual([]);
  screen.set(true);
  screen.set(true);
  await settle();
  expect([locks.length, held()]).toEqual([1, 1]);
  screen.set(false);
  await settle();
  expect([locks.length, held()]).toEqual([1, 0]);
});

it("takes the lock again when the page is visible again, only during a call", async () => {
  const screen = new ScreenWakeLock();
  screen.set(true);
  await settle();
  await show("hidden");
  expect(held()).toBe(0);
  await show("visible");
  expect([locks.length, held()]).toEqual([2, 1]);
  screen.set(false);
  await show("hidden");
  await show("visible");
  expect(locks).toHaveLength(2);
});

it("releases a lock that arrives after the call", async () => {
  const screen = new ScreenWakeLock();
  screen.set(true);
  screen.set(false);
  await settle();
  expect([locks.length, held()]).toEqual([1, 0]);
});

it("tries again after a refusal, and needs no API", async () => {
  const { wakeLock } = navigator;
  const refuse = vi.fn(async () => Promise.reject(new DOMException("battery", "NotAllowedError")));
  vi.stubGlobal("navigator", { wakeLock: { request: refuse } });
  const screen = new ScreenWakeLock();
  screen.set(true);
  await settle();
  expect(refuse).toHaveBeenCalledOnce();
  vi.stubGlobal("navigator", { wakeLock });
  await show("visible");
  expect(held()).toBe(1);
  vi.stubGlobal("navigator", {});
  await show("hidden");
  await show("visible");
  new ScreenWakeLock().set(true);
});
