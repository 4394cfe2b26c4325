// @vitest-environment jsdom
import { fireEvent } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { suppressEscapeOfComposition } from "./composition-escape";

let field: HTMLTextAreaElement;
let seen: string[];
let undo: () => void;
const record = (event: KeyboardEvent) => seen.push(event.key);

beforeEach(() => {
  field = document.body.appendChild(document.createElement("textarea"));
  seen = [];
  undo = suppressEscapeOfComposition(window);
  window.addEventListener("keydown", record, { capture: true });
});
afterEach(() => {
  undo();
  window.removeEventListener("keydown", record, { capture: true });
  field.remove();
});

/** The events of WebKitGTK 2.50 with IBus for a key that ends a composition and is then passed on. */
function commitBy(key: string): boolean {
  fireEvent.keyDown(field, { key: "Unidentified", keyCode: 229, isComposing: true });
  fireEvent.compositionEnd(field, { data: "" });
  fireEvent.keyDown(field, { key: "Unidentified", keyCode: 229 });
  fireEvent.compositionEnd(field, { data: "아" });
  return fireEvent.keyDown(field, { key, keyCode: key === "Escape" ? 27 : 13 });
}

describe("an Escape", () => {
  it("that ended a composition is suppressed, and the next one is not", () => {
    expect(commitBy("Escape")).toBe(false);
    expect(seen).not.toContain("Escape");
    fireEvent.keyUp(field, { key: "Escape", keyCode: 27 });
    expect(fireEvent.keyDown(field, { key: "Escape", keyCode: 27 })).toBe(true);
    expect(seen.filter((key) => key === "Escape")).toHaveLength(1);
  });

  it("that ended one is suppressed in Safari's order of events as well", () => {
    fireEvent.compositionEnd(field, { data: "아" });
    expect(fireEvent.keyDown(field, { key: "Escape", keyCode: 229 })).toBe(false);
    expect(seen).toEqual([]);
  });

  it.each([
    ["another key ended it", () => commitBy("Enter")],
    ["a click ended it", () => [fireEvent.compositionEnd(field), fireEvent.focusOut(field)]],
    ["a key was released since", () => [fireEvent.compositionEnd(field), fireEvent.keyUp(field)]],
  ])("is not suppressed if %s", (_name, before) => {
    before();
    expect(fireEvent.keyDown(field, { key: "Escape", keyCode: 27 })).toBe(true);
    expect(seen).toContain("Escape");
  });
});

it("does not suppress an Enter that ended a composition: it sends the message with the last syllable", () => {
  expect(commitBy("Enter")).toBe(true);
  expect(seen).toContain("Enter");
});
