// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeFrame, frame } from "../../../tests/fake-codecs";
import { FakeMedia, startVideo } from "../../../tests/fake-native";

/** Bitmaps that are not closed. */
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

test("the page reads frames from an element if workers have no MediaStreamTrackProcessor", async () => {
  const { worker, video } = await startVideo(["no-frame-access"]);
  expect(video.problems).toEqual(["slow-frame-access"]);
  const media = new FakeMedia();
  video.send(5, "camera", media.track, null);
  expect(worker.posted).toEqual([{ type: "send", stream: 5, content: "camera", track: null, maxSize: null }]);

  shown = 1;
  worker.emit({ type: "grab", stream: 5 });
  await vi.waitFor(() => expect(worker.posted).toHaveLength(2));
  expect(worker.posted[1]).toMatchObject({ type: "grabbed", stream: 5, frame: { displayWidth: 640 } });
  expect(bitmaps).toBe(0);

  // The same frame is not returned twice.
  worker.emit({ type: "grab", stream: 5 });
  await vi.waitFor(() => expect(worker.posted).toHaveLength(3));
  expect(worker.posted[2]).toEqual({ type: "grabbed", stream: 5, frame: null });

  video.endSend(5);
  expect(media.stopped).toBe(true);
  worker.emit({ type: "grab", stream: 5 });
  await vi.waitFor(() => expect(worker.posted).toHaveLength(5));
  expect(worker.posted[4]).toEqual({ type: "grabbed", stream: 5, frame: null });
});

test("an element without a frame is tried again, and logged once", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal("createImageBitmap", () => Promise.reject(new DOMException("empty", "InvalidStateError")));
  const { worker, video } = await startVideo(["no-frame-access"]);
  video.send(5, "camera", new FakeMedia().track, null);
  for (let index = 1; index <= 3; index += 1) {
    shown = index;
    worker.emit({ type: "grab", stream: 5 });
    await vi.waitFor(() => expect(worker.posted).toHaveLength(1 + index));
    expect(worker.posted[index]).toEqual({ type: "grabbed", stream: 5, frame: null });
  }
  expect(console.warn).toHaveBeenCalledTimes(1);
});

test("the page draws frames on a canvas if workers have no VideoTrackGenerator", async () => {
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
    worker.emit({ type: "draw", stream: 7, frame: frame(width, height) });
  expect(sizes).toEqual([
    [640, 480],
    [320, 240],
  ]);
  expect(track.requestFrame).toHaveBeenCalledTimes(2);
  end();
  worker.emit({ type: "draw", stream: 7, frame: frame() });
  expect(worker.posted.filter(({ type }) => type === "drawn")).toHaveLength(3);
  expect(FakeFrame.open).toBe(0);
});

test("without a fallback in the page the problem remains", async () => {
  vi.unstubAllGlobals();
  const { video } = await startVideo(["no-frame-access", "no-frame-display"]);
  expect(video.problems).toEqual(["no-frame-access", "no-frame-display"]);
});

test("the page reads a screen whose frames have size zero in the worker", async () => {
  const { worker, video } = await startVideo();
  const media = new FakeMedia();
  video.send(5, "text", media.track, null);
  video.setContent(5, "motion");
  worker.emit({ type: "zero-size-frames", stream: 5 });
  expect(worker.posted.at(-1)).toEqual({
    type: "send",
    stream: 5,
    content: "motion",
    track: null,
    maxSize: null,
  });
  shown = 1;
  worker.emit({ type: "grab", stream: 5 });
  await vi.waitFor(() =>
    expect(worker.posted.at(-1)).toMatchObject({ type: "grabbed", stream: 5, frame: { displayWidth: 640 } }),
  );
  const [clone] = media.clones;
  expect(clone?.stopped).toBe(false);
  video.endSend(5);
  expect(clone?.stopped).toBe(true);
});

test("the clone of a screen is stopped with it, and a camera is not cloned", async () => {
  const { worker, video } = await startVideo();
  const screen = new FakeMedia();
  video.send(5, "text", screen.track, null);
  video.send(5, "text", screen.track, null);
  video.endSend(5);
  expect(screen.clones.map(({ stopped }) => stopped)).toEqual([true, true]);
  const posted = worker.posted.length;
  worker.emit({ type: "zero-size-frames", stream: 5 });
  expect(worker.posted).toHaveLength(posted);

  const camera = new FakeMedia();
  video.send(6, "camera", camera.track, null);
  expect(camera.clones).toEqual([]);
  video.send(7, "motion", screen.track, null);
  video.close();
  expect(screen.clones.at(-1)?.stopped).toBe(true);
});
