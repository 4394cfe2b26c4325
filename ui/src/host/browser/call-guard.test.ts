// @vitest-environment jsdom
import { beforeEach, expect, it } from "vitest";
import { CallGuards } from "./call-guard";

let backs = 0;
const onBack = () => {
  backs += 1;
};

beforeEach(() => {
  backs = 0;
  history.pushState(null, "", "/r/daily");
});

/** Whether the browser would ask before it leaves the page. */
const isAsked = () => !dispatchEvent(new Event("beforeunload", { cancelable: true }));

function arrival(): Promise<void> {
  return new Promise((resolve) => addEventListener("popstate", () => resolve(), { once: true }));
}

async function back(): Promise<void> {
  const arrived = arrival();
  history.back();
  await arrived;
}

it("during a call, and only then, the browser asks before the page is left", async () => {
  const guards = new CallGuards();
  expect(isAsked()).toBe(false);
  const guard = guards.start(onBack);
  expect(isAsked()).toBe(true);
  const arrived = arrival();
  guard.release();
  expect(isAsked()).toBe(false);
  await arrived;
});

it("Back stays on the page and asks; who stays is asked again the next time", async () => {
  const guard = new CallGuards().start(onBack);
  for (const times of [1, 2]) {
    await back();
    expect([backs, location.pathname]).toEqual([times, "/r/daily"]);
    guard.stay();
  }
  const arrived = arrival();
  guard.release();
  await arrived;
});

it("after a call, Back leaves no entry behind", async () => {
  const guards = new CallGuards();
  const before = history.length;
  const first = guards.start(onBack);
  expect(history.length).toBe(before + 1);
  const arrived = arrival();
  first.release();
  await arrived;
  expect(history.state).toBeNull();
  expect(backs).toBe(0);
});

it("a call that begins while the entry of the last is being left has one again", async () => {
  const guards = new CallGuards();
  const arrived = arrival();
  guards.start(onBack).release();
  const second = guards.start(onBack);
  await arrived;
  expect(history.state).not.toBeNull();
  await back();
  expect(backs).toBe(1);
  second.release();
});
