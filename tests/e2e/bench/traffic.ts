import { readdirSync, readFileSync } from "node:fs";
import { usageOfTree } from "../desktop/processes";

/** Between two samples, in milliseconds. */
const INTERVAL = 4;
/** As much is no transfer: acknowledgements, heartbeats, records of it, and what drives browsers and apps. Bytes. */
const NOISE = 64 << 10;

interface Sample {
  /** By the clock, in milliseconds. */
  at: number;
  sent: number;
  written: number;
}

/**
 * What writes what is received. `app`: the disk threads of all apps, as other threads of their processes write to the display.
 * `browser`: the processes of pages, as others write what the browser keeps for itself.
 */
export type Writers = "app" | "browser";

/**
 * What goes over the loopback interface, and what is written to files, while a transfer runs (Linux). Other programs that
 * use that interface count as well.
 */
export class Traffic {
  readonly #samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(private readonly counters: readonly string[]) {
    this.#timer = setInterval(() => this.#sample(), INTERVAL);
    this.#sample();
  }

  static async start(writers: Writers): Promise<Traffic> {
    const all = await usageOfTree(process.pid);
    const counters =
      writers === "browser"
        ? all.filter(({ pid }) => isOfPages(pid)).map(({ pid }) => `/proc/${pid}/io`)
        : all.filter(({ name }) => name === "maru").flatMap(({ pid }) => diskThreads(pid));
    return new Traffic(counters);
  }

  /** When the last of it was sent, and written: by the clock, in milliseconds. */
  end(): { sent: number; written: number } {
    clearInterval(this.#timer);
    this.#sample();
    return { sent: this.#last("sent"), written: this.#last("written") };
  }

  #last(what: "sent" | "written"): number {
    const [first, final] = [this.#samples[0]?.[what] ?? 0, this.#samples.at(-1)?.[what] ?? 0];
    if (final - first < 16 * NOISE) throw new Error(`too little was ${what} to say when it ended`);
    return this.#samples.find((sample) => final - sample[what] <= NOISE)?.at ?? Number.NaN;
  }

  #sample(): void {
    const written = this.counters.reduce((sum, path) => sum + writtenTo(path), 0);
    this.#samples.push({ at: Date.now(), sent: sentOverLoopback(), written });
  }
}

/** In Chromium and Firefox. */
function isOfPages(pid: number): boolean {
  return /--type=renderer|-contentproc/.test(read(`/proc/${pid}/cmdline`));
}

function diskThreads(pid: number): string[] {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  return threads
    .filter((thread) => read(`${thread}/comm`).trim() === "files-write")
    .map((thread) => `${thread}/io`);
}

function writtenTo(path: string): number {
  return Number(/^wchar: (\d+)$/m.exec(read(path))?.[1] ?? 0);
}

function sentOverLoopback(): number {
  // After the name: eight columns of what is received, and then the bytes that are sent.
  const columns = /^\s*lo:(.*)$/m.exec(read("/proc/net/dev"))?.[1]?.trim().split(/\s+/);
  return Number(columns?.[8] ?? 0);
}

/** Empty if the process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
