import { en } from "../../../ui/src/i18n/en";
import { DesktopApp } from "../desktop/app";
import { enterWithEverything, expectedVideos, frameCheckerOf, limitCamera } from "../desktop/native";
import { expect, test } from "../desktop/test";
import { button } from "../desktop/webdriver";
import { addChecks, type FrameChecks, noChecks } from "../fixtures/frame-checker";
import { keepResult } from "./results";

/** Duration for each size and rate. */
const SECONDS = Number(process.env.MARU_BENCH_SECONDS ?? 60);
/** Of each video, checked per pass. */
const FRAMES = 60;

const SIZES = [
  [160, 90],
  [320, 180],
  [320, 240],
  [352, 288],
  [424, 240],
  [480, 270],
  [640, 360],
  [640, 480],
  [960, 540],
  [1280, 720],
] as const;
const RATES = [10, 15, 30];

const WAYS: Record<string, Record<string, string>> = {
  "without OpenGL": { MARU_HARDWARE_ACCELERATION: "never" },
  "with OpenGL": { MARU_HARDWARE_ACCELERATION: "always" },
  "without OpenGL and frame access": { MARU_HARDWARE_ACCELERATION: "never", MARU_WITHOUT_FRAME_ACCESS: "1" },
  "with OpenGL, without frame access": {
    MARU_HARDWARE_ACCELERATION: "always",
    MARU_WITHOUT_FRAME_ACCESS: "1",
  },
};

for (const [way, environment] of Object.entries(WAYS))
  test(`pictures: ${way}`, async ({ server, enter, visit, room }) => {
    test.setTimeout((SIZES.length * RATES.length * (SECONDS + 60) + 240) * 1_000);
    const app = await DesktopApp.start({ server: server.origin, environment });
    try {
      await enterWithEverything(app, room, "Desk", { width: 640, height: 480, frameRate: 15 });
      const red = await enter("Red", { pictures: { width: 1280, height: 720, frameRate: 15 } });
      const watcher = await visit("Watcher");
      await watcher.join();
      const webProcess = await app.webProcess();
      const results: Record<string, { byRed: FrameChecks; byWatcher: FrameChecks; inTheApp: FrameChecks }> =
        {};
      for (const [width, height] of SIZES)
        for (const frameRate of RATES) {
          await app.window.click(button(en.dock.cameraOff));
          await watcher.expectState("Desk", { camera: false });
          await limitCamera(app.window, { width, height, frameRate });
          await app.window.click(button(en.dock.cameraOn));
          await watcher.expectState("Desk", { camera: true });
          await watcher.expectVideoOf("Desk");
          await watcher.expectVideoOf(red);
          const sums = { byRed: noChecks(), byWatcher: noChecks(), inTheApp: noChecks() };
          const videos = (await expectedVideos(app)).filter(({ name }) => name === "Red");
          const until = Date.now() + SECONDS * 1_000;
          while (Date.now() < until) {
            const [byRed, byWatcher, inTheApp] = await Promise.all([
              red.checkFrames(["Desk"], FRAMES),
              watcher.checkFrames(["Desk", red], FRAMES),
              frameCheckerOf(app).checkFrames(videos, FRAMES),
            ]);
            for (const checks of byRed) addChecks(sums.byRed, checks);
            for (const checks of byWatcher) addChecks(sums.byWatcher, checks);
            for (const checks of inTheApp) addChecks(sums.inTheApp, checks);
          }
          results[`${width}x${height} at ${frameRate}`] = sums;
        }
      await keepResult(`pictures ${way}`, { seconds: SECONDS, results });
      expect(await app.webProcess(), "the web process is the same").toBe(webProcess);
      for (const [what, sums] of Object.entries(results))
        for (const [where, { frames, wrong, first }] of Object.entries(sums)) {
          expect(wrong, `${what}, ${where}: ${JSON.stringify(first)}`).toBe(0);
          expect(frames, `${what}, ${where}`).toBeGreaterThan(SECONDS);
        }
    } finally {
      await app.close();
    }
  });
