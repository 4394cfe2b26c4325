import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { freePort } from "../fixtures/free-port";
import type { Colour, PictureSize } from "../fixtures/pattern";
import { HERE, type Place } from "../fixtures/place";
import { windowPicture } from "./native-dialog";
import { cpuOfThreads, signalTree, type Usage, usageOfTree } from "./processes";
import { byTestId, isSessionLost, WebDriver } from "./webdriver";

const repository = resolve(import.meta.dirname, "../../..");
const binary = join(process.env.MARU_BIN_DIR ?? join(repository, "target/debug"), "maru");
const pictures = join(repository, "tests/artifacts/desktop");

/** Path of the driver: `/usr/bin/WebKitWebDriver` from Debian's webkit2gtk-driver. */
const DRIVER = process.env.MARU_WEBKIT_DRIVER ?? "/usr/bin/WebKitWebDriver";
/** Name of its process, as far as the kernel keeps it. */
const DRIVER_NAME = basename(DRIVER).slice(0, 15);

/** A bus that starts no services: services of this machine, such as a portal, have no effect. */
const BUS = join(import.meta.dirname, "session-bus.conf");

/** Script that gives cameras to the app through a portal and PipeWire, as a desktop does. */
const CAPTURE_ROOM = join(import.meta.dirname, "capture-room.sh");
const PORTAL = join(process.env.MARU_BIN_DIR ?? join(repository, "target/debug"), "maru-portal");

/** The kernel keeps only the beginning of this name. */
const WEB_PROCESS = /^WebKitWebProces/;
const APP_PROCESS = /^(maru|WebKit(Web|Network)Proces.*)$/;

/** Of an app whose web process ends while it lists devices. */
const MAX_STARTS = 3;

interface StartOptions {
  server: string;
  place?: Place;
  environment?: Record<string, string>;
  /** Arguments of the app. */
  args?: readonly string[];
  /** Size of its screen. */
  screen?: `${number}x${number}`;
  /** A home folder that is there before and after it; it gets and removes one of its own otherwise. */
  home?: string;
  /** Called before the app starts, with the environment variables of its processes. */
  before?: (environment: NodeJS.ProcessEnv) => Promise<void>;
  /** Cameras of its PipeWire, which it then opens instead of the mock camera. */
  cameras?: readonly TestCamera[];
  /** With `cameras` only: a loudspeaker and a microphone too (`sound-card.ts`). */
  sound?: boolean;
}

/**
 * The desktop app in its own environment: a display, a session bus (so that no other Maru is "already running") and a home
 * folder of its own.
 */
export class DesktopApp {
  #closed = false;

  private constructor(
    readonly window: WebDriver,
    /** Of its process tree. */
    private readonly root: ChildProcess,
    readonly home: string,
    /** It outlives the app. */
    private readonly keepsHome: boolean,
    /** Environment variables of its processes: its display, and its session bus. */
    readonly environment: NodeJS.ProcessEnv,
    /** What it and its driver have printed so far. */
    private readonly log: () => string,
  ) {}

  /**
   * With PipeWire, the web process can be ended by a fault of its GStreamer plugin while the page lists its devices for the
   * first time (docs/upstream/pipewire-device-provider.md). The app loads the page again, but the driver's session is
   * over, so the app is started again.
   */
  static async start(options: StartOptions): Promise<DesktopApp> {
    for (let starts = 1; ; starts += 1) {
      const app = await DesktopApp.#start(options);
      if (!options.cameras) return app;
      try {
        await expect.poll(() => app.window.count(byTestId("start-join"))).toBe(1);
        await app.window.evaluate("return navigator.mediaDevices.enumerateDevices().then(() => true)");
        return app;
      } catch (error) {
        await app.close();
        if (starts === MAX_STARTS || !isSessionLost(error)) throw error;
        console.log("the web process ended while devices were listed; the app is started again");
      }
    }
  }

  static async #start(options: StartOptions): Promise<DesktopApp> {
    const { place = HERE, screen = "1280x800" } = options;
    if (!existsSync(binary)) throw new Error(`${binary} is missing: cargo build -p maru`);
    const port = await freePort();
    const home = options.home ?? (await mkdtemp(join(tmpdir(), "maru-desktop-")));
    const { cameras, sound = false } = options;
    const devices = [...(sound ? ["sound"] : []), ...(cameras ?? []).map(deviceArgument)];
    const room = cameras ? ["bash", CAPTURE_ROOM, home, PORTAL, ...devices, "--"] : [];
    // Displays of a worker's own: one that is just being closed by another worker looks free, and its files go later.
    const firstDisplay = 200 + 50 * test.info().parallelIndex;
    const display = ["xvfb-run", "-n", `${firstDisplay}`, "-a", "-s", `-screen 0 ${screen}x24`];
    const command = [
      ...place.enter,
      "dbus-run-session",
      "--config-file",
      BUS,
      "--",
      ...room,
      ...display,
      DRIVER,
      `--port=${port}`,
    ];
    const [program = DRIVER, ...rest] = command;
    const root = spawn(program, rest, {
      // A process group of its own, so that all of its processes can be ended.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        HOME: home,
        XDG_CONFIG_HOME: join(home, "config"),
        XDG_DATA_HOME: join(home, "data"),
        XDG_CACHE_HOME: join(home, "cache"),
        LANG: "en_US.UTF-8",
        LANGUAGE: "en",
        MARU_SERVER: options.server,
        MARU_MOCK_DEVICES: cameras ? "0" : "1",
        // Otherwise each start looks through all plugins of GStreamer for its new home folder.
        GST_REGISTRY: join(tmpdir(), "maru-gstreamer-registry.bin"),
        // Otherwise GTK uses the installed input method.
        GTK_IM_MODULE: "gtk-im-context-simple",
        TAURI_AUTOMATION: "true",
        TAURI_WEBVIEW_AUTOMATION: "true",
        ...options.environment,
      },
    });
    let log = "";
    for (const stream of [root.stdout, root.stderr]) {
      stream?.on("data", (chunk) => {
        log += chunk;
      });
    }
    const base = await place.reach(port);
    while (!(await answers(base))) {
      if (root.exitCode !== null) throw new Error(`WebKitWebDriver ended at once:\n${log}`);
    }
    try {
      const environment = await environmentOf(root);
      if (options.before) await options.before(environment);
      const window = await WebDriver.start(base, binary, options.args);
      return new DesktopApp(window, root, home, options.home !== undefined, environment, () => log);
    } catch (error) {
      end(root);
      throw new Error(`the app did not start: ${error}\n${log}`);
    }
  }

  /** The app's saved settings, as they are on disk. */
  async settings(): Promise<Record<string, unknown>> {
    const path = join(this.home, "config/app.maru.desktop/settings.json");
    return existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : {};
  }

  /** Resources used by the app and its web process so far; `camera` is the part of the latter for the mock camera. */
  async usage(): Promise<{ app: Usage; web: Usage; camera: number }> {
    const all = this.root.pid === undefined ? [] : await usageOfTree(this.root.pid);
    const sum = (name: RegExp): Usage => {
      const those = all.filter((usage) => name.test(usage.name));
      return {
        pid: those[0]?.pid ?? 0,
        name: name.source,
        cpu: those.reduce((total, { cpu }) => total + cpu, 0),
        memory: those.reduce((total, { memory }) => total + memory, 0),
      };
    };
    const web = sum(WEB_PROCESS);
    // "MockRealtimeVideoSource generateFrame runloop", of which the kernel keeps the end.
    const camera = web.pid === 0 ? 0 : await cpuOfThreads(web.pid, /teFrame runloop$/);
    return { app: sum(/^maru$/), web, camera };
  }

  /** Starts the app once more with these arguments, and returns the exit code of that process. */
  async startAgain(...args: string[]): Promise<number | null> {
    const second = spawn(binary, args, { env: this.environment, stdio: "ignore" });
    await once(second, "exit");
    return second.exitCode;
  }

  /** The process that draws the page, by its ID; 0 where there is none. */
  async webProcess(): Promise<number> {
    const all = this.root.pid === undefined ? [] : await usageOfTree(this.root.pid);
    return all.find(({ name }) => WEB_PROCESS.test(name))?.pid ?? 0;
  }

  /** Ends the app's own process at once, as a crash does. What is left is for {@link close}. */
  async kill(): Promise<void> {
    const { app } = await this.usage();
    if (app.pid === 0) throw new Error("no app runs");
    process.kill(app.pid, "SIGKILL");
  }

  /** Stops its processes, as on a computer that sleeps. */
  async suspend(): Promise<void> {
    await this.#signal("SIGSTOP");
  }

  async resume(): Promise<void> {
    await this.#signal("SIGCONT");
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    if (this.root.pid !== undefined) await signalTree(this.root.pid, signal, APP_PROCESS);
  }

  /** Saves a screenshot of the window under tests/artifacts. */
  async picture(name: string): Promise<void> {
    await mkdir(pictures, { recursive: true });
    await writeFile(join(pictures, `${name}.png`), await windowPicture(this.environment));
  }

  /** Ends all processes that are left of it. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // The window may be closed already, by the test.
    await this.window.quit().catch(() => undefined);
    if (this.root.exitCode === null) {
      const ended = once(this.root, "exit");
      end(this.root);
      await ended;
    }
    if (!this.keepsHome) await rm(this.home, { recursive: true, force: true });
    await test.info().attach("app.log", { body: this.log(), contentType: "text/plain" });
  }
}

/** The environment of the running driver: the display and the session bus are chosen while it starts. */
async function environmentOf(root: ChildProcess): Promise<NodeJS.ProcessEnv> {
  const all = root.pid === undefined ? [] : await usageOfTree(root.pid);
  const driver = all.find(({ name }) => name === DRIVER_NAME);
  if (driver === undefined) throw new Error(`no ${DRIVER_NAME} runs`);
  const environment = await readFile(`/proc/${driver.pid}/environ`, "utf8");
  return Object.fromEntries(
    environment
      .split("\0")
      .filter((entry) => entry.includes("="))
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
}

/** A PipeWire camera: a few sizes, and three stripes. */
export interface TestCamera {
  /** One word. */
  name: string;
  colours: readonly Colour[];
  sizes: readonly Pick<PictureSize, "width" | "height">[];
}

/** The argument of `capture-room.sh`. */
function deviceArgument({ name, colours, sizes }: TestCamera): string {
  const stripes = colours.map((colour) => Buffer.from(colour).toString("hex"));
  return [name, ...stripes, ...sizes.map(({ width, height }) => `${width}x${height}`)].join(":");
}

function end(root: ChildProcess): void {
  if (root.pid !== undefined) process.kill(-root.pid, "SIGTERM");
}

async function answers(base: string): Promise<boolean> {
  try {
    return (await fetch(`${base}/status`, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    // Not listening yet: wait.
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  }
}
