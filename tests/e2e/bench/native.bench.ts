import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DesktopApp } from "../desktop/app";
import { fillIn, showCall, turnOn } from "../desktop/native";
import { expect, test } from "../desktop/test";
import { byTestId } from "../desktop/webdriver";
import type { Person } from "../fixtures/person";

const SECONDS = Number(process.env.MARU_BENCH_SECONDS ?? 60);
const ROUNDS = Number(process.env.MARU_BENCH_ROUNDS ?? 5);
const RESULTS = resolve(import.meta.dirname, "../../artifacts/bench-native.json");

const results: Record<string, unknown> = {};

test.afterAll(async () => {
  await mkdir(join(RESULTS, ".."), { recursive: true });
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  console.log(JSON.stringify(results, null, 2));
});

/**
 * Runs in either page: presses "join" and says how many milliseconds later the first picture was shown, and when
 * what comes before it was done. Nothing else on the page shows a picture: who joins has the camera off.
 */
const FIRST_FRAME = `
  const begun = performance.now();
  const since = () => performance.now() - begun;
  const steps = {};
  document.querySelector('[data-testid="start-join"]').click();
  return new Promise((resolve) => {
    const watched = new Set();
    const look = () => {
      const [other] = globalThis.__maruCall.getState().participants;
      if (other) steps.participant ??= since();
      if (other?.link === "connected") steps.connected ??= since();
      for (const video of document.querySelectorAll("video")) {
        if (watched.has(video)) continue;
        watched.add(video);
        steps.element ??= since();
        video.requestVideoFrameCallback(() => {
          clearInterval(timer);
          resolve({ shown: since(), ...steps });
        });
      }
    };
    const timer = setInterval(look, 5);
  });`;

interface FirstFrame {
  shown: number;
  participant: number;
  connected: number;
  element: number;
}

const FIGURES = `
  const [other] = globalThis.__maruCall.getState().participants;
  return globalThis.__maruCall.stats(other.id).then((stats) => {
    const of = (direction) => stats.media.find((entry) => entry.direction === direction && entry.source === "camera");
    return { at: performance.now(), sent: of("sent"), received: of("received"), bitrate: stats.sentBitrate };
  });`;

interface Figures {
  at: number;
  sent?: { frames: number; width: number; height: number; encodeTime: number };
  received?: { frames: number; width: number; height: number; decodeTime: number };
  bitrate: number;
}

const figuresOf = (person: Person) => person.page.evaluate(`(() => {${FIGURES}})()`) as Promise<Figures>;

function rate(before: Figures, after: Figures, direction: "sent" | "received"): number {
  const frames = (after[direction]?.frames ?? 0) - (before[direction]?.frames ?? 0);
  return Number(((frames * 1_000) / (after.at - before.at)).toFixed(1));
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

for (const size of [
  { width: 640, height: 480 },
  { width: 1280, height: 720 },
]) {
  test(`a call at ${size.width}x${size.height}`, async ({ app, visit, room }) => {
    test.setTimeout((SECONDS * 2 + 120) * 1_000);
    const { window } = app;
    await showCall(window, { ...size, frameRate: 30 });
    await turnOn(window, "camera");
    await turnOn(window, "microphone");
    // The made-up camera is drawn by the web process: what it costs alone is what it costs in the preview.
    await pause(5);
    const preview = [await app.usage(), Date.now()] as const;
    await pause(Math.min(20, SECONDS));
    const previewed = [await app.usage(), Date.now()] as const;

    await fillIn(window, room, "Desk");
    await window.click(byTestId("start-join"));
    const guest = await visit("Guest", { pictures: { ...size, frameRate: 30 } });
    await guest.turnOn("microphone");
    await guest.turnOn("camera");
    await guest.join();
    await expect.poll(async () => (await figuresOf(guest)).received?.frames ?? 0).toBeGreaterThan(30);
    // The estimate of what the path carries has risen by then.
    await pause(15);

    const begun = [await app.usage(), Date.now()] as const;
    const desk: Figures[] = [await window.evaluate<Figures>(FIGURES)];
    const theirs: Figures[] = [await figuresOf(guest)];
    for (let second = 0; second < SECONDS; second += 5) {
      await pause(5);
      desk.push(await window.evaluate<Figures>(FIGURES));
      theirs.push(await figuresOf(guest));
    }
    const ended = [await app.usage(), Date.now()] as const;
    const rates = (samples: Figures[], direction: "sent" | "received") =>
      median(samples.slice(1).map((sample, index) => rate(samples[index] as Figures, sample, direction)));
    const cores = (from: typeof begun, to: typeof begun, which: "app" | "web") =>
      Number(((100_000 * (to[0][which].cpu - from[0][which].cpu)) / (to[1] - from[1])).toFixed(0));
    results[`${size.width}x${size.height}`] = {
      framesPerSecond: {
        encodedByDesktop: rates(desk, "sent"),
        decodedByChromium: rates(theirs, "received"),
        encodedByChromium: rates(theirs, "sent"),
        decodedByDesktop: rates(desk, "received"),
      },
      size: { sent: desk.at(-1)?.sent, received: desk.at(-1)?.received },
      percentOfACore: {
        app: cores(begun, ended, "app"),
        web: cores(begun, ended, "web"),
        webInPreview: cores(preview, previewed, "web"),
      },
      megabytes: {
        app: Math.round(ended[0].app.memory / 1e6),
        web: Math.round(ended[0].web.memory / 1e6),
      },
    };
  });
}

test("the first picture after joining", async ({ server, visit, room }, testInfo) => {
  test.setTimeout(ROUNDS * 120_000);
  const there = await visit("There");
  await there.turnOn("microphone");
  await there.turnOn("camera");
  await there.join();
  const native: FirstFrame[] = [];
  const chromium: FirstFrame[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const app = await DesktopApp.start({ server: server.origin, port: 4700 + testInfo.parallelIndex });
    await showCall(app.window);
    await fillIn(app.window, room, "Desk");
    native.push(await app.window.evaluate<FirstFrame>(FIRST_FRAME));
    await app.close();
    await there.expectGone("Desk");
    const guest = await visit("Guest");
    chromium.push((await guest.page.evaluate(`(() => {${FIRST_FRAME}})()`)) as FirstFrame);
    await guest.close();
    await there.expectGone("Guest");
  }
  const of = (rounds: FirstFrame[]) => ({
    participant: median(rounds.map(({ participant }) => participant)),
    connected: median(rounds.map(({ connected }) => connected)),
    element: median(rounds.map(({ element }) => element)),
    shown: median(rounds.map(({ shown }) => shown)),
    all: rounds.map(({ shown }) => Math.round(shown)),
  });
  results.firstPictureMilliseconds = {
    native: of(native),
    chromium: of(chromium),
    ratio: Number((of(native).shown / of(chromium).shown).toFixed(2)),
  };
});

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN) * 10) / 10;
}
