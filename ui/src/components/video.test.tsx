// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Video } from "./video";
import { fitOf } from "./video-fit";

const TILE = { width: 618, height: 464 };

describe("a person's picture", () => {
  it("fills its place if little of it is cut off", () => {
    for (const picture of [
      { width: 1280, height: 720 },
      { width: 640, height: 480 },
      { width: 480, height: 480 },
    ])
      expect(fitOf(picture, TILE)).toBe("cover");
    expect(fitOf({ width: 640, height: 480 }, { width: 320, height: 160 })).toBe("cover");
    // A wide picture in the square tile of a telephone: the person is in the middle.
    expect(fitOf({ width: 1280, height: 720 }, { width: 180, height: 180 })).toBe("cover");
  });

  it("is whole if it is upright, or if its place is", () => {
    expect(fitOf({ width: 360, height: 640 }, TILE)).toBe("contain");
    expect(fitOf({ width: 480, height: 640 }, { width: 16, height: 9 })).toBe("contain");
    expect(fitOf({ width: 360, height: 640 }, { width: 360, height: 600 })).toBe("cover");
    expect(fitOf({ width: 1280, height: 720 }, { width: 380, height: 640 })).toBe("contain");
  });

  it("fills its place before its size is known", () => {
    expect(fitOf({ width: 0, height: 0 }, TILE)).toBe("cover");
    expect(fitOf({ width: 360, height: 640 }, { width: 0, height: 0 })).toBe("cover");
  });
});

describe("a video element", () => {
  let resized: (() => void)[];

  beforeEach(() => {
    resized = [];
    vi.stubGlobal(
      "ResizeObserver",
      class {
        constructor(listener: () => void) {
          resized.push(listener);
        }
        observe() {}
        disconnect() {}
      },
    );
  });
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  const track = { attach: () => () => {} };
  const size = (names: [string, string], { width, height }: { width: number; height: number }) => {
    const video = screen.getByTestId("video");
    Object.defineProperty(video, names[0], { configurable: true, value: width });
    Object.defineProperty(video, names[1], { configurable: true, value: height });
    return video;
  };
  const picture = (width: number, height: number) =>
    act(() => void size(["videoWidth", "videoHeight"], { width, height }).dispatchEvent(new Event("resize")));
  const place = (width: number, height: number) =>
    act(() => {
      size(["clientWidth", "clientHeight"], { width, height });
      for (const listener of resized) listener();
    });
  const fits = (fit: string) => screen.getByTestId("video").classList.contains(`video-${fit}`);

  it("follows a telephone that is turned, and a place that changes", () => {
    render(<Video track={track} label="Ann" testId="video" />);
    place(618, 464);
    expect(fits("cover")).toBe(true);
    picture(360, 640);
    expect(fits("contain")).toBe(true);
    picture(640, 360);
    expect(fits("cover")).toBe(true);
    place(300, 640);
    expect(fits("contain")).toBe(true);
  });

  it("never cuts a screen", () => {
    render(<Video track={track} fit="contain" label="Screen" testId="video" />);
    place(600, 600);
    picture(1000, 300);
    expect(fits("contain")).toBe(true);
  });
});
