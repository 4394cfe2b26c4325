import { en } from "../../../ui/src/i18n/en";
import { EverydayChromium, withoutGesture } from "../fixtures/everyday-chromium";
import { expectSound } from "../fixtures/media";
import { test as base, expect } from "../fixtures/test";

/** Chromium with its own rules for autoplay and for hidden pages; the other tests switch them off. */
const test = base.extend<{ everyday: EverydayChromium }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright finds a fixture's dependencies by destructuring.
  everyday: async ({}, use) => {
    const everyday = await EverydayChromium.start();
    await use(everyday);
    await everyday.close();
  },
});

test("without a click on the page, Chromium holds back what it plays; after the first one everything works", async ({
  everyday,
  enter,
  visit,
}) => {
  const juno = await enter("Juno");
  const first = await visit("Minji", {
    context: everyday.context,
    ownMicrophone: true,
  });
  await first.turnOn("microphone");

  // The page opens the microphone itself, and in another tab it has had no gesture: a reload would keep the first one.
  let minji = await first.inNewTab();
  let run = await withoutGesture(minji.page);
  const state = <R>(path: string) => run<R>(`globalThis.__maruCall?.getState().${path}`);
  await expect.poll(() => state("self.microphone.status")).toBe("on");
  expect(await run("navigator.userActivation.hasBeenActive")).toBe(false);
  // Its meter moves, at the latest after the first gesture, which may be anywhere.
  await minji.page.mouse.click(5, 400);
  const loudest = `new Promise((resolve) => {
    const timer = setInterval(() => {
      if (__maruCall.level("self") === 0) return;
      clearInterval(timer);
      resolve(true);
    }, 10);
  })`;
  expect(await run(loudest)).toBe(true);

  // Without the microphone, whose use would let the page play, and joined without a gesture.
  await minji.page.getByRole("button", { name: en.start.turnOffMicrophone }).click();
  await minji.expectOwn("microphone", false);
  minji = await minji.inNewTab();
  const { page } = minji;
  run = await withoutGesture(page);
  await expect.poll(() => run("document.querySelector('[data-testid=start-join]') !== null")).toBe(true);
  await run("document.querySelector('[data-testid=start-join]').click()");
  await expect.poll(() => state("phase")).toBe("joined");
  await expect.poll(() => state("participants[0]?.link")).toBe("connected");
  await expect.poll(() => state("playbackBlocked")).toBe(true);
  expect(await run("[...document.querySelectorAll('audio')].every(({ paused }) => paused)")).toBe(true);
  expect(await run("navigator.userActivation.hasBeenActive")).toBe(false);

  const unblock = page.getByRole("button", { name: en.call.playbackUnblock });
  await expect(minji.screen.getByText(en.call.playbackBlocked)).toBeVisible();
  await unblock.click();
  await expect(unblock).toHaveCount(0);
  await minji.expectToSeeAndHear(juno);

  // The call goes on as in every other test; and the ring shows the own voice.
  await minji.press(en.dock.unmute);
  await expectSound(juno.page, await juno.idOf(minji));
  await juno.press(en.dock.mute);
  await expect.poll(() => state("activeSpeaker"), { intervals: [50] }).toBe("self");
  await minji.press(en.dock.cameraOn);
  await juno.expectVideoOf(minji);
});

test("a page that is hidden for more than a minute keeps its seat, and its voice and chat go on", async ({
  everyday,
  enter,
  visit,
  server,
}) => {
  const minji = await visit("Minji", { context: everyday.context });
  await minji.join();
  const before = await minji.selfId();
  const run = await withoutGesture(minji.page);
  await run(
    `{ globalThis.__lastTick = Date.now(); setInterval(() => { globalThis.__lastTick = Date.now(); }, 1_000) }`,
  );

  const other = await everyday.context.newPage();
  await other.goto("about:blank");
  await other.bringToFront();
  await expect.poll(() => run("document.visibilityState")).toBe("hidden");
  // Until its timers run once a minute, which takes about a minute. Alone: with a connection they would run more often.
  await expect
    .poll(() => run("Date.now() - __lastTick"), { timeout: 200_000, intervals: [1_000] })
    .toBeGreaterThan(30_000);
  expect(await server.metric("maru_participants")).toBe(1);
  expect(await run("__maruCall.getState().self.id")).toBe(before);
  expect(await run("__maruCall.getState().signaling.kind")).toBe("online");

  const juno = await enter("Juno");
  await juno.expectConnectedTo(minji);
  await juno.say("are you there?");
  await expect.poll(() => run("__maruCall.getState().unread")).toBe(1);
  await expectSound(minji.page, await minji.idOf(juno));
  expect(await run("document.visibilityState")).toBe("hidden");

  await minji.page.bringToFront();
  await minji.openChat();
  await expect(minji.chatLog.getByText("are you there?")).toBeVisible();
  await minji.press(en.dock.unmute);
  await juno.expectSoundOf(minji);
  // Hidden again, it is still heard.
  await other.bringToFront();
  await expect.poll(() => run("document.visibilityState")).toBe("hidden");
  await juno.expectSoundOf(minji);
  await minji.expectSoundOf(juno);
});
