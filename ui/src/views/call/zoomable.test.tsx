// @vitest-environment jsdom
import { act, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { JOINED } from "../../../tests/joined";
import { renderView } from "../../../tests/render";
import { ALL_OFF } from "../../call/media-state";
import { remoteParticipant, remoteTrack } from "../../gallery/fakes";
import { CallView } from "./call-view";

const SHARING = { state: { ...ALL_OFF, screen: true }, tracks: { screen: remoteTrack("screen", null) } };

/** Ann shares her screen, which is large. */
function show() {
  renderView(<CallView sheet={null} onSheet={() => {}} />, {
    ...JOINED,
    participants: [remoteParticipant("a", "Ann", SHARING)],
  });
}

const area = () => screen.getByRole("group", { name: "Ann's screen: zoom and move" });
const scale = () => Number(area().dataset.zoom);
/** What the picture's element is moved by, in pixels. */
const offset = () => /translate\((-?[\d.]+)px, (-?[\d.]+)px\)/.exec(area().innerHTML)?.slice(1).map(Number);
const press = (name: string) => fireEvent.click(within(area()).getByRole("button", { name }));
const pointer = (type: string, id: number, clientX: number, clientY: number, pointerType = "touch") =>
  fireEvent(
    area(),
    Object.assign(new MouseEvent(type, { bubbles: true, cancelable: true, clientX, clientY }), {
      pointerId: id,
      pointerType,
    }),
  );

describe("a shared screen", () => {
  it("is zoomed by buttons, up to a limit and back to the whole", () => {
    show();
    expect(scale()).toBe(1);
    press("Zoom in");
    expect(scale()).toBe(1.5);
    press("Zoom out");
    expect(scale()).toBe(1);
    press("Zoom out");
    expect(scale()).toBe(1);
    for (let presses = 0; presses < 20; presses += 1) press("Zoom in");
    expect(scale()).toBe(8);
    press("Show all of it");
    expect(scale()).toBe(1);
  });

  it("is zoomed and moved by keys, while it has the focus", () => {
    show();
    fireEvent.keyDown(document.body, { key: "+", code: "Equal" });
    expect(scale()).toBe(1);
    const key = (key: string, more = {}) => fireEvent.keyDown(area(), { key, code: key, ...more });
    key("=");
    key("+");
    expect(scale()).toBeCloseTo(2.25);
    const before = offset() ?? [];
    key("ArrowRight");
    expect(offset()?.[0]).toBeLessThan(before[0] ?? Number.NaN);
    expect(offset()?.[1]).toBe(before[1]);
    key("-");
    key("0", { ctrlKey: true });
    expect(scale()).toBeCloseTo(1.5);
    key("0");
    expect(scale()).toBe(1);
  });

  it("is zoomed by the wheel with Ctrl instead of the page, and moved by the wheel", () => {
    show();
    const wheel = (more: object) => {
      const event = new WheelEvent("wheel", { bubbles: true, cancelable: true, ...more });
      act(() => void area().dispatchEvent(event));
      return event.defaultPrevented;
    };
    // Without zoom a wheel is the page's.
    expect(wheel({ deltaY: 100 })).toBe(false);
    expect(wheel({ deltaY: -100, ctrlKey: true })).toBe(true);
    expect(scale()).toBeCloseTo(1.284, 2);
    const before = offset() ?? [];
    expect(wheel({ deltaX: 30 })).toBe(true);
    expect(offset()?.[0]).toBeCloseTo((before[0] ?? Number.NaN) - 30);
  });

  it("is zoomed by two fingers, moved by one, and zoomed by a double tap without becoming small", () => {
    show();
    pointer("pointerdown", 1, 500, 300);
    pointer("pointerdown", 2, 600, 300);
    pointer("pointermove", 2, 700, 300);
    expect(scale()).toBeCloseTo(2);
    pointer("pointerup", 2, 700, 300);
    const before = offset() ?? [];
    pointer("pointermove", 1, 470, 300);
    expect(offset()?.[0]).toBeCloseTo((before[0] ?? Number.NaN) - 30);
    pointer("pointerup", 1, 470, 300);
    // A finger that is lifted moves nothing.
    pointer("pointermove", 1, 100, 100);
    expect(offset()?.[0]).toBeCloseTo((before[0] ?? Number.NaN) - 30);

    fireEvent.doubleClick(area());
    expect(scale()).toBe(1);
    fireEvent.doubleClick(area());
    expect(scale()).toBe(2.5);
    expect(screen.getByRole("button", { name: "Show Ann's screen large" }).getAttribute("aria-pressed")).toBe(
      "true",
    );
  });

  it("is whole again once it is small, where it has no controls", () => {
    show();
    press("Zoom in");
    fireEvent.click(screen.getByRole("button", { name: "Show Ann large" }));
    expect(area().dataset.zoom).toBeUndefined();
    expect(within(area()).queryByRole("button")).toBeNull();
    expect(offset()).toEqual([0, 0]);
  });
});

describe("the full screen", () => {
  let full: Element | null;
  const change = (element: Element | null) => {
    full = element;
    act(() => void document.dispatchEvent(new Event("fullscreenchange")));
  };

  beforeEach(() => {
    full = null;
    Object.defineProperty(document, "fullscreenEnabled", { configurable: true, value: true });
    Object.defineProperty(document, "fullscreenElement", { configurable: true, get: () => full });
    HTMLElement.prototype.requestFullscreen = vi.fn(async function (this: HTMLElement) {
      change(this);
    });
    document.exitFullscreen = vi.fn(async () => change(null));
  });
  afterEach(() => {
    Reflect.deleteProperty(document, "fullscreenEnabled");
    Reflect.deleteProperty(document, "fullscreenElement");
  });

  it("shows a shared screen with a button or a key, and gives it back", () => {
    show();
    press("Full screen");
    expect(full).toBe(area());
    expect(within(area()).getByRole("button", { name: "Full screen" }).getAttribute("aria-pressed")).toBe(
      "true",
    );
    fireEvent.keyDown(document.body, { code: "KeyZ", key: "ㅋ" });
    expect(full).toBeNull();
    expect(within(area()).getByRole("button", { name: "Full screen" }).getAttribute("aria-pressed")).toBe(
      "false",
    );
    fireEvent.keyDown(document.body, { code: "KeyZ", key: "z" });
    expect(full).toBe(area());
  });

  it("is offered only where there is one", () => {
    Object.defineProperty(document, "fullscreenEnabled", { configurable: true, value: false });
    show();
    expect(within(area()).queryByRole("button", { name: "Full screen" })).toBeNull();
  });
});
