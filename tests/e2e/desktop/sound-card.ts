/** The loudspeaker and the microphone of the app's world (`capture-room.sh`): what is played, and what is said. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "@playwright/test";

/** Samples a second. */
const RATE = 48_000;
/** What is listened to: the last so many samples, a tenth of a second. */
const HEARD = 4_800;
/** As an amplitude, 0–1; a guest's tone is made with 0.3. */
const AUDIBLE = 0.02;
const SAMPLE_BYTES = 4;
/** As long is speech loud, and then soft, in samples. */
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
      this.#last = Buffer.concat([this.#last, chunk]).subarray(-2 * HEARD * SAMPLE_BYTES);
    });
  }

  /** From now on this tone is played; `hertz` is a multiple of 20. */
  async expectTone(hertz: number, whose: string): Promise<void> {
    await expect
      .poll(() => this.#amount(hertz), { message: `the tone of ${whose}, played by the app` })
      .toBeGreaterThan(AUDIBLE);
  }

  /** From now on it is not. */
  async expectNoTone(hertz: number, whose: string): Promise<void> {
    await expect
      .poll(() => this.#amount(hertz), { message: `no tone of ${whose}, played by the app` })
      .toBeLessThan(AUDIBLE / 4);
  }

  /** How much of a frequency there is in sound that is not recorded yet, 0–1. */
  async #amount(hertz: number): Promise<number> {
    const from = this.#total;
    await expect
      .poll(() => this.#total - from, { message: "the loudspeaker is recorded" })
      .toBeGreaterThan(HEARD * SAMPLE_BYTES);
    // Samples are whole in what is read from the end only where the whole is.
    const end = this.#last.length - (this.#total % SAMPLE_BYTES);
    let real = 0;
    let imaginary = 0;
    for (let at = 0; at < HEARD; at += 1) {
      const sample = this.#last.readFloatLE(end - (HEARD - at) * SAMPLE_BYTES);
      const angle = (2 * Math.PI * hertz * at) / RATE;
      real += sample * Math.cos(angle);
      imaginary += sample * Math.sin(angle);
    }
    return (2 * Math.hypot(real, imaginary)) / HEARD;
  }

  async close(): Promise<void> {
    await end(this.#recorder);
  }
}

/**
 * Says one tone into the microphone, without end, loud and soft by turns as speech is: the app takes a sound that stays
 * as loud as it is for noise after some 15 s, and no longer sends it.
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
    // The player ends before its input does.
    stdin.on("error", () => undefined);
    // A whole number of periods: the next one goes on where it ends.
    const second = Buffer.alloc(RATE * SAMPLE_BYTES);
    for (let at = 0; at < RATE; at += 1) {
      const amplitude = Math.floor(at / SYLLABLE) % 2 === 0 ? 0.3 : 0.03;
      second.writeFloatLE(amplitude * Math.sin((2 * Math.PI * hertz * at) / RATE), at * SAMPLE_BYTES);
    }
    const say = () => {
      while (stdin.writable && stdin.write(second));
    };
    stdin.on("drain", say);
    say();
  }

  async close(): Promise<void> {
    await end(this.#player);
  }
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
