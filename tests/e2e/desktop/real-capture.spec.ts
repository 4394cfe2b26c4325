import { en } from "../../../ui/src/i18n/en";
import { expectToDiffer, type PictureSize, patternOf } from "../fixtures/pattern";
import { DesktopApp, type TestCamera } from "./app";
import { converterThreads, expectOnlyRight, traceConverter } from "./converter";
import {
  expectedVideos,
  frameCheckerOf,
  joinAs,
  limitCamera,
  requireNativeEngine,
  showCall,
  turnOn,
} from "./native";
import { expect, test } from "./test";
import { button, byTestId } from "./webdriver";

const PICTURES = 30;
/** Not "Desk…": that name has the pattern of the mock camera. */
const NAME = "Capture";
const ASKED_FOR: PictureSize = { width: 424, height: 240, frameRate: 15 };

function cameras(): TestCamera[] {
  const pattern = patternOf(NAME, "camera");
  if (pattern.kind !== "stripes") throw new Error(`${NAME} has no stripes`);
  const { colours } = pattern;
  return [
    // The first one is opened unless another one is selected.
    {
      name: "usual",
      colours,
      sizes: [
        { width: 320, height: 240 },
        { width: 640, height: 480 },
        { width: 1280, height: 720 },
      ],
    },
    // Sizes that the app never requests, with sides that are not multiples of anything.
    {
      name: "odd",
      colours,
      sizes: [
        { width: 333, height: 251 },
        { width: 1023, height: 767 },
      ],
    },
    { name: "small", colours, sizes: [{ width: 160, height: 90 }] },
  ];
}

test("a real camera of any size sends the right frames, and so does everybody else", async ({
  server,
  enter,
  visit,
  room,
}, testInfo) => {
  const trace = testInfo.outputPath("converter.log");
  const app = await DesktopApp.start({
    server: server.origin,
    cameras: cameras(),
    environment: traceConverter(trace),
  });
  const { window } = app;
  try {
    await showCall(window);
    await requireNativeEngine(app);
    expectToDiffer([NAME, "Red"]);
    await turnOn(window, "camera");
    await joinAs(window, room, NAME);
    const red = await enter("Red", { pictures: { width: 1280, height: 720, frameRate: 15 } });
    const watcher = await visit("Watcher");
    await watcher.join();
    const webProcess = await app.webProcess();

    const lookAround = async (what: string) => {
      await watcher.expectVideoOf(NAME);
      await watcher.expectVideoOf(red);
      const inTheApp = (await expectedVideos(app)).filter(({ name }) => name === "Red");
      const [byWatcher, byApp] = await Promise.all([
        watcher.checkFrames([NAME, red], PICTURES),
        frameCheckerOf(app).checkFrames(inTheApp, PICTURES),
      ]);
      expectOnlyRight(byWatcher, `in Watcher's page, with ${what}`);
      expectOnlyRight(byApp, `in the app, with ${what}`);
    };
    // The page gets their names only while one of them is open.
    const devices = await window.evaluate<{ id: string; label: string }[]>(
      `return navigator.mediaDevices.enumerateDevices().then((devices) =>
         devices.filter(({ kind }) => kind === "videoinput").map(({ deviceId, label }) => ({ id: deviceId, label })))`,
    );
    for (const { name } of cameras()) {
      const device = devices.find(({ label }) => label === name);
      expect(device, `${name} among ${JSON.stringify(devices)}`).toBeDefined();
      await window.evaluate(`__maruCall.selectDevice("camera", ${JSON.stringify(device?.id)})`);
      await expect
        .poll(() => window.evaluate("return __maruCall.getState().self.camera.track?.label"))
        .toBe(name);
      await lookAround(`${name} camera`);
    }
    // Another size during the call.
    await window.click(button(en.dock.cameraOff));
    await watcher.expectState(NAME, { camera: false });
    await limitCamera(window, ASKED_FOR);
    await window.evaluate(`__maruCall.selectDevice("camera", null)`);
    await window.click(button(en.dock.cameraOn));
    await watcher.expectState(NAME, { camera: true });
    await lookAround("another requested size");

    expect(await app.webProcess(), "the web process is the same").toBe(webProcess);
    // WebKit converts without a lock, so one thread only. At least one, which shows that the trace works.
    expect((await converterThreads(trace)).size, "threads that convert frames").toBe(1);
  } finally {
    await app.picture("real-capture").catch(() => undefined);
    await app.close();
  }
});

test("without a graphics card screen sharing is refused at once and the window keeps working", async ({
  server,
  room,
}) => {
  const app = await DesktopApp.start({ server: server.origin, cameras: [] });
  const { window } = app;
  try {
    await showCall(window);
    await requireNativeEngine(app);
    const problems = await window.evaluate<string[]>("return __maruCall.getState().engine.problems");
    test.skip(!problems.includes("no-graphics-card"), "this computer has a card");
    expect(problems).toEqual(["no-graphics-card"]);
    await joinAs(window, room, NAME);
    await window.click(button(en.dock.share));
    await expect
      .poll(() => window.evaluate<string>("return document.body.textContent"))
      .toContain("The screen cannot be shared here yet");
    expect(await window.evaluate("return __maruCall.getState().self.screen.error?.code")).toBe(
      "no-graphics-card",
    );
    expect(await window.count(byTestId("dock"))).toBe(1);
    await app.picture("no-card-screen");
  } finally {
    await app.close();
  }
});
