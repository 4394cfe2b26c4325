import { expect, test } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { type Evaluate, type ExpectedVideo, expectedVideo, FrameChecker } from "../fixtures/frame-checker";
import type { PictureSize } from "../fixtures/pattern";
import type { DesktopApp } from "./app";
import { button, byTestId, type WebDriver } from "./webdriver";

/** Exposes the call to the test, as for the people of the browser tests; and optionally limits the camera. */
export async function showCall(window: WebDriver, size: PictureSize | null = null): Promise<void> {
  await expect.poll(() => window.count(byTestId("start-join"))).toBe(1);
  await window.evaluate(`localStorage.setItem("maru.debug", "1"); dispatchEvent(new Event("storage"));`);
  await expect.poll(() => window.evaluate("return typeof globalThis.__maruCall")).toBe("object");
  if (size) await limitCamera(window, size);
}

/** Cameras opened from now on are requested in this size, instead of the size that Maru requests. */
export async function limitCamera(window: WebDriver, size: PictureSize): Promise<void> {
  await window.evaluate(
    `const { mediaDevices } = navigator;
     globalThis.openMedia ??= mediaDevices.getUserMedia.bind(mediaDevices);
     mediaDevices.getUserMedia = (constraints) =>
       openMedia(constraints.video ? { video: ${JSON.stringify(size)} } : constraints);`,
  );
}

export async function turnOn(window: WebDriver, device: "microphone" | "camera"): Promise<void> {
  const label = device === "microphone" ? en.start.turnOnMicrophone : en.start.turnOnCamera;
  // In the middle of the empty preview, or below the video.
  await expect.poll(() => window.count(button(label))).toBeGreaterThan(0);
  await window.click(button(label));
  await expect
    .poll(() => window.evaluate(`return __maruCall.getState().self.${device}.status`), { message: device })
    .toBe("on");
}

export async function fillIn(window: WebDriver, room: string, name: string): Promise<void> {
  await expect.poll(() => window.count(byTestId("room-input"))).toBe(1);
  await window.fill(byTestId("room-input"), room);
  await window.fill(byTestId("name-input"), name);
}

export async function joinAs(window: WebDriver, room: string, name: string): Promise<void> {
  await fillIn(window, room, name);
  await window.click(byTestId("start-join"));
  await expect.poll(() => window.count(byTestId("dock"))).toBe(1);
}

/** Joins with camera and microphone. */
export async function enterWithEverything(
  { window }: DesktopApp,
  room: string,
  name: string,
  size: PictureSize | null = null,
): Promise<void> {
  await showCall(window, size);
  await turnOn(window, "camera");
  await turnOn(window, "microphone");
  await joinAs(window, room, name);
}

/** Counters in a window for one other participant. */
export interface Received {
  id: string;
  /** Frames of the camera. */
  frames: number;
  /** Audio packets. */
  packets: number;
  /** Frames of the screen. */
  screen: number;
  /** Audio level, 0–1. */
  level: number;
}

export function receivedFromAll({ window }: DesktopApp): Promise<Received[]> {
  return window.evaluate<Received[]>(
    `return Promise.all(__maruCall.getState().participants.map(async ({ id }) => {
       const media = (await __maruCall.stats(id))?.media ?? [];
       const of = (source) => media.find((entry) => entry.direction === "received" && entry.source === source);
       return {
         id,
         frames: of("camera")?.frames ?? 0,
         packets: of("microphone")?.packets ?? 0,
         screen: of("screen")?.frames ?? 0,
         level: __maruCall.level(id),
       };
     }));`,
  );
}

/** The engine of this window. */
export function engine({ window }: DesktopApp): Promise<string> {
  return window.evaluate<string>("return __maruCall.getState().engine.kind");
}

/** Received from the only other participant. */
async function received(app: DesktopApp): Promise<Received> {
  const [only] = await receivedFromAll(app);
  return only ?? { id: "", frames: 0, packets: 0, screen: 0, level: 0 };
}

/** Skips the test where the webview has WebRTC, so the app does not use its own engine. */
export async function requireNativeEngine(app: DesktopApp): Promise<void> {
  test.skip((await engine(app)) === "webview", "this webview has WebRTC");
}

export function evaluateIn(window: WebDriver): Evaluate {
  return (body, ...args) => window.evaluate(`return (${body})(...arguments)`, ...args);
}

export function frameCheckerOf({ window }: DesktopApp): FrameChecker {
  return new FrameChecker("the app", evaluateIn(window));
}

/** All others in the app's call, with the patterns of their cameras. */
export async function expectedVideos({ window }: DesktopApp): Promise<(ExpectedVideo & { name: string })[]> {
  const others = await window.evaluate<{ id: string; name: string }[]>(
    "return __maruCall.getState().participants.map(({ id, name }) => ({ id, name }))",
  );
  return others.map(({ id, name }) => ({ ...expectedVideo(id, name), name }));
}

/** Waits until the window decodes new frames of the only other participant, and they are right. */
export async function expectPicture(app: DesktopApp, of: "frames" | "screen" = "frames"): Promise<void> {
  const before = (await received(app))[of];
  await expect
    .poll(async () => (await received(app))[of], { message: `${of} decoded in the app` })
    .toBeGreaterThan(before + 10);
  const [only] = await expectedVideos(app);
  if (!only) throw new Error("nobody is in the call");
  const video = of === "screen" ? expectedVideo(only.participant, only.name, "screen") : only;
  await frameCheckerOf(app).expectRight(video, only.name);
}

export async function expectAudio(app: DesktopApp): Promise<void> {
  await expect
    .poll(async () => (await received(app)).level, { message: "audio level in the app" })
    .toBeGreaterThan(0.1);
}

/**
 * Shares "a screen" by a click, as a person does. WebKitGTK 2.50's mock screen delivers no frames, not even to a video
 * element of the page, so a second mock camera replaces it: everything behind `getDisplayMedia` is real.
 */
export async function shareScreen({ window }: DesktopApp, size: PictureSize): Promise<void> {
  await window.evaluate(
    `const { mediaDevices } = navigator;
     mediaDevices.getDisplayMedia = () => mediaDevices.getUserMedia({ video: ${JSON.stringify(size)} });`,
  );
  await window.click(button(en.dock.share));
  await expect.poll(() => window.evaluate("return __maruCall.getState().self.screen.status")).toBe("on");
}
