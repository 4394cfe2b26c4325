import { enterWithEverything } from "../desktop/native";
import { expect, test } from "../desktop/test";
import { type ClapperRecord, installClapper, recordClapper, takeClapperRecord } from "./clapper";
import { lags, onsets, withOnsets } from "./onsets";
import { keepResult, median, pause, percentile } from "./results";

/** `--minutes 60` sets an hour. */
const MINUTES = Number(process.env.MARU_BENCH_MINUTES ?? 5);
/** Small, so that an hour of it leaves the machine usable. */
const PICTURES = { width: 320, height: 240, frameRate: 30 };
/**
 * A size that WebKitGTK's mock camera supports. It scales to smaller ones with the only converter of the process, which
 * painting uses as well, without a lock: the guest's tile then shows our own camera.
 */
const OWN = { width: 640, height: 480, frameRate: 15 };

interface Minute {
  /** Bytes. */
  app: number;
  web: number;
  /** From drawing to display, milliseconds, and the number of frames. */
  latency: number;
  pictures: number;
  /** Delay of audio behind video, milliseconds; for each clap of the minute. */
  lag: number[];
}

// The mock loudspeaker gives the played audio; the element gives the shown video.
test("long: memory and lip sync", async ({ server, visit, room }) => {
  test.setTimeout((MINUTES + 5) * 60_000);
  await withOnsets(server.origin, async (app, file) => {
    await enterWithEverything(app, room, "Desk", OWN);
    const guest = await visit("Guest", { pictures: null });
    await guest.page.evaluate(installClapper, PICTURES);
    await guest.turnOn("microphone");
    await guest.turnOn("camera");
    await guest.join();
    await guest.expectToSeeAndHear("Desk");
    await expect.poll(async () => (await onsets(file, "heard")).length).toBeGreaterThan(0);
    await pause(20);
    await app.window.evaluate(`(${recordClapper})(arguments[0])`, { ...PICTURES, name: "Guest" });
    await app.picture("long-call");
    const minutes: Minute[] = [];
    for (let minute = 0; minute < MINUTES; minute += 1) {
      await pause(60);
      const seen = await app.window.evaluate<ClapperRecord>(`return (${takeClapperRecord})()`);
      const usage = await app.usage();
      minutes.push({
        app: usage.app.memory,
        web: usage.web.memory,
        latency: median(seen.latencies),
        pictures: seen.latencies.length,
        lag: lags(seen.flashes, await onsets(file, "heard"), 500),
      });
    }
    const every = Math.max(1, Math.ceil(MINUTES / 12));
    const span = Math.min(5, Math.ceil(MINUTES / 2));
    const lagOf = (part: Minute[]) => median(part.flatMap(({ lag }) => lag));
    const all = minutes.flatMap(({ lag }) => lag);
    await keepResult(`long call of ${MINUTES} minutes`, {
      minutes: minutes
        .map(({ app, web, latency, pictures }, minute) => ({
          minute: minute + 1,
          latency,
          picturesPerSecond: Math.round(pictures / 60),
          app: Math.round(app / 1e5) / 10,
          web: Math.round(web / 1e5) / 10,
        }))
        .filter((_, index) => index % every === 0 || index === MINUTES - 1),
      voiceAfterPictureMilliseconds: {
        claps: all.length,
        p5: percentile(all, 0.05),
        p50: median(all),
        p95: percentile(all, 0.95),
        within80: Number((all.filter((lag) => Math.abs(lag) <= 80).length / all.length).toFixed(4)),
        firstMinutes: lagOf(minutes.slice(0, span)),
        lastMinutes: lagOf(minutes.slice(-span)),
      },
    });
  });
});
