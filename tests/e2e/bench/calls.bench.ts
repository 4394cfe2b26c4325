import { DesktopApp } from "../desktop/app";
import { enterWithEverything, fillIn, showCall, turnOn } from "../desktop/native";
import { expect, test } from "../desktop/test";
import { byTestId } from "../desktop/webdriver";
import type { Person } from "../fixtures/person";
import { keepResult, median, pause } from "./results";

const SECONDS = Number(process.env.MARU_BENCH_SECONDS ?? 60);

/** Runs in both pages. */
const SAMPLE = `
  const own = [...document.querySelectorAll('[data-testid="tile"]')].find((tile) => tile.textContent.includes("(you)"));
  const captured = { frames: own?.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0 };
  const [other] = globalThis.__maruCall.getState().participants;
  if (!other) return { at: performance.now(), captured };
  return globalThis.__maruCall.stats(other.id).then((stats) => {
    const of = (direction) => stats.media.find((entry) => entry.direction === direction && entry.source === "camera");
    return { at: performance.now(), captured, sent: of("sent"), received: of("received") };
  });`;

interface Media {
  frames: number;
  width: number;
  height: number;
  encodeTime: number | null;
  decodeTime: number | null;
}

interface Sample {
  at: number;
  /** Frames shown of the page's own camera. */
  captured: { frames: number };
  sent?: Media;
  received?: Media;
}

const ofPerson = (person: Person) => () =>
  person.page.evaluate(`(async () => {${SAMPLE}})()`) as Promise<Sample>;
const ofApp = (app: DesktopApp) => () => app.window.evaluate<Sample>(SAMPLE);

/** Samples of both sides, taken at the same time every five seconds. */
async function sample(sides: (() => Promise<Sample>)[]): Promise<Sample[][]> {
  const samples = sides.map(() => [] as Sample[]);
  for (let second = 0; second <= SECONDS; second += 5) {
    if (second > 0) await pause(5);
    await Promise.all(sides.map(async (look, index) => samples[index]?.push(await look())));
  }
  return samples;
}

/** The median over five-second intervals, frames per second. */
function rates(samples: Sample[] | undefined, direction: "captured" | "sent" | "received"): number {
  const frames = ({ [direction]: media }: Sample) => media?.frames ?? 0;
  return median(
    (samples ?? []).slice(1).map((now, index) => {
      const before = samples?.[index] as Sample;
      return ((frames(now) - frames(before)) * 1_000) / (now.at - before.at);
    }),
  );
}

/** Percent of one core between two samples of the processor time. */
async function cores(app: DesktopApp, during: () => Promise<unknown>) {
  const before = [await app.usage(), Date.now()] as const;
  await during();
  const after = [await app.usage(), Date.now()] as const;
  const share = (used: (usage: (typeof before)[0]) => number) =>
    Number(((100_000 * (used(after[0]) - used(before[0]))) / (after[1] - before[1])).toFixed(1));
  return {
    app: share(({ app }) => app.cpu),
    web: share(({ web }) => web.cpu),
    // A thread of the web process that exists for the mock camera only.
    madeUpCamera: share(({ camera }) => camera),
    withoutIt: share(({ app, web, camera }) => app.cpu + web.cpu - camera),
  };
}

/**
 * Runs before Maru, in Chromium: its video keeps its size. Both sides share this machine, and the desktop is measured: if
 * Chromium reduced its size because of processor load, the desktop would have less to decode.
 */
function keepSize(): void {
  const set = RTCRtpSender.prototype.setParameters;
  RTCRtpSender.prototype.setParameters = function (parameters, options) {
    return set.call(this, { ...parameters, degradationPreference: "maintain-resolution" }, options);
  };
}

const SMALL = { width: 640, height: 480 };
const LARGE = { width: 1280, height: 720 };

function desktopAndChromium(name: string, size: { width: number; height: number }): void {
  const pictures = { ...size, frameRate: 30 };

  test(`calls: ${name}`, async ({ app, visit, room }) => {
    test.setTimeout((SECONDS * 2 + 240) * 1_000);
    const { window } = app;
    await showCall(window, pictures);
    await turnOn(window, "camera");
    await pause(5);
    const preview = await cores(app, () => pause(Math.min(20, SECONDS)));
    await turnOn(window, "microphone");
    await fillIn(window, room, "Desk");
    await window.click(byTestId("start-join"));
    const guest = await visit("Guest", { pictures, prepare: keepSize });
    await guest.turnOn("microphone");
    await guest.turnOn("camera");
    await guest.join();
    await expect.poll(async () => (await ofPerson(guest)()).received?.frames ?? 0).toBeGreaterThan(30);
    // The bandwidth estimate has risen by then.
    await pause(15);
    let samples: Sample[][] = [];
    const call = await cores(app, async () => {
      samples = await sample([ofApp(app), ofPerson(guest)]);
    });
    const [desk, theirs] = samples;
    await keepResult(name, {
      framesPerSecond: {
        capturedByDesktop: rates(desk, "captured"),
        encodedByDesktop: rates(desk, "sent"),
        decodedByChromium: rates(theirs, "received"),
        encodedByChromium: rates(theirs, "sent"),
        decodedByDesktop: rates(desk, "received"),
      },
      size: { sent: desk?.at(-1)?.sent, received: desk?.at(-1)?.received },
      percentOfACore: {
        ...call,
        webInPreview: preview.web,
        withoutCamera: call.app + call.web - preview.web,
      },
    });
  });
}

test.describe(() => {
  // The replacement where the webview's workers get no frames (docs/decisions/0043-where-workers-get-no-frames.md).
  test.use({ appEnvironment: { MARU_WITHOUT_FRAME_ACCESS: "1" } });
  desktopAndChromium("640x480, desktop without frame access and Chromium", SMALL);
});

for (const size of [SMALL, LARGE]) {
  const pictures = { ...size, frameRate: 30 };
  const name = `${size.width}x${size.height}`;
  desktopAndChromium(`${name}, desktop and Chromium`, size);

  test(`calls: ${name}, desktop and desktop`, async ({ app, server, room }) => {
    test.setTimeout((SECONDS * 2 + 240) * 1_000);
    const other = await DesktopApp.start({ server: server.origin });
    try {
      await enterWithEverything(app, room, "Desk one", pictures);
      await enterWithEverything(other, room, "Desk two", pictures);
      for (const side of [app, other])
        await expect.poll(async () => (await ofApp(side)()).received?.frames ?? 0).toBeGreaterThan(30);
      await pause(15);
      let samples: Sample[][] = [];
      const call = await cores(app, async () => {
        samples = await sample([ofApp(app), ofApp(other)]);
      });
      const [one, two] = samples;
      await keepResult(`${name}, desktop and desktop`, {
        framesPerSecond: {
          captured: [rates(one, "captured"), rates(two, "captured")],
          encoded: [rates(one, "sent"), rates(two, "sent")],
          decoded: [rates(one, "received"), rates(two, "received")],
        },
        size: { sent: one?.at(-1)?.sent, received: one?.at(-1)?.received },
        percentOfACore: call,
      });
    } finally {
      await other.close();
    }
  });
}
