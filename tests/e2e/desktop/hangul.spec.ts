import { en } from "../../../ui/src/i18n/en";
import { HangulKeyboard } from "./hangul-keyboard";
import { test as base, expect } from "./test";
import { button, byTestId, type WebDriver } from "./webdriver";

const CHAT = { using: "css selector", value: "textarea" } as const;
const NAME_IN_SETTINGS = { using: "css selector", value: "dialog input:not([type])" } as const;

type Field = Parameters<WebDriver["value"]>[0];

/** Keys of the two-set layout, and the content of the field after each. */
const HELLO = [
  ["d", "ㅇ"],
  ["k", "아"],
  ["s", "안"],
  ["s", "안ㄴ"],
  ["u", "안녀"],
  ["d", "안녕"],
  ["g", "안녕ㅎ"],
  ["k", "안녕하"],
  ["t", "안녕핫"],
  ["p", "안녕하세"],
  ["d", "안녕하셍"],
  ["y", "안녕하세요"],
] as const;
const HOME = [
  ["d", "ㅇ"],
  ["n", "우"],
  ["f", "울"],
  ["l", "우리"],
  ["w", "우맂"],
  ["l", "우리지"],
  ["q", "우리집"],
] as const;
const MINJI = [
  ["a", "ㅁ"],
  ["l", "미"],
  ["s", "민"],
  ["w", "믽"],
  ["l", "민지"],
] as const;

const test = base.extend<{ started: { keyboard?: HangulKeyboard }; keyboard: HangulKeyboard }>({
  appEnvironment: { GTK_IM_MODULE: "ibus" },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  started: async ({}, use) => {
    const started: { keyboard?: HangulKeyboard } = {};
    await use(started);
    await started.keyboard?.close();
  },
  beforeApp: async ({ started }, use) => {
    await use(async (environment) => {
      started.keyboard = await HangulKeyboard.start(environment);
    });
  },
  keyboard: async ({ app, started: { keyboard } }, use) => {
    if (keyboard === undefined) throw new Error("the app started without its keyboard");
    await expect.poll(() => app.window.count(byTestId("start-join"))).toBe(1);
    await keyboard.focusWindow();
    await expect.poll(() => app.window.evaluate("return document.hasFocus()")).toBe(true);
    await use(keyboard);
    // Before the app's display and bus end, and before the folders in which the daemon writes are removed.
    await keyboard.close();
  },
});

async function expectValue(window: WebDriver, field: Field, value: string): Promise<void> {
  await expect.poll(() => window.value(field), { message: `in ${field.value}` }).toBe(value);
}

/** Counts released keys; installed once per page. */
const RELEASED = `globalThis.__released ??= 0;
  if (!globalThis.__countsReleased) addEventListener("keyup", () => { __released += 1; }, true);
  globalThis.__countsReleased = true;
  return __released;`;

/**
 * Types into the field with the focus, key by key, and checks it after each. It returns when the last key has been
 * released, as a person releases it before doing anything else: the release passes the input method too, and can be late.
 */
async function write(
  window: WebDriver,
  keyboard: HangulKeyboard,
  field: Field,
  steps: readonly (readonly [string, string])[],
): Promise<void> {
  await keyboard.expectFocus();
  const before = await window.evaluate<number>(RELEASED);
  for (const [key, shown] of steps) {
    await keyboard.press(key);
    await expectValue(window, field, shown);
  }
  await expect
    .poll(() => window.evaluate<number>(RELEASED), { message: "keys released" })
    .toBeGreaterThanOrEqual(before + steps.length);
}

/** How often a composition started, and whether the input events reported it to the page. */
const COUNT_COMPOSITIONS = `globalThis.__compositions = { started: 0, reported: 0 };
  addEventListener("compositionstart", () => { __compositions.started += 1; }, true);
  addEventListener("input", (event) => { if (event.isComposing) __compositions.reported += 1; }, true);`;

test("a Hangul syllable is composed in the field, and is sent once and complete", async ({
  app: { window },
  keyboard,
  visit,
}) => {
  const guest = await visit("Guest", { room: "우리집" });
  await guest.join();
  await window.evaluate(COUNT_COMPOSITIONS);

  await window.click(byTestId("name-input"));
  await write(window, keyboard, byTestId("name-input"), MINJI);
  expect(await window.evaluate("return __compositions.started")).toBe(2);
  expect(await window.evaluate("return __compositions.reported")).toBeGreaterThanOrEqual(MINJI.length);

  await window.click(byTestId("room-input"));
  // The unfinished syllable stays in its field.
  await expectValue(window, byTestId("name-input"), "민지");
  await write(window, keyboard, byTestId("room-input"), HOME);
  // This Enter completes the syllable, and the engine passes the Enter on.
  await keyboard.press("Return");
  await expect.poll(() => window.count(byTestId("dock"))).toBe(1);
  await guest.idOf("민지");

  // No field has the focus: this is a shortcut, though Hangul is still on.
  await keyboard.press("c");
  await expect.poll(() => window.count(CHAT)).toBe(1);
  await guest.openChat();
  await write(window, keyboard, CHAT, HELLO);
  await keyboard.press("Return");
  await expectValue(window, CHAT, "");
  // A click during a composition sends the syllable too.
  await write(window, keyboard, CHAT, HOME);
  await window.click(button(en.chat.send));
  await expectValue(window, CHAT, "");
  // A text that was sent twice, or in parts, would be before the last one.
  await expect(guest.page.getByTestId("chat-message").locator("p")).toHaveText(["안녕하세요", "우리집"]);
});

test("the first Escape ends the composition and closes nothing, the second closes the sheet or the panel", async ({
  app: { window },
  keyboard,
}) => {
  await window.click(button(en.menu.settings));
  await window.click(NAME_IN_SETTINGS);
  await write(window, keyboard, NAME_IN_SETTINGS, MINJI);
  await keyboard.press("Escape");
  // The engine keeps the composed text. A letter after it shows that the Escape has arrived.
  await write(window, keyboard, NAME_IN_SETTINGS, [["d", "민지ㅇ"]]);
  await keyboard.press("Escape", "Escape");
  await expect.poll(() => window.count(NAME_IN_SETTINGS)).toBe(0);

  await window.click(byTestId("room-input"));
  await write(window, keyboard, byTestId("room-input"), HOME);
  await keyboard.press("Return");
  await expect.poll(() => window.count(byTestId("dock"))).toBe(1);
  await keyboard.press("c");
  await expect.poll(() => window.count(CHAT)).toBe(1);
  await write(window, keyboard, CHAT, HELLO);
  await keyboard.press("Escape");
  await write(window, keyboard, CHAT, [["d", "안녕하세요ㅇ"]]);
  await keyboard.press("Escape", "Escape");
  await expect.poll(() => window.count(CHAT)).toBe(0);
  // The field is closed, and keys are shortcuts again.
  await keyboard.press("c");
  await expect.poll(() => window.count(CHAT)).toBe(1);
});
