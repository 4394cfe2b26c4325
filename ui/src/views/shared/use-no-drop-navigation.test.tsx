// @vitest-environment jsdom
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderView } from "../../../tests/render";
import { IDLE } from "../../gallery/fakes";
import { useNoDropNavigation } from "./use-no-drop-navigation";

function Page() {
  useNoDropNavigation();
  return <input />;
}

/** Whether the browser would do with it what it does by itself: leave the page for a dropped file. */
function isLeft(type: "dragover" | "drop", types: readonly string[], on: Element = document.body): boolean {
  const event = new Event(type, { bubbles: true, cancelable: true });
  Object.assign(event, { dataTransfer: { types, dropEffect: "copy" } });
  return on.dispatchEvent(event);
}

it("files and links that are dropped do not replace the page, text may be dropped on text fields", () => {
  renderView(<Page />, IDLE);
  const field = screen.getByRole("textbox");
  for (const type of ["dragover", "drop"] as const) {
    expect(isLeft(type, ["Files"])).toBe(false);
    expect(isLeft(type, ["Files"], field)).toBe(false);
    expect(isLeft(type, ["text/uri-list", "text/plain"])).toBe(false);
    expect(isLeft(type, ["text/plain"])).toBe(false);
    expect(isLeft(type, ["text/uri-list", "text/plain"], field)).toBe(true);
  }
});
