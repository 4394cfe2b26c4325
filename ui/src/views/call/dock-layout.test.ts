import { expect, it } from "vitest";
import { type DockContent, dockLayout, MOVABLE } from "./dock-layout";

const EVERYTHING: DockContent = { microphone: true, camera: true, share: true, files: true };
const moved = (width: number, content = EVERYTHING) => [...dockLayout(width, content).moved];

it.each([
  [3840, []],
  [740, []],
  // 1015, 960, 900 and 861 px of window beside a panel of 344 px.
  [671, []],
  [616, ["reactions"]],
  [556, ["reactions", "files"]],
  [517, ["reactions", "files", "people"]],
  [400, ["reactions", "files", "people", "hand", "devices"]],
  [320, MOVABLE],
  [0, MOVABLE],
] as const)("at %s px, these are in the menu: %s", (width, names) => {
  expect(moved(width)).toEqual(names);
});

it("loses the name beside leaving before any control", () => {
  expect(dockLayout(760, EVERYTHING).leaveLabel).toBe(true);
  const layout = dockLayout(700, EVERYTHING);
  expect([layout.leaveLabel, [...layout.moved]]).toEqual([false, []]);
});

it("moves controls in one order, and none back while it gets narrower", () => {
  let before = 0;
  for (let width = 900; width > 200; width -= 1) {
    const names = moved(width);
    expect(names).toEqual(MOVABLE.slice(0, names.length));
    expect(names.length).toBeGreaterThanOrEqual(before);
    before = names.length;
  }
});

it("needs less room for what does not exist", () => {
  const nothing: DockContent = { microphone: false, camera: false, share: false, files: false };
  expect(moved(517, nothing)).toEqual([]);
  expect(moved(400, nothing)).toEqual([]);
});
