/** Which tiles are on the stage, and which of them is large. Pure; `stage-view.tsx` draws it. */
import type { RemoteParticipant } from "../../call/types";

export type StageItem =
  | { key: string; kind: "self" }
  | { key: string; kind: "participant"; participant: RemoteParticipant }
  | { key: string; kind: "screen"; participant: RemoteParticipant };

export interface StageState {
  /** `auto`: a grid, until somebody shares a screen. */
  mode: "auto" | "grid" | "speaker";
  /** Key of the item that the person made large. */
  pinned: string | null;
  /** Key of the shared screen that the person selected; null: the newest. */
  selectedScreen: string | null;
  /** Keys of the shared screens, oldest first. */
  screens: readonly string[];
  /** Key of the last active speaker among the others, who stays large while nobody else speaks. */
  speaker: string | null;
}

export const INITIAL_STAGE: StageState = {
  mode: "auto",
  pinned: null,
  selectedScreen: null,
  screens: [],
  speaker: null,
};

export type StageEvent =
  | { type: "toggle-spotlight"; spotlighted: boolean }
  | { type: "pin"; key: string; spotlighted: boolean }
  | { type: "select-screen"; key: string }
  /** `activeSpeaker`: as in `CallState`. */
  | { type: "update"; items: readonly StageItem[]; activeSpeaker: string | null };

const SELF_KEY = "self";

/** Item keys are made of participant keys and not of IDs, so that tiles and pins survive a server restart. */
const participantKey = (key: string) => `participant:${key}`;
const screenKey = (key: string) => `screen:${key}`;

/** Screens first, then the participants in the order they joined, then oneself unless that is hidden. */
export function stageItems(participants: readonly RemoteParticipant[], hideSelf = false): StageItem[] {
  const screens: StageItem[] = [];
  const cameras: StageItem[] = [];
  for (const participant of participants) {
    const { key, tracks, state } = participant;
    if (tracks.screen && state.screen) screens.push({ key: screenKey(key), kind: "screen", participant });
    cameras.push({ key: participantKey(key), kind: "participant", participant });
  }
  return [...screens, ...cameras, ...(hideSelf ? [] : [{ key: SELF_KEY, kind: "self" } as const])];
}

export function stageReducer(stage: StageState, event: StageEvent): StageState {
  switch (event.type) {
    case "toggle-spotlight":
      return { ...stage, pinned: null, mode: event.spotlighted ? "grid" : "speaker" };
    case "pin":
      return event.spotlighted
        ? { ...stage, pinned: null, mode: "grid" }
        : { ...stage, pinned: event.key, mode: stage.mode === "grid" ? "auto" : stage.mode };
    case "select-screen":
      return {
        ...stage,
        selectedScreen: event.key,
        pinned: null,
        mode: stage.mode === "grid" ? "auto" : stage.mode,
      };
    case "update":
      return update(stage, event.items, event.activeSpeaker);
  }
}

function update(stage: StageState, items: readonly StageItem[], activeSpeaker: string | null): StageState {
  const keys = new Set(items.map(({ key }) => key));
  const shared = items.filter(({ kind }) => kind === "screen").map(({ key }) => key);
  const started = shared.filter((key) => !stage.screens.includes(key));
  const active = activeSpeaker === null ? null : participantKey(activeSpeaker);
  const speaker = active !== null && keys.has(active) ? active : stage.speaker;
  return {
    // A screen that starts is shown, even if the person had gone back to the grid.
    mode: started.length > 0 && stage.mode === "grid" ? "auto" : stage.mode,
    pinned: stage.pinned !== null && keys.has(stage.pinned) ? stage.pinned : null,
    selectedScreen:
      started.length === 0 && stage.selectedScreen !== null && keys.has(stage.selectedScreen)
        ? stage.selectedScreen
        : null,
    // In the order they started, so that the last one is the newest.
    screens: [...stage.screens.filter((key) => keys.has(key)), ...started],
    speaker: speaker !== null && keys.has(speaker) ? speaker : null,
  };
}

/** Key of the large item; null for a grid of equal tiles. */
export function spotlightOf(stage: StageState, items: readonly StageItem[]): string | null {
  const has = (key: string) => items.some((item) => item.key === key);
  if (items.length < 2) return null;
  if (stage.pinned !== null && has(stage.pinned)) return stage.pinned;
  if (stage.mode === "grid") return null;
  const screen = stage.selectedScreen ?? stage.screens.at(-1);
  if (screen !== undefined && has(screen)) return screen;
  if (stage.mode === "auto") return null;
  if (stage.speaker !== null && has(stage.speaker)) return stage.speaker;
  return items.find(({ kind }) => kind === "participant")?.key ?? null;
}
