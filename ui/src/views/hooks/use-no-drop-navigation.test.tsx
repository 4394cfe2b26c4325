// @vitest-environment jsdom
import { expect, it } from "vitest";
import { renderView } from "../../../tests/render";
import { IDLE } from "../../gallery/fakes";
import { useNoDropNavigation } from "./use-no-drop-navigation";

function Page() {
  useNoDropNavigation();
  return <input />;
}

/** Whether the browser would do with it what it does by itself: leave the page for a dropped file. */
function isLeft(type: "dragover" | "drop", types: readonly string[]): boolean {
  const event = new Event(type, { bubbles: true, cancelable: true });
  Object.assign(event, { dataTransfer: { types, dropEffect: "copy" } });
  return document.body.dispatchEvent(event);
}

it("files that are dropped do not replace the page, text may be dropped", () => {
  renderView(<Page />, IDLE);
  for (const type of ["dragover", "drop"] as const) {
    expect(isLeft(type, ["Files"])).toBe(false);
    expect(isLeft(type, ["text/plain"])).toBe(true);
  }
});
