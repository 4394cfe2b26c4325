import type { MediaState } from "../protocol/generated";

export const ALL_OFF: MediaState = { microphone: false, camera: false, screen: false, hand: false };

export function equalMediaState(a: MediaState, b: MediaState): boolean {
  return a.microphone === b.microphone && a.camera === b.camera && a.screen === b.screen && a.hand === b.hand;
}
