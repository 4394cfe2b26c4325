import { expect, test } from "vitest";
import { type Features, findProblems } from "./features";

const says = (supported: boolean) => ({ isConfigSupported: async () => ({ supported }) });
class Present {}

const complete = {
  MediaStreamTrackProcessor: Present,
  VideoTrackGenerator: Present,
  VideoEncoder: says(true),
  VideoDecoder: says(true),
} as unknown as Features;

test("nothing is wrong where everything is there", async () => {
  expect(await findProblems(complete)).toEqual([]);
});

test("each missing part is named", async () => {
  expect(await findProblems({})).toEqual([
    "no-frame-access",
    "no-frame-display",
    "no-vp8-encoder",
    "no-vp8-decoder",
  ]);
});

test("a class without a codec behind it does not count", async () => {
  const refusing = { isConfigSupported: () => Promise.reject(new TypeError("no")) };
  const features = { ...complete, VideoEncoder: says(false), VideoDecoder: refusing } as unknown as Features;
  expect(await findProblems(features)).toEqual(["no-vp8-encoder", "no-vp8-decoder"]);
});
