import { en } from "../../../ui/src/i18n/en";
import { received } from "../fixtures/media";
import { LEFT, playStereoScreen, RIGHT } from "../fixtures/stereo-screen";
import { expect, test } from "../fixtures/test";

test("a shared screen is a tile of its own beside the camera, and disappears when sharing stops", async ({
  enter,
}) => {
  const minji = await enter("Minji");
  const juno = await enter("Juno");
  await juno.expectVideoOf(minji);

  await minji.press(en.dock.share);
  await minji.expectOwn("screen", true);
  await juno.expectState(minji, { screen: true });
  await juno.expectVideoOf(minji, "screen");
  await juno.expectVideoOf(minji, "camera");
  await expect(juno.screen.getByText(en.call.screenOf("Minji")).first()).toBeVisible();

  await minji.press(en.dock.stopShare);
  await juno.expectState(minji, { screen: false });
  await juno.expectNothingMoreOf(minji, "screen");
  await expect(juno.screen.getByText(en.call.screenOf("Minji"))).toHaveCount(0);
  await juno.expectToSeeAndHear(minji);

  // The section is kept for the next share.
  await minji.press(en.dock.share);
  await juno.expectVideoOf(minji, "screen");
});

test("a shared screen is zoomed, moved, and put on the full screen", async ({ enter, visit }) => {
  const minji = await enter("Minji");
  await minji.share();
  const juno = await visit("Juno");
  await juno.join();
  await juno.expectVideoOf(minji, "screen");
  const { page } = juno;
  const screen = page.getByRole("group", { name: en.picture.zoomArea(en.call.screenOf("Minji")) });
  const scale = () => screen.getAttribute("data-zoom");

  await screen.hover();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  await expect.poll(scale).not.toBe("1");
  expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);
  await screen.getByRole("button", { name: en.picture.zoomWhole }).click();
  await expect.poll(scale).toBe("1");
  await screen.getByRole("button", { name: en.picture.zoomIn }).click();
  await expect.poll(scale).toBe("1.5");

  await page.keyboard.press("z");
  const full = () => page.evaluate(() => document.fullscreenElement?.getAttribute("role") ?? null);
  await expect.poll(full).toBe("group");
  await expect(screen.locator("video")).toBeVisible();
  await screen.getByRole("button", { name: en.picture.fullScreen }).click();
  await expect.poll(full).toBeNull();
  await juno.expectVideoOf(minji, "screen");
});

test("a 4K screen arrives in fewer pixels, and its sharer's voice beside it", async ({ visit }) => {
  const minji = await visit("Minji", { pictures: { width: 3840, height: 2160, frameRate: 10 } });
  await minji.turnOn("microphone");
  await minji.join();
  const juno = await visit("Juno");
  await juno.join();
  await minji.share();
  const width = async () => (await received(juno.page, await juno.idOf(minji), "screen"))?.width;
  await juno.expectVideoOf(minji, "screen");
  await expect.poll(width).toBe(2560);
  await minji.press(en.dock.more);
  await minji.page.getByRole("menuitemradio", { name: en.menu.motion }).click();
  await expect.poll(width).toBe(1920);
  await juno.expectVideoOf(minji, "screen");
  await juno.expectSoundOf(minji);
});

test("a newcomer sees a screen that is already shared, and hears it in stereo", async ({ enter, visit }) => {
  const minji = await enter("Minji", { prepare: playStereoScreen });
  await minji.press(en.dock.share);
  await minji.expectOwn("screen", true);
  const hana = await visit("Hana");
  await hana.join();
  await hana.expectVideoOf(minji, "screen");
  await hana.expectStereo(LEFT, RIGHT);
  // Also after an offer of hers, which describes the section again.
  await hana.press(en.dock.share);
  await minji.expectVideoOf(hana, "screen");
  await hana.expectStereo(LEFT, RIGHT);
  await hana.expectSoundOf(minji);
});
