import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "@playwright/test";
import { pictureOf } from "./window-picture";
import { compileXProgram } from "./x-program";

const run = promisify(execFile);

/** A dialog of GTK on the display of an app, used by keys of the X server. There is no window manager. */
export class NativeDialog {
  private constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly window: string,
  ) {}

  /** Waits for the dialog with this title. */
  static async find(environment: NodeJS.ProcessEnv, title: string): Promise<NativeDialog> {
    let window = "";
    await expect
      .poll(
        async () => {
          [window = ""] = await windows(environment, title);
          return window;
        },
        { message: `the dialog "${title}"` },
      )
      .not.toBe("");
    await run("xdotool", ["windowfocus", "--sync", window], { env: environment });
    return new NativeDialog(environment, window);
  }

  /** Selects a file or folder by its path: GTK's dialog takes a path that is typed. */
  async select(path: string): Promise<void> {
    await this.#key("ctrl+l");
    await run("xdotool", ["type", "--delay", "20", path], { env: this.environment });
    // The first Enter may only take the completion that GTK offers.
    await expect
      .poll(async () => {
        if (!(await this.#isClosed())) await this.#key("Return");
        return this.#isClosed();
      }, "the dialog is closed")
      .toBe(true);
  }

  async cancel(): Promise<void> {
    await this.#key("Escape");
    await this.expectClosed();
  }

  /** Presses the button with the focus, as Enter does. */
  async confirm(): Promise<void> {
    await this.#key("Return");
  }

  async expectClosed(): Promise<void> {
    await expect.poll(() => this.#isClosed(), "the dialog is closed").toBe(true);
  }

  async #isClosed(): Promise<boolean> {
    return !(await windows(this.environment)).includes(this.window);
  }

  async #key(key: string): Promise<void> {
    await run("xdotool", ["key", key], { env: this.environment });
  }
}

/** Asks the app to close its window, as the button of a window manager does. */
export async function requestClose(environment: NodeJS.ProcessEnv): Promise<void> {
  const window = await appWindow(environment);
  await run(await compileXProgram(environment, "close-window"), [window], { env: environment });
}

/** Gives the app's window a size, as the person does at its edge. */
export async function resizeWindow(
  environment: NodeJS.ProcessEnv,
  width: number,
  height: number,
): Promise<void> {
  const window = await appWindow(environment);
  await run("xdotool", ["windowsize", window, `${width}`, `${height}`], { env: environment });
}

/** Where the app's window is, without its frame, in pixels of the display. */
export async function windowGeometry(
  environment: NodeJS.ProcessEnv,
): Promise<{ left: number; top: number; right: number; bottom: number }> {
  const window = await appWindow(environment);
  const { stdout } = await run("xdotool", ["getwindowgeometry", "--shell", window], { env: environment });
  const value = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)$`, "m").exec(stdout)?.[1]);
  const [left, top] = [value("X"), value("Y")];
  return { left, top, right: left + value("WIDTH"), bottom: top + value("HEIGHT") };
}

/** What the display shows of the app's window, as a PNG. */
export async function windowPicture(environment: NodeJS.ProcessEnv): Promise<Buffer> {
  const window = await appWindow(environment);
  if (window === "") throw new Error("the app has no visible window");
  return pictureOf(environment, window);
}

/** The app's window, whose title begins with the room and the unread messages during a call; empty if it is not visible. */
export async function appWindow(environment: NodeJS.ProcessEnv): Promise<string> {
  const [window = ""] = await search(environment, "^(.+ · )?Maru$");
  return window;
}

/** Visible windows, with this title. */
function windows(environment: NodeJS.ProcessEnv, title?: string): Promise<string[]> {
  return search(environment, title === undefined ? "." : `^${title.replaceAll(/[?.]/g, "\\$&")}$`);
}

/** Visible windows whose title matches `name`, a regular expression of POSIX. */
async function search(environment: NodeJS.ProcessEnv, name: string): Promise<string[]> {
  try {
    const found = await run("xdotool", ["search", "--onlyvisible", "--name", name], { env: environment });
    return found.stdout.trim().split("\n").filter(Boolean);
  } catch {
    // It fails when it finds none.
    return [];
  }
}
