import { equalMediaState } from "./media-state";
import type { Self } from "./types";

/**
 * The local participant after a change. `state` follows from the devices, and keeps its object while it is the same.
 */
export function nextSelf(previous: Self, patch: Partial<Self>): Self {
  const next = { ...previous, ...patch };
  const state = {
    microphone: next.microphone.status === "on",
    camera: next.camera.status === "on",
    screen: next.screen.status === "on",
    hand: next.state.hand,
  };
  return { ...next, state: equalMediaState(previous.state, state) ? previous.state : state };
}
