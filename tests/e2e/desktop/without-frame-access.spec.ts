import { en } from "../../../ui/src/i18n/en";
import { enterWithEverything, expectAudio, expectPicture, requireNativeEngine } from "./native";
import { expect, test } from "./test";
import { button } from "./webdriver";

// A webview whose workers get no frames: the page reads frames from an element and draws received ones on a canvas.
test.use({ appEnvironment: { MARU_WITHOUT_FRAME_ACCESS: "1" } });

/** Approximate number of colours in the video of a tile: none in a blank one. Runs in both pages. */
function coloursOf(name: string): number {
  const tiles = [...document.querySelectorAll('[data-testid="tile"]')];
  const video = tiles.find((tile) => tile.textContent?.includes(name))?.querySelector("video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 48];
  const context = canvas.getContext("2d");
  if (!video || !context || video.videoWidth === 0) return 0;
  context.drawImage(video, 0, 0, 64, 48);
  const { data } = context.getImageData(0, 0, 64, 48);
  const colours = new Set<number>();
  for (let index = 0; index < data.length; index += 4) {
    const [red = 0, green = 0, blue = 0] = data.slice(index, index + 3);
    colours.add(((red >> 5) << 6) | ((green >> 5) << 3) | (blue >> 5));
  }
  return colours.size;
}

test("where workers get no frames the page reads and draws them, and shows the higher cost", async ({
  app,
  enter,
  room,
}) => {
  const { window } = app;
  await enterWithEverything(app, room, "Desk");
  await requireNativeEngine(app);
  expect(await window.evaluate("return __maruCall.getState().engine.problems")).toEqual([
    "slow-frame-access",
    "slow-frame-display",
  ]);

  const guest = await enter("Guest");
  await guest.expectToSeeAndHear("Desk");
  await expectPicture(app);
  await expectAudio(app);
  await expect.poll(() => guest.page.evaluate(coloursOf, "Desk")).toBeGreaterThan(4);
  const inTheApp = () => window.evaluate<number>(`return (${coloursOf})(arguments[0])`, "Guest");
  await expect.poll(inTheApp).toBeGreaterThan(4);
  await app.picture("without-frame-access");

  await window.click(button(en.dock.cameraOff));
  await guest.expectState("Desk", { camera: false });
  await window.click(button(en.dock.cameraOn));
  await guest.expectToSeeAndHear("Desk");
  await expect.poll(() => guest.page.evaluate(coloursOf, "Desk")).toBeGreaterThan(4);
  await guest.share();
  await expectPicture(app, "screen");
});

test('"about this computer" shows the higher cost', async ({ app }) => {
  const { window } = app;
  await expect.poll(() => window.count(button(en.menu.settings))).toBe(1);
  expect(
    await window.evaluate(`return document.querySelector('[data-testid="engine-problems"]')`),
  ).toBeNull();
  await window.click(button(en.menu.settings));
  await expect.poll(() => window.evaluate("return document.querySelectorAll('.check-slow').length")).toBe(2);
  await window.evaluate(`document.querySelector('.checks').scrollIntoView()`);
  await app.picture("about-without-frame-access");
});
