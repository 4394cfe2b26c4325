import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeMedia, startVideo } from "../../../tests/fake-native";
import { detachOnPageHide, showVideo } from "../video-element";
import { LocalVideoTrack } from "./local-video-track";
import { RemoteVideoTrack } from "./remote-track";

/** A video element, and a track that records what the element shows when the track is stopped. */
function setup() {
  const media = new FakeMedia();
  const element = { srcObject: null as unknown, play: async () => {} };
  const shownOnStop = vi.fn();
  const stop = media.track.stop.bind(media.track);
  media.track.stop = () => {
    shownOnStop(element.srcObject);
    stop();
  };
  return { media, element: element as unknown as HTMLVideoElement, shownOnStop };
}

beforeEach(() => {
  vi.stubGlobal("document", new EventTarget());
  vi.stubGlobal(
    "MediaStream",
    class {
      constructor(readonly tracks: unknown[]) {}
    },
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a camera is detached from elements before it is stopped", async () => {
  const { video } = await startVideo();
  const { media, element, shownOnStop } = setup();
  const camera = new LocalVideoTrack("camera", 5, media.track, video);
  const detach = camera.attach(element);
  expect(element.srcObject).not.toBeNull();
  camera.stop();
  expect(shownOnStop.mock.calls).toEqual([[null]]);
  detach();
  expect(element.srcObject).toBeNull();
});

test("a remote track is detached from elements before it is stopped", async () => {
  const { worker, video } = await startVideo();
  const { media, element, shownOnStop } = setup();
  const remote = new RemoteVideoTrack("camera", 7, video);
  remote.attach(element);
  expect(element.srcObject).toBeNull();
  worker.emit({ type: "track", stream: 7, track: media.track });
  expect(element.srcObject).not.toBeNull();
  remote.close();
  expect(shownOnStop.mock.calls).toEqual([[null]]);
});

test("all elements are detached on pagehide, because all tracks end then", () => {
  const { media, element } = setup();
  const page = new EventTarget();
  detachOnPageHide(page);
  showVideo(element, media.track as unknown as MediaStreamTrack);
  expect(element.srcObject).not.toBeNull();
  page.dispatchEvent(new Event("pagehide"));
  expect(element.srcObject).toBeNull();
});

test("detaching one element leaves the others attached", async () => {
  const { video } = await startVideo();
  const { media, element } = setup();
  const other = { srcObject: null, play: async () => {} } as unknown as HTMLVideoElement;
  const camera = new LocalVideoTrack("camera", 5, media.track, video);
  const detach = camera.attach(element);
  camera.attach(other);
  detach();
  expect(element.srcObject).toBeNull();
  expect(other.srcObject).not.toBeNull();
});
