import { fillIn, showCall, turnOn } from "../desktop/native";
import { expect, test } from "../desktop/test";
import { byTestId } from "../desktop/webdriver";
import {
  type ClapperRecord,
  installClapper,
  recordClapper,
  recordFrameAges,
  takeClapperRecord,
  takeFrameAges,
} from "./clapper";
import { keepResult, pause, percentile } from "./results";

const SECONDS = Number(process.env.MARU_BENCH_SECONDS ?? 60);
const PICTURES = { width: 640, height: 480, frameRate: 30 };

const summary = (latencies: readonly number[]) => ({
  pictures: latencies.length,
  p50: percentile(latencies, 0.5),
  p95: percentile(latencies, 0.95),
  p99: percentile(latencies, 0.99),
});

/**
 * To the desktop it is measured with a timestamp in the image, drawn in Chromium and read from the element. From the
 * desktop it is measured with the RTP timestamp, which is the time at which the worker got the frame; it is read when
 * Chromium has decoded the frame and when it presents it. WebKitGTK draws canvases too slowly for a canvas camera.
 *
 * Without microphones: with them a frame waits for the audio captured with it, which is lip sync and not latency.
 */
test("latency: from capture to decoding on the other side", async ({ app, visit, room }) => {
  test.setTimeout((SECONDS * 2 + 240) * 1_000);
  const { window } = app;
  await showCall(window, PICTURES);
  await turnOn(window, "camera");
  await fillIn(window, room, "Desk");
  await window.click(byTestId("start-join"));
  const join = async (name: string) => {
    const guest = await visit(name, { pictures: null });
    await guest.page.evaluate(installClapper, PICTURES);
    await guest.turnOn("camera");
    await guest.join();
    return guest;
  };
  const guest = await join("Guest");
  await expect
    .poll(() =>
      window.evaluate<number>(
        `return [...document.querySelectorAll("video")].filter((video) => video.videoHeight === 480).length`,
      ),
    )
    .toBe(2);
  await pause(15);
  await window.evaluate(`(${recordClapper})(arguments[0])`, { ...PICTURES, name: "Guest" });
  await guest.page.evaluate(recordFrameAges, "Desk");
  await pause(SECONDS);
  const atDesk = await window.evaluate<ClapperRecord>(`return (${takeClapperRecord})()`);
  const atGuest = await guest.page.evaluate(takeFrameAges);
  await app.close();

  const second = await join("Second");
  await expect.poll(() => second.page.evaluate(() => document.querySelectorAll("video").length)).toBe(2);
  await pause(15);
  await second.page.evaluate(recordClapper, { ...PICTURES, name: "Guest" });
  await pause(SECONDS);
  const among = await second.page.evaluate(takeClapperRecord);
  await keepResult("latencyMilliseconds", {
    "Chromium to desktop": summary(atDesk.latencies),
    "desktop to Chromium, decoded": summary(atGuest.decoded),
    "desktop to Chromium, presented": summary(atGuest.presented),
    "Chromium to Chromium": summary(among.latencies),
  });
});
