import { expect, test } from "vitest";
import { detectProblems, type Features } from "./features";

const answers = (supported: boolean) => ({ isConfigSupported: async () => ({ supported }) });
class Present {}

const complete = {
  MediaStreamTrackProcessor: Present,
  VideoTrackGenerator: Present,
  VideoEncoder: answers(true),
  VideoDecoder: answers(true),
} as unknown as Features;

test("there are no problems with all features", async () => {
  expect(await detectProblems(complete)).toEqual([]);
});

test("each missing feature is a problem", async () => {
  expect(await detectProblems({})).toEqual([
    "no-frame-access",
    "no-frame-display",
    "no-vp8-encoder",
    "no-vp8-decoder",
  ]);
});

test("a class without codec support is a problem", async () => {
  const refusing = { isConfigSupported: () => Promise.reject(new TypeError("no")) };
  const features = {
    ...complete,
    VideoEncoder: answers(false),
    VideoDecoder: refusing,
  } as unknown as Features;
  expect(await detectProblems(features)).toEqual(["no-vp8-encoder", "no-vp8-decoder"]);
});
