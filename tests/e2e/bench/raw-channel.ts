/** A data channel without files: between two pages, or a page and `bulk`, an example of `crates/peer`. */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "@playwright/test";

/** As `bulk` writes them: `[candidate, mid, line]`. */
type Signal = { offer: string } | { answer: string } | { candidate: [string, string | null, number | null] };

/** What is sent. */
export interface Amount {
  messages: number;
  /** Bytes of a message. */
  size: number;
}

/** One end of a connection. */
export interface End {
  apply(signal: Signal): Promise<unknown>;
  /** Offers, if it sends. */
  start(): Promise<unknown>;
  /** Seconds from the first message to the last one, if it knows them. */
  done(): Promise<number | null>;
  close(): void;
}

interface PageEnd {
  apply(signal: Signal): Promise<void>;
  offer(): Promise<void>;
  done: Promise<number>;
}

interface Shared {
  __end: PageEnd;
  signalOut(signal: Signal): void;
}

type MakeEnd = (amount: Amount, sends: boolean, out: (signal: Signal) => void) => Promise<End>;

/** Connects the two, and returns how many seconds all messages needed. */
export async function sendBetween(amount: Amount, sender: MakeEnd, receiver: MakeEnd): Promise<number> {
  // Signals before the other end exists wait for it.
  let setReceiver: (end: End) => void = () => undefined;
  const receiving = new Promise<End>((resolve) => {
    setReceiver = resolve;
  });
  const from = await sender(amount, true, (signal) => void receiving.then((end) => end.apply(signal)));
  const to = await receiver(amount, false, (signal) => void from.apply(signal));
  setReceiver(to);
  await from.start();
  const [sent, received] = await Promise.all([from.done(), to.done()]);
  from.close();
  to.close();
  return sent ?? received ?? Number.NaN;
}

export function pageEnd(page: Page): MakeEnd {
  return async (amount, sends, out) => {
    await page.exposeFunction("signalOut", out);
    await page.evaluate(makeEnd, { ...amount, sends });
    return {
      apply: (signal) =>
        page.evaluate((signal) => (globalThis as unknown as Shared).__end.apply(signal), signal),
      start: () => page.evaluate(() => (globalThis as unknown as Shared).__end.offer()),
      done: () => page.evaluate(() => (globalThis as unknown as Shared).__end.done),
      close: () => undefined,
    };
  };
}

/** The engine: a process. */
export const engineEnd: MakeEnd = async (amount, sends, out) => {
  const binaries = process.env.MARU_BIN_DIR ?? resolve(import.meta.dirname, "../../../target/release");
  const program = join(binaries, "examples/bulk");
  const child = spawn(program, [sends ? "send" : "receive"], { stdio: ["pipe", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [, signal] = JSON.parse(line) as [number, Signal];
    out(signal);
  });
  const write = async (line: unknown) => child.stdin.write(`${JSON.stringify(line)}\n`);
  const row = () => write([1, amount.size, false, amount.messages]);
  // A receiver takes signals only after its row; a sender offers at once.
  if (!sends) await row();
  return {
    apply: (signal) => write([0, signal]),
    start: row,
    done: async () => null,
    close: () => child.stdin.end(),
  };
};

/** Runs in a page. */
function makeEnd({ messages, size, sends }: Amount & { sends: boolean }): void {
  const MAX_BUFFERED = 4 << 20;
  const shared = globalThis as unknown as Shared;
  const pc = new RTCPeerConnection();
  const channel = pc.createDataChannel("bulk", { negotiated: true, id: 1, ordered: false });
  channel.binaryType = "arraybuffer";
  channel.bufferedAmountLowThreshold = MAX_BUFFERED / 4;
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    const { sdpMid, sdpMLineIndex } = candidate;
    shared.signalOut({ candidate: [candidate.candidate, sdpMid, sdpMLineIndex] });
  };
  const next = (type: "open" | "message" | "bufferedamountlow") =>
    new Promise<unknown>((resolve) => channel.addEventListener(type, resolve, { once: true }));

  async function send(): Promise<number> {
    const message = new Uint8Array(size).fill(7);
    const answered = next("message");
    const start = performance.now();
    for (let sent = 0; sent < messages; sent += 1) {
      if (channel.bufferedAmount > MAX_BUFFERED) await next("bufferedamountlow");
      channel.send(message);
    }
    await answered;
    return (performance.now() - start) / 1_000;
  }

  function receive(): Promise<number> {
    const start = performance.now();
    let received = 0;
    return new Promise((resolve) => {
      channel.addEventListener("message", () => {
        received += 1;
        if (received < messages) return;
        channel.send("received");
        resolve((performance.now() - start) / 1_000);
      });
    });
  }

  shared.__end = {
    done: next("open").then(() => (sends ? send() : receive())),
    async offer() {
      await pc.setLocalDescription();
      shared.signalOut({ offer: pc.localDescription?.sdp ?? "" });
    },
    async apply(signal) {
      if ("candidate" in signal) {
        const [candidate, sdpMid, sdpMLineIndex] = signal.candidate;
        await pc.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
      } else if ("answer" in signal) {
        await pc.setRemoteDescription({ type: "answer", sdp: signal.answer });
      } else {
        await pc.setRemoteDescription({ type: "offer", sdp: signal.offer });
        await pc.setLocalDescription();
        shared.signalOut({ answer: pc.localDescription?.sdp ?? "" });
      }
    },
  };
}
