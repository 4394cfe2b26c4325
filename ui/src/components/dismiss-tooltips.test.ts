// @vitest-environment jsdom
import { fireEvent } from "@testing-library/dom";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dismissTooltipsWithEscape } from "./dismiss-tooltips";

let undo: () => void = () => undefined;
const element = (id: string) => document.getElementById(id) as HTMLElement;
const leave = (from: string, to: string) =>
  element(from).dispatchEvent(new MouseEvent("pointerout", { bubbles: true, relatedTarget: element(to) }));
const dismissed = () => document.documentElement.matches("[data-tooltips=dismissed]");

beforeEach(() => {
  document.body.innerHTML =
    '<button id="a" class="tip"><i id="icon"></i></button><button id="b" class="tip"></button>';
  undo = dismissTooltipsWithEscape(document);
  fireEvent.pointerOver(element("a"));
  expect(dismissed()).toBe(false);
  fireEvent.keyDown(document.body, { key: "Escape" });
  expect(dismissed()).toBe(true);
});
afterEach(() => undo());

it("hides the tooltip with Escape until the pointer leaves its control", () => {
  leave("a", "icon");
  expect(dismissed()).toBe(true);
  leave("icon", "b");
  expect(dismissed()).toBe(false);
});

it("shows the tooltip of what gets the focus next", () => {
  element("b").focus();
  expect(dismissed()).toBe(false);
});

it("hides it also when something else keeps the key press from the page", () => {
  leave("a", "b");
  element("a").addEventListener("keydown", (event) => event.stopPropagation());
  fireEvent.keyDown(element("a"), { key: "Escape" });
  expect(dismissed()).toBe(true);
});
