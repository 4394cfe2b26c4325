import { sameState } from "./participants";
import type { Self } from "./types";

/** Ourselves after a change; `state` is what the devices show, and the same object where it did not change. */
export function nextSelf(before: Self, patch: Partial<Self>): Self {
  const next = { ...before, ...patch };
  const state = {
    microphone: next.microphone.status === "on",
    camera: next.camera.status === "on",
    screen: next.screen.status === "on",
    hand: next.state.hand,
  };
  return { ...next, state: sameState(before.state, state) ? before.state : state };
}
