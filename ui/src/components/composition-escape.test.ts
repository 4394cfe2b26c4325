// @vitest-environment jsdom
import { fireEvent } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withholdEscapeOfComposition } from "./composition-escape";

let field: HTMLTextAreaElement;
let seen: string[];
let undo: () => void;
const record = (event: KeyboardEvent) => seen.push(event.key);

beforeEach(() => {
  field = document.body.appendChild(document.createElement("textarea"));
  seen = [];
  undo = withholdEscapeOfComposition(window);
  window.addEventListener("keydown", record, { capture: true });
});
afterEach(() => {
  undo();
  window.removeEventListener("keydown", record, { capture: true });
  field.remove();
});

/** What WebKitGTK 2.50 with IBus sends for a key that ends a composition and is then handed on. */
function commitBy(key: string): boolean {
  fireEvent.keyDown(field, { key: "Unidentified", keyCode: 229, isComposing: true });
  fireEvent.compositionEnd(field, { data: "" });
  fireEvent.keyDown(field, { key: "Unidentified", keyCode: 229 });
  fireEvent.compositionEnd(field, { data: "아" });
  return fireEvent.keyDown(field, { key, keyCode: key === "Escape" ? 27 : 13 });
}

describe("an Escape", () => {
  it("that ended a composition reaches nobody, and the next one does", () => {
    expect(commitBy("Escape")).toBe(false);
    expect(seen).not.toContain("Escape");
    fireEvent.keyUp(field, { key: "Escape", keyCode: 27 });
    expect(fireEvent.keyDown(field, { key: "Escape", keyCode: 27 })).toBe(true);
    expect(seen.filter((key) => key === "Escape")).toHaveLength(1);
  });

  it("that ended one in Safari's order, with the code of a composition, reaches nobody either", () => {
    fireEvent.compositionEnd(field, { data: "아" });
    expect(fireEvent.keyDown(field, { key: "Escape", keyCode: 229 })).toBe(false);
    expect(seen).toEqual([]);
  });

  it.each([
    ["another key ended it", () => commitBy("Enter")],
    ["a click ended it", () => [fireEvent.compositionEnd(field), fireEvent.focusOut(field)]],
    ["a key was released since", () => [fireEvent.compositionEnd(field), fireEvent.keyUp(field)]],
  ])("is an ordinary one where %s", (_name, before) => {
    before();
    expect(fireEvent.keyDown(field, { key: "Escape", keyCode: 27 })).toBe(true);
    expect(seen).toContain("Escape");
  });
});

it("leaves the Enter that ended a composition: it sends, with the last syllable", () => {
  expect(commitBy("Enter")).toBe(true);
  expect(seen).toContain("Enter");
});
