import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { INTERRUPTED_AFTER_MS, Interruption } from "./interruption";

/** A captured track that the system mutes, as WebKit does for a call and Firefox for its own switch. */
class Media extends EventTarget {
  muted = false;
  set(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }
}

let media: Media;
const watched = () => {
  const interruption = new Interruption(media as unknown as MediaStreamTrack);
  const changes: boolean[] = [];
  interruption.onChange(() => changes.push(interruption.active));
  return { interruption, changes };
};

beforeEach(() => {
  vi.useFakeTimers();
  media = new Media();
});

afterEach(() => vi.useRealTimers());

it("begins when the system mutes the track, and ends when it comes back", () => {
  const { changes } = watched();
  media.set(true);
  vi.advanceTimersByTime(INTERRUPTED_AFTER_MS);
  expect(changes).toEqual([true]);
  media.set(false);
  expect(changes).toEqual([true, false]);
});

it("is not reported for a short gap", () => {
  const { changes } = watched();
  media.set(true);
  vi.advanceTimersByTime(INTERRUPTED_AFTER_MS - 1);
  media.set(false);
  vi.advanceTimersByTime(INTERRUPTED_AFTER_MS);
  expect(changes).toEqual([]);
});

it("is noticed on a track that is muted from the start", () => {
  media.muted = true;
  const { interruption } = watched();
  vi.advanceTimersByTime(INTERRUPTED_AFTER_MS);
  expect(interruption.active).toBe(true);
});

it("is over when the track is", () => {
  const { interruption } = watched();
  media.set(true);
  interruption.end();
  vi.advanceTimersByTime(INTERRUPTED_AFTER_MS);
  expect(interruption.active).toBe(false);
});
