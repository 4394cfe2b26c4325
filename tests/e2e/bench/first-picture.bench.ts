import { DesktopApp } from "../desktop/app";
import { fillIn, showCall } from "../desktop/native";
import { test } from "../desktop/test";
import { keepResult, median } from "./results";

const ROUNDS = Number(process.env.MARU_BENCH_ROUNDS ?? 7);

/**
 * Runs in both pages: presses "join" and returns how many milliseconds later the first frame was shown, and the times of
 * the steps before it. No other video is on the page: the joining participant has the camera off.
 *
 * "Shown" means that the element has the frame, so that drawing the element draws it. Frame callbacks come up to two
 * seconds later in WebKit, which runs them during layout.
 */
const FIRST_PICTURE = `
  const startedAt = performance.now();
  const since = () => performance.now() - startedAt;
  const steps = {};
  const canvas = new OffscreenCanvas(8, 8).getContext("2d", { willReadFrequently: true });
  const isDrawn = (video) => {
    if (video.readyState < 2 || video.videoWidth === 0) return false;
    canvas.drawImage(video, 0, 0, 8, 8);
    const { data } = canvas.getImageData(0, 0, 8, 8);
    return data.some((value, index) => index % 4 !== 3 && value > 40);
  };
  document.querySelector('[data-testid="start-join"]').click();
  return new Promise((resolve) => {
    const look = () => {
      const [other] = globalThis.__maruCall.getState().participants;
      if (other) steps.participant ??= since();
      if (other?.link === "connected") steps.connected ??= since();
      for (const video of document.querySelectorAll("video")) {
        steps.element ??= since();
        if (!isDrawn(video)) continue;
        clearInterval(timer);
        resolve({ ...steps, shown: since() });
        return;
      }
    };
    const timer = setInterval(look, 5);
  });`;

interface FirstPicture {
  participant: number;
  connected: number;
  element: number;
  shown: number;
}

test("first frame after joining", async ({ server, visit, room }) => {
  test.setTimeout(ROUNDS * 120_000);
  const there = await visit("There", { pictures: { width: 640, height: 480, frameRate: 30 } });
  await there.turnOn("microphone");
  await there.turnOn("camera");
  await there.join();
  const native: FirstPicture[] = [];
  const chromium: FirstPicture[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const app = await DesktopApp.start({ server: server.origin });
    await showCall(app.window);
    await fillIn(app.window, room, "Desk");
    native.push(await app.window.evaluate<FirstPicture>(FIRST_PICTURE));
    await app.close();
    await there.expectGone("Desk");
    const guest = await visit("Guest");
    chromium.push((await guest.page.evaluate(`(() => {${FIRST_PICTURE}})()`)) as FirstPicture);
    await guest.close();
    await there.expectGone("Guest");
  }
  const of = (rounds: FirstPicture[]) => ({
    participant: median(rounds.map(({ participant }) => participant)),
    connected: median(rounds.map(({ connected }) => connected)),
    element: median(rounds.map(({ element }) => element)),
    shown: median(rounds.map(({ shown }) => shown)),
    all: rounds.map(({ shown }) => Math.round(shown)),
  });
  await keepResult("firstPictureMilliseconds", {
    native: of(native),
    chromium: of(chromium),
    ratio: Number((of(native).shown / of(chromium).shown).toFixed(2)),
  });
});
