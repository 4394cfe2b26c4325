import { mergeTests } from "@playwright/test";
import { en } from "../../../ui/src/i18n/en";
import { expect, expectFiles, test as filesTest, removeFromPanels } from "../fixtures/file-transfer-test";
import { FileTransfers, hashOf, makeFile, recordSaved } from "../fixtures/file-transfers";
import { useFirefox } from "../fixtures/firefox";
import { expectFrames } from "../fixtures/media";
import { test as firefoxTest } from "./test";

const test = mergeTests(filesTest, firefoxTest);

test.describe("Firefox that lets nothing play by itself", () => {
  const strict = test.extend({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
    firefox: ({}, use, testInfo) =>
      useFirefox(use, testInfo, {
        firefoxUserPrefs: {
          // Block audio and muted video, and let an element play only in the handler of an event by the person.
          "media.autoplay.default": 5,
          "media.autoplay.blocking_policy": 2,
        },
      }),
  });

  strict("one click starts all sound and all video", async ({ enterChromium, firefox, visit }) => {
    const chris = await enterChromium();
    // Without devices: a page that captures may play.
    const hana = await visit("Hana", { browser: firefox });
    await hana.join();
    await hana.expectConnectedTo(chris);
    const banner = hana.screen.getByText(en.call.playbackBlocked);
    await expect(banner).toBeVisible();
    const paused = () =>
      hana.page.evaluate(() =>
        [...document.querySelectorAll<HTMLMediaElement>("audio, video")].map(({ paused }) => paused),
      );
    await expect.poll(paused).toEqual([true, true]);

    await hana.page.getByRole("button", { name: en.call.playbackUnblock }).click();
    await expect(banner).toHaveCount(0);
    await hana.expectToSeeAndHear(chris);

    // A screen that comes later is a new element, and so is its sound. The page says so; the next click starts the video
    // wherever it is.
    await chris.share();
    const screen = hana.page.locator('[data-testid="tile"][data-kind="screen"] video');
    await expect.poll(() => screen.evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);
    await expect(banner).toBeVisible();
    await hana.openChat();
    await hana.expectVideoOf(chris, "screen");
    await hana.expectToSeeAndHear(chris);
  });
});

test.describe("Firefox that resists fingerprinting", () => {
  const resisting = test.extend({
    // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
    firefox: ({}, use, testInfo) =>
      useFirefox(use, testInfo, { firefoxUserPrefs: { "privacy.resistFingerprinting": true } }),
  });

  resisting(
    "its microphone is heard, it hears and sees, and files arrive",
    async ({ enterChromium, firefox, visit }, testInfo) => {
      const chris = await enterChromium("Chris", { prepare: recordSaved });
      // No camera: what this Firefox reads from a canvas is noise, also the pattern that is its camera here.
      const hana = await visit("Hana", { browser: firefox, prepare: recordSaved });
      await hana.turnOn("microphone");
      await expect(hana.page.getByTestId("notice")).toHaveCount(0);
      await hana.join();
      await chris.expectConnectedTo(hana);
      await chris.expectSoundOf(hana);
      await hana.expectSoundOf(chris);
      // Its frames cannot be read from a canvas.
      await expect(hana.tile(chris).locator("video")).toBeVisible();
      await expectFrames(hana.page, await hana.idOf(chris));
      // Its clock is coarse: the picture stays.
      await expect(hana.tile(chris).locator("video")).toBeVisible();

      const [here, there] = [new FileTransfers(hana), new FileTransfers(chris)];
      await expectFiles(here, there);
      for (const [sender, receiver] of [
        [here, there],
        [there, here],
      ] as const) {
        const path = await makeFile(testInfo.outputPath(`${sender.name}.bin`), 3_000_017);
        await sender.send(path);
        await receiver.accept();
        expect(await receiver.saved()).toEqual({
          name: `${sender.name}.bin`,
          hash: await hashOf(path),
          bytes: 3_000_017,
        });
        await receiver.expectState("done");
        await sender.expectState("done");
        await removeFromPanels(sender, receiver);
      }
    },
  );
});
