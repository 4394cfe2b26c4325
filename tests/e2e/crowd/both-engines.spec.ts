import { DesktopApp } from "../desktop/app";
import { enterWithEverything, type Received, receivedFromAll, shareScreen } from "../desktop/native";
import { expect, test } from "../desktop/test";
import { expectEverybody } from "../fixtures/media";
import { SMALL } from "../fixtures/painted-devices";
import type { Person } from "../fixtures/person";

test("two apps and two browsers in one room see and hear each other", async ({ server, visit, room }) => {
  test.setTimeout(600_000);
  const apps: DesktopApp[] = [];
  try {
    for (const name of ["Desk one", "Desk two"]) {
      const app = await DesktopApp.start({ server: server.origin });
      apps.push(app);
      await enterWithEverything(app, room, name, SMALL);
    }
    const guests: Person[] = [];
    for (const name of ["Guest one", "Guest two"]) {
      const guest = await visit(name, { cheap: SMALL });
      await guest.turnOn("microphone");
      await guest.turnOn("camera");
      await guest.join();
      guests.push(guest);
    }
    for (const { page } of guests) await expectEverybody(page, 3, 240_000);
    for (const app of apps) {
      const before = await receivedFromAll(app);
      const missing = async () =>
        (await receivedFromAll(app)).filter(
          (now: Received) =>
            now.frames <= (before.find(({ id }) => id === now.id)?.frames ?? 0) || now.packets === 0,
        ).length;
      await expect.poll(async () => (await receivedFromAll(app)).length).toBe(3);
      await expect.poll(missing, { timeout: 240_000 }).toBe(0);
    }
    await apps[0]?.picture("two-apps-two-browsers");

    // A screen from each kind reaches each kind.
    await guests[0]?.share();
    for (const app of apps)
      await expect
        .poll(async () => (await receivedFromAll(app)).some(({ screen }) => screen > 0), { timeout: 120_000 })
        .toBe(true);
    if (apps[0]) await shareScreen(apps[0], SMALL);
    const shared = (page: Person["page"]) =>
      page.evaluate(async () => {
        const all = await Promise.all(
          __maruCall.getState().participants.map(async ({ id }) => (await __maruCall.stats(id))?.media ?? []),
        );
        return all
          .flat()
          .filter(
            (media) => media.direction === "received" && media.source === "screen" && (media.frames ?? 0) > 0,
          ).length;
      });
    const second = guests[1];
    if (second) await expect.poll(() => shared(second.page), { timeout: 120_000 }).toBe(2);
    await expect
      .poll(
        async () => (await receivedFromAll(apps[1] as DesktopApp)).filter(({ screen }) => screen > 0).length,
        {
          timeout: 120_000,
        },
      )
      .toBe(2);
  } finally {
    for (const app of apps) await app.close();
  }
});
