import { enterWithEverything } from "../desktop/native";
import { expect, test } from "../desktop/test";
import { recordFrameAges, takeFrameAges } from "./clapper";
import { lags, onsets, withOnsets } from "./onsets";
import { type Listening, listen, rememberConnections } from "./recorder";
import { keepResult, median, pause, percentile } from "./results";

const SECONDS = Number(process.env.MARU_BENCH_SECONDS ?? 60);

/**
 * The mock microphone pauses every two seconds. It records when it begins again, and Chromium's Web Audio detects the
 * beginning in the page. The RTP timestamp gives the age of the frames. The delay of audio behind video is the difference.
 */
test("sync: the desktop's audio and video in Chromium", async ({ server, visit, room }) => {
  test.setTimeout((SECONDS + 240) * 1_000);
  await withOnsets(server.origin, async (app, file) => {
    await enterWithEverything(app, room, "Desk", { width: 640, height: 480, frameRate: 30 });
    const guest = await visit("Guest", { prepare: rememberConnections });
    await guest.turnOn("microphone");
    await guest.turnOn("camera");
    await guest.join();
    await guest.expectToSeeAndHear("Desk");
    await pause(20);
    await guest.page.evaluate(listen);
    await guest.page.evaluate(recordFrameAges, "Desk");
    await pause(SECONDS);
    const ages = await guest.page.evaluate(takeFrameAges);
    const heard = await guest.page.evaluate(
      () => (globalThis as unknown as { __listening: Listening }).__listening.onsets,
    );
    const voice = lags(await onsets(file, "said"), heard, 900);
    expect(voice.length, "phrases detected").toBeGreaterThan(SECONDS / 4);
    const picture = median(ages.presented);
    await keepResult("voice after picture in Chromium, milliseconds", {
      beginnings: voice.length,
      picture,
      voice: median(voice),
      p5: Math.round(percentile(voice, 0.05) - picture),
      p50: Math.round(median(voice) - picture),
      p95: Math.round(percentile(voice, 0.95) - picture),
    });
  });
});
