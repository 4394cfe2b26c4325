import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "@playwright/test";

const run = promisify(execFile);

/** The engine's settings. Without them it starts with Latin letters, and returns to them at every Escape. */
const SETTINGS = `[org/freedesktop/ibus/engine/hangul]
initial-input-mode='hangul'
off-keys=''
`;

/**
 * A keyboard with IBus and its Hangul engine (two-set layout, 두벌식), on the display and the session bus of an app: key
 * events come from the X server, not from the page or its driver.
 */
export class HangulKeyboard {
  private constructor(
    private readonly daemon: ChildProcess,
    private readonly environment: NodeJS.ProcessEnv,
    /** The D-Bus address of the daemon. */
    private readonly address: string,
    /** The input context with the focus while no field has it: one of the daemon's own. */
    private readonly nowhere: string,
  ) {}

  /** @param environment of the app that uses it; the app must have `GTK_IM_MODULE=ibus`. */
  static async start(environment: NodeJS.ProcessEnv): Promise<HangulKeyboard> {
    const settings = join(environment.XDG_CONFIG_HOME ?? "", "glib-2.0/settings");
    await mkdir(settings, { recursive: true });
    await writeFile(join(settings, "keyfile"), SETTINGS);
    const own = { ...environment, GSETTINGS_BACKEND: "keyfile" };
    // No panel: it would only show the engine's state and let a person select another one. The engine does not start
    // without a configuration component; this one keeps everything in memory.
    const args = ["--panel=disable", "--emoji-extension=disable", "--config=/usr/libexec/ibus-memconf"];
    const daemon = spawn("ibus-daemon", args, { stdio: "ignore", env: own });
    await once(daemon, "spawn");
    // It fails until the daemon is there.
    await expect
      .poll(() => output(own, "ibus", ["engine", "hangul"]), { message: "the Hangul engine" })
      .not.toBeNull();
    const address = ((await output(own, "ibus", ["address"])) ?? "").trim();
    return new HangulKeyboard(daemon, own, address, await focused(own, address));
  }

  /** Gives the app's window the keyboard focus. There is no window manager to do it. */
  async focusWindow(): Promise<void> {
    const found = await output(this.environment, "xdotool", ["search", "--onlyvisible", "--class", "maru"]);
    const [window] = (found ?? "").trim().split("\n");
    await run("xdotool", ["windowfocus", "--sync", window ?? ""], { env: this.environment });
  }

  /** Waits until the engine gets the typed keys. */
  async expectFocus(): Promise<void> {
    await expect
      .poll(() => focused(this.environment, this.address), { message: "the input method has the focus" })
      .not.toBe(this.nowhere);
  }

  /** Presses and releases keys, one after the other, by their X keysyms. */
  async press(...keys: string[]): Promise<void> {
    await run("xdotool", ["key", ...keys], { env: this.environment });
  }

  async close(): Promise<void> {
    if (this.daemon.exitCode !== null || this.daemon.signalCode !== null) return;
    const ended = once(this.daemon, "exit");
    this.daemon.kill();
    await ended;
  }
}

/** The path of the input context with the focus. */
async function focused(environment: NodeJS.ProcessEnv, address: string): Promise<string> {
  const property = ["string:org.freedesktop.IBus", "string:CurrentInputContext"];
  const destination = ["--dest=org.freedesktop.IBus", "/org/freedesktop/IBus"];
  const method = "org.freedesktop.DBus.Properties.Get";
  const { stdout } = await run(
    "dbus-send",
    [`--bus=${address}`, "--print-reply=literal", ...destination, method, ...property],
    { env: environment },
  );
  return stdout.trim();
}

/** The output of a command; null if it failed. */
async function output(
  environment: NodeJS.ProcessEnv,
  program: string,
  args: string[],
): Promise<string | null> {
  try {
    return (await run(program, args, { env: environment })).stdout;
  } catch {
    return null;
  }
}
