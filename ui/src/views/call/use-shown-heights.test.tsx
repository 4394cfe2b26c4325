// @vitest-environment jsdom
import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { JOINED } from "../../../tests/joined";
import { renderView } from "../../../tests/render";
import { CallView } from "./call-view";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  Reflect.deleteProperty(document, "hidden");
  vi.useRealTimers();
});

/** With Ann and Ben, in an area of 1200 × 700 pixels. */
function show() {
  const { call } = renderView(<CallView sheet={null} onSheet={() => {}} />, JOINED);
  return { call, pass: (ms: number) => act(() => vi.advanceTimersByTime(ms)) };
}
const pin = (name: string) => fireEvent.click(screen.getByRole("button", { name: `Show ${name} large` }));

it("the others learn how large they are shown, once the stage has settled", () => {
  const { call, pass } = show();
  pass(600);
  const equal = call.shownHeights();
  expect(equal?.["key-a"]).toBe(equal?.["key-b"]);
  pin("Ann");
  pass(300);
  pin("Ben");
  pass(300);
  expect(call.shownHeights()).toEqual(equal);
  pass(300);
  const { "key-a": ann = 0, "key-b": ben = 0 } = call.shownHeights() ?? {};
  expect(ben).toBe(700);
  expect(ann).toBeLessThan(250);
});

it("nobody is shown while the page is hidden, and all again after it", () => {
  const { call, pass } = show();
  pass(600);
  const before = call.shownHeights();
  const hide = (hidden: boolean) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    act(() => void document.dispatchEvent(new Event("visibilitychange")));
    pass(600);
  };
  hide(true);
  expect(call.shownHeights()).toEqual({});
  hide(false);
  expect(call.shownHeights()).toEqual(before);
});
