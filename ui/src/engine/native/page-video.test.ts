// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeFrame, frame } from "../../../tests/fake-codecs";
import { FakeMedia, startVideo } from "../../../tests/fake-native";

/** Bitmaps that were made and not closed. */
let bitmaps: number;
let shown: number;

beforeEach(() => {
  FakeFrame.open = 0;
  bitmaps = 0;
  shown = 0;
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal(
    "VideoFrame",
    class extends FakeFrame {
      constructor() {
        super(640, 480);
      }
    },
  );
  vi.stubGlobal("createImageBitmap", async () => {
    bitmaps += 1;
    return { close: () => (bitmaps -= 1) };
  });
  HTMLVideoElement.prototype.play = async () => {};
  HTMLVideoElement.prototype.getVideoPlaybackQuality = () =>
    ({ totalVideoFrames: shown }) as VideoPlaybackQuality;
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  Reflect.deleteProperty(HTMLCanvasElement.prototype, "captureStream");
});

test("a page that can read elements stands in for a worker that cannot read tracks", async () => {
  const { worker, video } = await startVideo(["no-frame-access"]);
  expect(video.problems).toEqual(["slow-frame-access"]);
  const media = new FakeMedia();
  video.send(5, "camera", media.track, null);
  expect(worker.told).toEqual([{ type: "send", stream: 5, content: "camera", track: null, limit: null }]);

  shown = 1;
  worker.say({ type: "grab", stream: 5 });
  await vi.waitFor(() => expect(worker.told).toHaveLength(2));
  expect(worker.told[1]).toMatchObject({ type: "grabbed", stream: 5, frame: { displayWidth: 640 } });
  expect(bitmaps).toBe(0);

  // The same picture again is none.
  worker.say({ type: "grab", stream: 5 });
  await vi.waitFor(() => expect(worker.told).toHaveLength(3));
  expect(worker.told[2]).toEqual({ type: "grabbed", stream: 5, frame: null });

  video.endSend(5);
  expect(media.stopped).toBe(true);
  worker.say({ type: "grab", stream: 5 });
  await vi.waitFor(() => expect(worker.told).toHaveLength(5));
  expect(worker.told[4]).toEqual({ type: "grabbed", stream: 5, frame: null });
});

test("an element that has no picture yet is asked again", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal("createImageBitmap", () => Promise.reject(new DOMException("empty", "InvalidStateError")));
  const { worker, video } = await startVideo(["no-frame-access"]);
  video.send(5, "camera", new FakeMedia().track, null);
  for (let index = 1; index <= 3; index += 1) {
    shown = index;
    worker.say({ type: "grab", stream: 5 });
    await vi.waitFor(() => expect(worker.told).toHaveLength(1 + index));
    expect(worker.told[index]).toEqual({ type: "grabbed", stream: 5, frame: null });
  }
  expect(console.warn).toHaveBeenCalledTimes(1);
});

test("a page that can capture canvases stands in for a worker that cannot make tracks", async () => {
  const track = Object.assign(new FakeMedia(), { requestFrame: vi.fn() });
  const sizes: number[][] = [];
  Object.assign(HTMLCanvasElement.prototype, { captureStream: () => ({ getVideoTracks: () => [track] }) });
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement) {
    const draw = () => sizes.push([this.width, this.height]);
    return { drawImage: draw } as unknown as CanvasRenderingContext2D;
  } as never);
  const { worker, video } = await startVideo(["no-frame-display"]);
  expect(video.problems).toEqual(["slow-frame-display"]);
  const listener = { track: vi.fn(), live: vi.fn() };
  const end = video.receive(7, "camera", listener);
  expect(listener.track).toHaveBeenCalledWith(track);

  for (const [width, height] of [
    [640, 480],
    [320, 240],
  ] as const)
    worker.say({ type: "draw", stream: 7, frame: frame(width, height) });
  expect(sizes).toEqual([
    [640, 480],
    [320, 240],
  ]);
  expect(track.requestFrame).toHaveBeenCalledTimes(2);
  end();
  worker.say({ type: "draw", stream: 7, frame: frame() });
  expect(worker.told.filter(({ type }) => type === "drawn")).toHaveLength(3);
  expect(FakeFrame.open).toBe(0);
});

test("where the page cannot either, the problem stays", async () => {
  vi.unstubAllGlobals();
  const { video } = await startVideo(["no-frame-access", "no-frame-display"]);
  expect(video.problems).toEqual(["no-frame-access", "no-frame-display"]);
});

test("a screen whose frames have no size in the worker is read by the page", async () => {
  const { worker, video } = await startVideo();
  const media = new FakeMedia();
  video.send(5, "text", media.track, null);
  video.setContent(5, "motion");
  worker.say({ type: "sizeless", stream: 5 });
  expect(worker.told.at(-1)).toEqual({
    type: "send",
    stream: 5,
    content: "motion",
    track: null,
    limit: null,
  });
  shown = 1;
  worker.say({ type: "grab", stream: 5 });
  await vi.waitFor(() =>
    expect(worker.told.at(-1)).toMatchObject({ type: "grabbed", stream: 5, frame: { displayWidth: 640 } }),
  );
  const [spare] = media.clones;
  expect(spare?.stopped).toBe(false);
  video.endSend(5);
  expect(spare?.stopped).toBe(true);
});

test("a screen that needs no reading leaves no track behind, and a camera has no second one", async () => {
  const { worker, video } = await startVideo();
  const screen = new FakeMedia();
  video.send(5, "text", screen.track, null);
  video.send(5, "text", screen.track, null);
  video.endSend(5);
  expect(screen.clones.map(({ stopped }) => stopped)).toEqual([true, true]);
  const told = worker.told.length;
  worker.say({ type: "sizeless", stream: 5 });
  expect(worker.told).toHaveLength(told);

  const camera = new FakeMedia();
  video.send(6, "camera", camera.track, null);
  expect(camera.clones).toEqual([]);
  video.send(7, "motion", screen.track, null);
  video.close();
  expect(screen.clones.at(-1)?.stopped).toBe(true);
});
