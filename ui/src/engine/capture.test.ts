import { afterEach, expect, it, vi } from "vitest";
import { openDisplay } from "./capture";
import { ScreenRefusals } from "./screen-refusals";

afterEach(() => vi.unstubAllGlobals());

/** The constraints of a shared screen's sound, in a browser that supports these. */
async function requested(supported: Record<string, boolean>) {
  const stream = { getVideoTracks: () => [{}], getAudioTracks: () => [] };
  const getDisplayMedia = vi.fn(async (_: DisplayMediaStreamOptions) => stream);
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", {
    mediaDevices: { getUserMedia: () => {}, getDisplayMedia, getSupportedConstraints: () => supported },
  });
  await openDisplay(true, new ScreenRefusals());
  return getDisplayMedia.mock.calls[0]?.[0].audio;
}

it("the sound of a screen is captured in stereo, unprocessed, and without the call's own", async () => {
  const unprocessed = {
    channelCount: { ideal: 2 },
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
  };
  expect(await requested({ restrictOwnAudio: true })).toEqual({ ...unprocessed, restrictOwnAudio: true });
  // Without it, an echo of oneself is worse than music in mono.
  expect(await requested({})).toEqual({ ...unprocessed, echoCancellation: true });
});
