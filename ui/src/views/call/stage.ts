/** What is on the stage, and what of it is large. Pure; the view only draws it. */
import type { CallState } from "../../call/types";

export type StageItem =
  | { key: string; kind: "self" }
  | { key: string; kind: "person"; participant: string }
  | { key: string; kind: "screen"; participant: string };

export interface StageView {
  /** `auto`: a grid, until somebody shares a screen. */
  mode: "auto" | "grid" | "speaker";
  /** Key of the item made large by hand. */
  pinned: string | null;
  /** Key of the screen to show when several are shared; the newest otherwise. */
  screen: string | null;
  /** Keys of the shared screens seen last, oldest first. */
  screens: readonly string[];
  /** Who spoke last among the others: stays large while nobody else speaks. */
  speaker: string | null;
}

export const INITIAL_STAGE: StageView = {
  mode: "auto",
  pinned: null,
  screen: null,
  screens: [],
  speaker: null,
};

export type StageEvent =
  | { type: "toggle"; spotlighted: boolean }
  | { type: "pin"; key: string; spotlighted: boolean }
  | { type: "choose-screen"; key: string }
  | { type: "roster"; items: readonly StageItem[]; speaker: string | null };

export const SELF_KEY = "self";

/** Screens first (they matter most), then people in the order they came, oneself last. */
export function stageItems(participants: CallState["participants"]): StageItem[] {
  const screens: StageItem[] = [];
  const people: StageItem[] = [];
  for (const { id, tracks, state } of participants) {
    if (tracks.screen && state.screen) screens.push({ key: `screen:${id}`, kind: "screen", participant: id });
    people.push({ key: `person:${id}`, kind: "person", participant: id });
  }
  return [...screens, ...people, { key: SELF_KEY, kind: "self" }];
}

export function stageReducer(view: StageView, event: StageEvent): StageView {
  switch (event.type) {
    case "toggle":
      return { ...view, pinned: null, mode: event.spotlighted ? "grid" : "speaker" };
    case "pin":
      return event.spotlighted
        ? { ...view, pinned: null, mode: "grid" }
        : { ...view, pinned: event.key, mode: view.mode === "grid" ? "auto" : view.mode };
    case "choose-screen":
      return { ...view, screen: event.key, pinned: null, mode: view.mode === "grid" ? "auto" : view.mode };
    case "roster":
      return roster(view, event.items, event.speaker);
  }
}

function roster(view: StageView, items: readonly StageItem[], active: string | null): StageView {
  const keys = new Set(items.map((item) => item.key));
  const now = items.filter((item) => item.kind === "screen").map((item) => item.key);
  // Kept in the order they began, so that "the newest" has a meaning.
  const screens = [
    ...view.screens.filter((key) => keys.has(key)),
    ...now.filter((key) => !view.screens.includes(key)),
  ];
  const began = now.some((key) => !view.screens.includes(key));
  const speaker = active !== null && keys.has(`person:${active}`) ? active : view.speaker;
  return {
    // A screen that begins is shown, even to somebody who had gone back to the grid.
    mode: began && view.mode === "grid" ? "auto" : view.mode,
    pinned: view.pinned !== null && keys.has(view.pinned) ? view.pinned : null,
    screen: !began && view.screen !== null && keys.has(view.screen) ? view.screen : null,
    screens,
    speaker: speaker !== null && keys.has(`person:${speaker}`) ? speaker : null,
  };
}

/** Key of the large item; null for a grid of equals. */
export function spotlightOf(view: StageView, items: readonly StageItem[]): string | null {
  const has = (key: string) => items.some((item) => item.key === key);
  if (items.length < 2) return null;
  if (view.pinned !== null && has(view.pinned)) return view.pinned;
  if (view.mode === "grid") return null;
  const screen = view.screen ?? view.screens.at(-1);
  if (screen !== undefined && has(screen)) return screen;
  if (view.mode === "auto") return null;
  if (view.speaker !== null && has(`person:${view.speaker}`)) return `person:${view.speaker}`;
  return items.find((item) => item.kind === "person")?.key ?? null;
}
