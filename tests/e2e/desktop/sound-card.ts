/** The loudspeaker and the microphone of the app's environment (`capture-room.sh`): played and captured audio. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { expect } from "@playwright/test";

/** Samples a second. */
const RATE = 48_000;
/** The last tenth of a second. */
const ANALYSED_SAMPLES = 4_800;
/** As an amplitude, 0–1; a guest's tone is made with 0.3. */
const AUDIBLE = 0.02;
const SAMPLE_BYTES = 4;
/** Length of the loud and of the soft part of the speech, in samples. */
const SYLLABLE = RATE / 4;

/** Records what the loudspeaker plays. */
export class Loudspeaker {
  #recorder: ChildProcess;
  #last: Buffer = Buffer.alloc(0);
  #total = 0;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#recorder = spawn("parecord", ["--device=spk.monitor", "--latency-msec=50", ...format()], {
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#recorder.stdout?.on("data", (chunk: Buffer) => {
      this.#total += chunk.length;
      this.#last = Buffer.concat([this.#last, chunk]).subarray(-2 * ANALYSED_SAMPLES * SAMPLE_BYTES);
    });
  }

  /** Waits until this tone is played; `hertz` is a multiple of 20. */
  async expectTone(hertz: number, whose: string): Promise<void> {
    await expect
      .poll(() => this.#amount(hertz), { message: `the tone of ${whose}, played by the app` })
      .toBeGreaterThan(AUDIBLE);
  }

  /** Waits until it is not played any more. */
  async expectNoTone(hertz: number, whose: string): Promise<void> {
    await expect
      .poll(() => this.#amount(hertz), { message: `no tone of ${whose}, played by the app` })
      .toBeLessThan(AUDIBLE / 4);
  }

  /** Amplitude of a frequency in audio recorded from now on, 0–1. */
  async #amount(hertz: number): Promise<number> {
    const from = this.#total;
    await expect
      .poll(() => this.#total - from, { message: "the loudspeaker is recorded" })
      .toBeGreaterThan(ANALYSED_SAMPLES * SAMPLE_BYTES);
    // Counted from the end, samples are aligned only if the whole recording is.
    const end = this.#last.length - (this.#total % SAMPLE_BYTES);
    let real = 0;
    let imaginary = 0;
    for (let at = 0; at < ANALYSED_SAMPLES; at += 1) {
      const sample = this.#last.readFloatLE(end - (ANALYSED_SAMPLES - at) * SAMPLE_BYTES);
      const angle = (2 * Math.PI * hertz * at) / RATE;
      real += sample * Math.cos(angle);
      imaginary += sample * Math.sin(angle);
    }
    return (2 * Math.hypot(real, imaginary)) / ANALYSED_SAMPLES;
  }

  async close(): Promise<void> {
    await end(this.#recorder);
  }
}

/**
 * Plays one tone to the microphone, without end, alternately loud and soft like speech: the app takes a sound of constant
 * level for noise after some 15 s, and stops sending it.
 */
export class Speech {
  #player: ChildProcess;

  constructor(environment: NodeJS.ProcessEnv, hertz: number) {
    this.#player = spawn("pacat", ["--playback", "--device=micsink", "--latency-msec=100", ...format()], {
      env: environment,
      stdio: ["pipe", "ignore", "inherit"],
    });
    const { stdin } = this.#player;
    if (!stdin) throw new Error("pacat has no input");
    // The player may exit before its input ends.
    stdin.on("error", () => undefined);
    // A whole number of periods: the next part continues without a jump.
    const second = Buffer.alloc(RATE * SAMPLE_BYTES);
    for (let at = 0; at < RATE; at += 1) {
      const amplitude = Math.floor(at / SYLLABLE) % 2 === 0 ? 0.3 : 0.03;
      second.writeFloatLE(amplitude * Math.sin((2 * Math.PI * hertz * at) / RATE), at * SAMPLE_BYTES);
    }
    const write = () => {
      while (stdin.writable && stdin.write(second));
    };
    stdin.on("drain", write);
    write();
  }

  async close(): Promise<void> {
    await end(this.#player);
  }
}

/** The roles of the app's own streams, as the sound server knows them. */
export async function streamRoles(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const { stdout } = await promisify(execFile)("pw-dump", [], { env: environment, maxBuffer: 64 << 20 });
  const objects: { info?: { props?: Record<string, unknown> } }[] = JSON.parse(stdout);
  return objects
    .map(({ info }) => info?.props ?? {})
    .filter((props) => /^Stream\/(In|Out)put\/Audio$/.test(`${props["media.class"]}`))
    .filter((props) => props["application.name"] === "PipeWire ALSA [maru]")
    .map((props) => `${props["media.class"]}: ${props["media.role"]}`)
    .sort();
}

function format(): string[] {
  return ["--raw", "--format=float32le", `--rate=${RATE}`, "--channels=1"];
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await ended;
}
