import { expect, test } from "vitest";
import { disableCameraScaling, maxSizeOf, unscaled } from "./unscaled-capture";

const HD = { width: { ideal: 1280 }, height: { ideal: 720 } };
const VGA = { width: { ideal: 640 }, height: { ideal: 480 } };

test("any requested size becomes one that cameras support", () => {
  const cases = [
    [160, 90, HD],
    [320, 180, HD],
    [320, 240, VGA],
    [352, 288, VGA],
    [424, 240, HD],
    [480, 270, HD],
    [640, 360, HD],
    [640, 480, VGA],
    [960, 540, HD],
    [1280, 720, HD],
    [1920, 1080, HD],
    // Portrait, as on phones.
    [480, 640, HD],
  ] as const;
  for (const [width, height, size] of cases)
    expect(unscaled({ width, height, frameRate: 15 })).toEqual({ frameRate: 15, ...size });
});

test("sizes in other constraint forms are replaced too", () => {
  expect(unscaled({ width: { exact: 320 }, height: { exact: 240 } })).toEqual(VGA);
  expect(unscaled({ width: { max: 320 }, height: { min: 240 } })).toEqual(VGA);
  expect(unscaled({ width: 320 })).toEqual(HD);
  expect(unscaled({ aspectRatio: 1 })).toEqual(HD);
  expect(unscaled({ advanced: [{ width: 320, height: 240 }] })).toEqual(HD);
  expect(unscaled({ deviceId: { exact: "front" }, facingMode: "user" })).toEqual({
    deviceId: { exact: "front" },
    facingMode: "user",
    ...HD,
  });
});

/** The platform's classes, which record the constraints they get. */
function platform() {
  const opened: (MediaStreamConstraints | undefined)[] = [];
  const changed: (MediaTrackConstraints | undefined)[] = [];
  class FakeTrack {
    constructor(readonly kind: string) {}
    async applyConstraints(requested?: MediaTrackConstraints): Promise<void> {
      changed.push(requested);
    }
  }
  class FakeDevices {
    async getUserMedia(constraints?: MediaStreamConstraints): Promise<MediaStream> {
      opened.push(constraints);
      const track = new FakeTrack("video");
      return { getVideoTracks: () => (constraints?.video ? [track] : []) } as unknown as MediaStream;
    }
  }
  const classes = { MediaDevices: FakeDevices, MediaStreamTrack: FakeTrack };
  disableCameraScaling(classes);
  disableCameraScaling(classes);
  return { opened, changed, devices: new FakeDevices(), microphone: new FakeTrack("audio") };
}

test("applies to every request, and remembers the requested size as the maximum sent", async () => {
  const { devices, opened } = platform();
  const stream = await devices.getUserMedia({ video: { width: 640, height: 360, frameRate: 30 } });
  expect(opened).toEqual([{ video: { frameRate: 30, ...HD } }]);
  const [track] = stream.getVideoTracks() as [MediaStreamTrack];
  expect(maxSizeOf(track)).toEqual({ width: 640, height: 360 });
  const [plain] = (await devices.getUserMedia({ video: true })).getVideoTracks() as [MediaStreamTrack];
  expect(opened[1]).toEqual({ video: HD });
  expect(maxSizeOf(plain)).toBeNull();
});

test("applies to applyConstraints too", async () => {
  const { devices, changed } = platform();
  const [track] = (await devices.getUserMedia({ video: true })).getVideoTracks() as [MediaStreamTrack];
  await track.applyConstraints({ width: 320, height: 240, frameRate: 10 });
  expect(changed).toEqual([{ frameRate: 10, ...VGA }]);
  expect(maxSizeOf(track)).toEqual({ width: 320, height: 240 });
});

test("leaves other requests unchanged", async () => {
  const { devices, opened, changed, microphone } = platform();
  await devices.getUserMedia({ audio: { echoCancellation: false } });
  await microphone.applyConstraints({ sampleRate: 48_000 });
  expect(opened).toEqual([{ audio: { echoCancellation: false } }]);
  expect(changed).toEqual([{ sampleRate: 48_000 }]);
});
