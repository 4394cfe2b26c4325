import { type ChildProcess, execFile, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect } from "@playwright/test";

const run = promisify(execFile);
const binaries = process.env.MARU_BIN_DIR ?? resolve(import.meta.dirname, "../../../target/debug");

/** What the app asked the services for: `tests/portal/src/services.rs`. */
export interface ServiceCall {
  call: string;
  [field: string]: unknown;
}

/** Services of a desktop on the app's session bus: the portal and the screen saver, and notifications. */
export class DesktopServices {
  readonly calls: ServiceCall[] = [];
  #process: ChildProcess | null = null;
  #environment: NodeJS.ProcessEnv = {};

  /** For the fixture `beforeApp`. Resolves once the services are on the bus. */
  start = async (environment: NodeJS.ProcessEnv): Promise<void> => {
    this.#environment = environment;
    const services = spawn(join(binaries, "maru-portal"), ["--services"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: environment,
    });
    this.#process = services;
    createInterface({ input: services.stdout }).on("line", (line) => this.calls.push(JSON.parse(line)));
    await expect.poll(() => this.#send("org.freedesktop.DBus.Peer.Ping").catch(() => false)).not.toBe(false);
  };

  stop(): void {
    this.#process?.kill();
  }

  /** Names of the calls that keep a screen on during a call or end that, in order. */
  get screen(): string[] {
    const isOfCall = ({ call, reason }: ServiceCall) =>
      reason === "Call" || (call.startsWith("ScreenSaver") && reason === undefined);
    return this.calls.filter(isOfCall).map(({ call }) => call);
  }

  get notifications(): ServiceCall[] {
    return this.calls.filter(({ call }) => call === "Notify");
  }

  /** The portal no longer keeps screens on. */
  async refuseInhibit(): Promise<void> {
    await this.#send("app.maru.Test.RefuseInhibit");
  }

  async click(notification: ServiceCall): Promise<void> {
    await this.#send("app.maru.Test.Click", `uint32:${notification.id}`);
  }

  async #send(method: string, ...args: string[]): Promise<boolean> {
    const to = ["--dest=org.freedesktop.Notifications", "/app/maru/Test", method, ...args];
    await run("dbus-send", ["--session", "--print-reply", ...to], { env: this.#environment });
    return true;
  }
}
