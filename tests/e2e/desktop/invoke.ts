import { expect } from "@playwright/test";
import type { WebDriver } from "./webdriver";

/** Calls a command of the shell as the page can, and returns `{ value }` or `{ error }`. */
export async function invoke(window: WebDriver, command: string, args: object = {}): Promise<unknown> {
  await begin(window, command, args);
  await expect.poll(() => window.evaluate("return globalThis.__answer !== undefined")).toBe(true);
  return window.evaluate("return globalThis.__answer");
}

/** As {@link invoke}, without waiting for the answer. */
export async function begin(window: WebDriver, command: string, args: object = {}): Promise<void> {
  await window.evaluate(
    `globalThis.__answer = undefined;
     __TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then(
       (value) => { globalThis.__answer = { value }; },
       (error) => { globalThis.__answer = { error }; });`,
    command,
    args,
  );
}

/** What a command has sent to `name` so far: see {@link openChannel}. */
export function received(window: WebDriver, name: string): Promise<unknown[]> {
  return window.evaluate<unknown[]>("return globalThis[arguments[0]]", name);
}

/** A channel for the arguments of a command, which keeps what it gets in the global `name`. */
export async function openChannel(window: WebDriver, name: string): Promise<string> {
  const id = await window.evaluate<number>(
    `const messages = globalThis[arguments[0]] = [];
     return __TAURI_INTERNALS__.transformCallback(({ message }) => { messages.push(message); });`,
    name,
  );
  return `__CHANNEL__:${id}`;
}
