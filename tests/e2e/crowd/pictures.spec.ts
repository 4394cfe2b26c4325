import { en } from "../../../ui/src/i18n/en";
import { DesktopApp } from "../desktop/app";
import { converterThreads, expectOnlyRight, traceConverter } from "../desktop/converter";
import {
  enterWithEverything,
  expectedVideos,
  frameCheckerOf,
  limitCamera,
  requireNativeEngine,
} from "../desktop/native";
import { expect, test } from "../desktop/test";
import { button } from "../desktop/webdriver";
import type { PictureSize } from "../fixtures/pattern";

/** Frames checked in each pass, of each person, in each page. */
const PICTURES = 60;

/** Sizes the mock camera does not support; `cargo xtask bench native --only pictures` tests many more, for longer. */
const SIZES: PictureSize[] = [
  { width: 320, height: 180, frameRate: 10 },
  { width: 640, height: 360, frameRate: 30 },
  { width: 424, height: 240, frameRate: 15 },
];

/** How the webview draws, and how its frames are read. */
const WAYS: { name: string; environment: Record<string, string>; sizes: PictureSize[] }[] = [
  { name: "drawn without OpenGL", environment: { MARU_HARDWARE_ACCELERATION: "never" }, sizes: SIZES },
  {
    name: "drawn with OpenGL",
    environment: { MARU_HARDWARE_ACCELERATION: "always" },
    sizes: SIZES.slice(1, 2),
  },
  {
    name: "where workers get no frames",
    environment: { MARU_HARDWARE_ACCELERATION: "never", MARU_WITHOUT_FRAME_ACCESS: "1" },
    sizes: SIZES.slice(1, 2),
  },
];

for (const { name, environment, sizes } of WAYS)
  for (const size of sizes)
    test(`every participant's tile shows their own camera: camera requested at ${size.width}x${size.height}, ${name}`, async ({
      server,
      enter,
      visit,
      room,
    }, testInfo) => {
      const trace = testInfo.outputPath("converter.log");
      const app = await DesktopApp.start({
        server: server.origin,
        environment: { ...environment, ...traceConverter(trace) },
      });
      try {
        await enterWithEverything(app, room, "Desk", size);
        await requireNativeEngine(app);
        // Large, as from a real camera: small frames are converted too fast to collide with another conversion.
        const red = await enter("Red", { pictures: { width: 1280, height: 720, frameRate: 15 } });
        const watcher = await visit("Watcher");
        await watcher.join();
        const webProcess = await app.webProcess();

        const lookAround = async () => {
          await watcher.expectVideoOf("Desk");
          await watcher.expectVideoOf(red);
          const inTheApp = (await expectedVideos(app)).filter(({ name }) => name === "Red");
          const [byRed, byWatcher, byApp] = await Promise.all([
            red.checkFrames(["Desk"], PICTURES),
            watcher.checkFrames(["Desk", red], PICTURES),
            frameCheckerOf(app).checkFrames(inTheApp, PICTURES),
          ]);
          expectOnlyRight(byRed, "where Red looks");
          expectOnlyRight(byWatcher, "where Watcher looks");
          expectOnlyRight(byApp, "in the app");
        };
        await lookAround();

        // Another size during the call.
        await app.window.click(button(en.dock.cameraOff));
        await watcher.expectState("Desk", { camera: false });
        await limitCamera(app.window, { width: 352, height: 288, frameRate: 15 });
        await app.window.click(button(en.dock.cameraOn));
        await watcher.expectState("Desk", { camera: true });
        await lookAround();

        expect(await app.webProcess(), "the web process is the same").toBe(webProcess);
        expect((await converterThreads(trace)).size, "threads that convert frames").toBeLessThanOrEqual(1);
      } finally {
        await app.picture(`pictures-${size.width}`).catch(() => undefined);
        await app.close();
      }
    });
