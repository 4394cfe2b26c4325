import type { CallState, MediaState } from "./types";

const hasMedia = ({ microphone, camera, screen }: MediaState) => microphone || camera || screen;

/** Whether audio or video runs with anyone, in either direction: file transfers yield to it. */
export function isMediaRunning({ participants, self }: CallState): boolean {
  return participants.some(
    ({ link, state }) => link === "connected" && (hasMedia(state) || hasMedia(self.state)),
  );
}
