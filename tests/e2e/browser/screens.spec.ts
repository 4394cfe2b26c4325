import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { overflowing } from "../../../ui/scripts/overflow.mjs";
import type { Person } from "../fixtures/person";
import { expect, test } from "../fixtures/test";

const folder = resolve(import.meta.dirname, "../../artifacts/screens");
mkdirSync(folder, { recursive: true });

/** No control may overflow horizontally, and the page may not scroll horizontally. Polled, because panels slide in. */
async function expectNoOverflow(page: Page) {
  await expect.poll(() => page.evaluate(overflowing)).toEqual([]);
  const [scroll, width] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth] as const;
  });
  expect(scroll, "the page scrolls horizontally").toBeLessThanOrEqual(width);
}

for (const [size, viewport] of [
  ["wide", { width: 1280, height: 800 }],
  ["narrow", { width: 400, height: 800 }],
] as const) {
  for (const [language, locale] of [
    ["en", "en-US"],
    ["ko", "ko-KR"],
  ] as const) {
    test(`screenshots of every screen, ${size}, ${language}: no control overflows`, async ({ visit }) => {
      const contextExtras = { viewport, locale, colorScheme: "dark" } as const;
      const minji = await visit(language === "ko" ? "민지" : "Minji", { contextExtras });
      let number = 0;
      const picture = async (what: string) => {
        await expectNoOverflow(minji.page);
        number += 1;
        const name = `${size}-${language}-${String(number).padStart(2, "0")}-${what}.png`;
        await minji.page.screenshot({ path: resolve(folder, name), animations: "disabled" });
      };

      await picture("start");
      await minji.roomInput.fill("not a room");
      await picture("start-wrong-room");
      await minji.roomInput.fill("우리집");
      await minji.turnOn("camera");
      await minji.turnOn("microphone");
      await picture("start-preview");
      await minji.openSettings();
      await picture("settings");
      await minji.page.emulateMedia({ colorScheme: "light" });
      await picture("settings-light");
      await minji.page.keyboard.press("Escape");
      await picture("start-light");
      await minji.page.emulateMedia({ colorScheme: "dark" });
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
      await minji.page.keyboard.press("Escape");
      await others[0]?.share();
      await minji.expectVideoOf("Juno", "screen");
      await picture("screen-share");
      await minji.page.emulateMedia({ colorScheme: "light" });
      await picture("screen-share-light");
      await minji.page.keyboard.press("?");
      await expect(minji.page.getByRole("dialog")).toBeVisible();
      await picture("shortcuts");
    });
  }
}
