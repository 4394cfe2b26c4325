import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { layoutFaults } from "../../../ui/scripts/layout-faults.mjs";
import type { Person } from "../fixtures/person";
import { expect, test } from "../fixtures/test";

const folder = resolve(import.meta.dirname, "../../artifacts/screens");
mkdirSync(folder, { recursive: true });

const WIDE = { width: 1280, height: 800 };
/** A picture is taken at each. */
const PICTURES = { wide: WIDE, narrow: { width: 400, height: 800 } };
/** Where the layout changes, and the ends; beside a panel of 344 px, 861 to 1015 leave the call 517 to 671. */
const WIDTHS = [320, 400, 700, 861, 900, 960, 1015, 1280, 1920, 3840];
/** Every panel at every size. On a busy machine a step takes seconds. */
const TIMEOUT_MS = 600_000;
const SIZES = [
  ...WIDTHS.map((width) => ({ width, height: 800 })),
  // Windows of 1280×800 and of 1920×1080 at a zoom of 200 %.
  { width: 640, height: 400 },
  { width: 960, height: 540 },
];

/** Until the layout has followed: controls move into the menu and back. */
async function resize(page: Page, size: { width: number; height: number }) {
  await page.setViewportSize(size);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** No control may be cut off or covered. Polled, because tiles and panels get there in steps. */
async function expectNoFaults(page: Page, what: string, size: { width: number; height: number }) {
  await resize(page, size);
  const { width, height } = size;
  await expect
    .poll(() => page.evaluate(layoutFaults), { message: `${what} at ${width}×${height}`, timeout: 10_000 })
    .toEqual([]);
}

for (const [language, locale] of [
  ["en", "en-US"],
  ["ko", "ko-KR"],
] as const) {
  test(`screens in ${language}: no control is cut off or covered, at any width`, async ({ visit }) => {
    test.setTimeout(TIMEOUT_MS);
    const contextExtras = { viewport: WIDE, locale, colorScheme: "dark", reducedMotion: "reduce" } as const;
    const minji = await visit(language === "ko" ? "민지" : "Minji", { contextExtras });
    const { page } = minji;
    let number = 0;
    const picture = async (what: string) => {
      number += 1;
      for (const [name, size] of Object.entries(PICTURES)) {
        await expectNoFaults(page, what, size);
        const file = `${name}-${language}-${String(number).padStart(2, "0")}-${what}.png`;
        await page.screenshot({ path: resolve(folder, file), animations: "disabled" });
      }
      await resize(page, WIDE);
    };

    await picture("start");
    const scrolls = () => document.documentElement.scrollHeight - document.documentElement.clientHeight;
    expect(await page.evaluate(scrolls), "the start screen scrolls at 1280×800").toBe(0);
    await minji.roomInput.fill("not a room");
    await picture("start-wrong-room");
    await minji.roomInput.fill("우리집");
    await minji.turnOn("camera");
    await minji.turnOn("microphone");
    await picture("start-preview");
    await minji.openSettings();
    await picture("settings");
    await page.emulateMedia({ colorScheme: "light" });
    await picture("settings-light");
    await page.keyboard.press("Escape");
    await picture("start-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await minji.join();
    await picture("alone");

    const others: Person[] = [];
    for (const name of ["Juno", "하나"]) {
      const other = await visit(name, { room: "우리집" });
      await other.turnOn("camera");
      await other.join();
      others.push(other);
    }
    for (const other of others) await minji.expectVideoOf(other);
    await picture("call");
    await others[0]?.say("See you at the table: https://example.org/plan");
    await others[1]?.say("좋아요!");
    await minji.openChat();
    await expect(minji.chatLog.getByText("좋아요!")).toBeVisible();
    await picture("chat");
    await minji.openPeople();
    await picture("people");

    // Every panel and the menu of what does not fit, at every width.
    const panel = page.getByRole("complementary");
    const open = {
      nothing: async () => expect(panel).toHaveCount(0),
      menu: async () => {
        await minji.press(minji.texts.dock.more);
        await expect(page.getByRole("menu")).toBeVisible();
      },
      chat: () => page.keyboard.press("c"),
      files: () => page.keyboard.press("f"),
      people: () => page.keyboard.press("p"),
      statistics: async () => {
        await page.keyboard.press("p");
        await panel.getByTestId("quality-mark").first().click();
        await expect(page.getByTestId("statistics")).toBeVisible();
      },
    };
    for (const [what, show] of Object.entries(open)) {
      // Out of a text field, and back from the statistics.
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await show();
      if (what !== "nothing" && what !== "menu") await expect(panel).toBeVisible();
      for (const size of SIZES) await expectNoFaults(page, what, size);
      if (what === "menu") {
        await resize(page, PICTURES.narrow);
        await page.screenshot({
          path: resolve(folder, `narrow-${language}-menu.png`),
          animations: "disabled",
        });
      }
      await resize(page, WIDE);
    }
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");

    await others[0]?.share();
    await minji.expectVideoOf("Juno", "screen");
    await picture("screen-share");
    await page.emulateMedia({ colorScheme: "light" });
    await picture("screen-share-light");
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
    await picture("shortcuts");
  });
}
