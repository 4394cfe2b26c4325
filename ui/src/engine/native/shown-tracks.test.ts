import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeMedia, startVideo } from "../../../tests/fake-native";
import { emptyWhenGone, showVideo } from "../video-element";
import { RemoteVideo } from "./remote-track";
import { VideoTrack } from "./video-track";

/** As much of an element as a picture needs, and a track that looks at it when it ends. */
function scene() {
  const media = new FakeMedia();
  const element = { srcObject: null as unknown, play: async () => {} };
  const shownAtTheEnd = vi.fn();
  const stop = media.track.stop.bind(media.track);
  media.track.stop = () => {
    shownAtTheEnd(element.srcObject);
    stop();
  };
  return { media, element: element as unknown as HTMLVideoElement, shownAtTheEnd };
}

beforeEach(() => {
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

test("no element shows a camera at the moment it ends", async () => {
  const { video } = await startVideo();
  const { media, element, shownAtTheEnd } = scene();
  const camera = new VideoTrack("camera", 5, media.track, video);
  const detach = camera.attach(element);
  expect(element.srcObject).not.toBeNull();
  camera.stop();
  expect(shownAtTheEnd.mock.calls).toEqual([[null]]);
  detach();
  expect(element.srcObject).toBeNull();
});

test("no element shows what another sends at the moment it ends", async () => {
  const { worker, video } = await startVideo();
  const { media, element, shownAtTheEnd } = scene();
  const remote = new RemoteVideo("camera", 7, video);
  remote.attach(element);
  expect(element.srcObject).toBeNull();
  worker.say({ type: "track", stream: 7, track: media.track });
  expect(element.srcObject).not.toBeNull();
  remote.close();
  expect(shownAtTheEnd.mock.calls).toEqual([[null]]);
});

test("no element shows anything once the page goes, since all tracks end then", () => {
  const { media, element } = scene();
  const page = new EventTarget();
  emptyWhenGone(page);
  showVideo(element, media.track as unknown as MediaStreamTrack);
  expect(element.srcObject).not.toBeNull();
  page.dispatchEvent(new Event("pagehide"));
  expect(element.srcObject).toBeNull();
});

test("what is taken out of one element stays in the other", async () => {
  const { video } = await startVideo();
  const { media, element } = scene();
  const other = { srcObject: null, play: async () => {} } as unknown as HTMLVideoElement;
  const camera = new VideoTrack("camera", 5, media.track, video);
  const detach = camera.attach(element);
  camera.attach(other);
  detach();
  expect(element.srcObject).toBeNull();
  expect(other.srcObject).not.toBeNull();
});
