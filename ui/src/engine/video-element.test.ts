// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { onVideoBlocked, showVideo, videoBlocked } from "./video-element";

const refused = () => Promise.reject(new DOMException("autoplay", "NotAllowedError"));
let play: () => Promise<void>;
let plays: number;

beforeEach(() => {
  plays = 0;
  vi.stubGlobal("MediaStream", class {});
});

afterEach(() => vi.unstubAllGlobals());

function element(): HTMLVideoElement {
  const video = document.createElement("video");
  Object.defineProperty(video, "srcObject", { writable: true, value: null });
  video.play = () => {
    plays += 1;
    return play();
  };
  return video;
}

const track = {} as MediaStreamTrack;
const settled = () => new Promise((resolve) => setTimeout(resolve));

for (const gesture of ["click", "keydown"])
  it(`starts video that the browser blocked at the next ${gesture}, wherever it is`, async () => {
    play = refused;
    const videos = [element(), element()];
    const stops = videos.map((video) => showVideo(video, track));
    await settled();
    expect(plays).toBe(2);

    // Still blocked: for example a key that is not a gesture.
    document.body.dispatchEvent(new Event(gesture, { bubbles: true }));
    await settled();
    expect(plays).toBe(4);

    play = async () => {};
    // Nothing in the page may keep the event from it.
    document.body.addEventListener(gesture, (event) => event.stopPropagation(), { once: true });
    document.body.dispatchEvent(new Event(gesture, { bubbles: true }));
    await settled();
    expect(plays).toBe(6);

    // They play: nothing is left to start.
    document.body.dispatchEvent(new Event(gesture, { bubbles: true }));
    await settled();
    expect(plays).toBe(6);
    for (const stop of stops) stop();
  });

it("tells while a video is blocked", async () => {
  const changes: boolean[] = [];
  const stop = onVideoBlocked(() => changes.push(videoBlocked()));
  play = refused;
  const [one, other] = [showVideo(element(), track), showVideo(element(), track)];
  await settled();
  one();
  expect(changes).toEqual([true]);
  play = async () => {};
  document.body.click();
  await settled();
  expect(changes).toEqual([true, false]);
  other();
  stop();
});

it("starts with the event of the person also what the browser has not decided on yet", async () => {
  let decide = (_: unknown) => {};
  play = () => new Promise((_, reject) => (decide = reject));
  const stop = showVideo(element(), track);
  const first = decide;
  play = async () => {};
  document.body.click();
  first(new DOMException("autoplay", "NotAllowedError"));
  await settled();
  expect(plays).toBe(2);
  stop();
});

it("takes the end of an earlier start for nothing that concerns the track shown now", async () => {
  let abort = (_: unknown) => {};
  play = () => new Promise((_, reject) => (abort = reject));
  const video = element();
  const earlier = showVideo(video, track);
  const abortEarlier = abort;
  earlier();
  play = refused;
  const stop = showVideo(video, track);
  await settled();
  abortEarlier(new DOMException("", "AbortError"));
  await settled();
  expect(videoBlocked()).toBe(true);
  play = async () => {};
  document.body.click();
  await settled();
  expect([plays, videoBlocked()]).toEqual([3, false]);
  stop();
});

it("does not start an element that shows nothing any more", async () => {
  play = refused;
  const stop = showVideo(element(), track);
  await settled();
  stop();
  // One that was detached while the browser decided.
  showVideo(element(), track)();
  await settled();
  expect(plays).toBe(2);
  document.body.click();
  await settled();
  expect(plays).toBe(2);
});

it("does not take another error for the autoplay policy", async () => {
  play = () => Promise.reject(new DOMException("", "AbortError"));
  showVideo(element(), track);
  await settled();
  document.body.click();
  await settled();
  expect(plays).toBe(1);
});
