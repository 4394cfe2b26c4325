import { NetworkPath } from "../fixtures/network-path";
import { expect, test } from "../fixtures/test";

/** Loses the answers to `join` while `answersToLose` is not zero, and the socket with each: the server has handled it. */
function losesAnswers() {
  const page = globalThis as typeof globalThis & { answersToLose: number };
  page.answersToLose = 0;
  const Socket = globalThis.WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
      super(...parameters);
      this.addEventListener("message", (event) => {
        if (page.answersToLose === 0 || JSON.parse(event.data).type !== "joined") return;
        page.answersToLose -= 1;
        event.stopImmediatePropagation();
        this.close();
      });
    }
  };
}

test("a lost socket is resumed, even if answers are lost: it is the same participant, and nothing changes for the others", async ({
  enter,
  server,
}) => {
  const juno = await enter("Juno");
  const path = await NetworkPath.to(server.port);
  const minji = await enter("Minji", { origin: path.origin, prepare: losesAnswers });
  await juno.expectToSeeAndHear(minji);
  const before = await minji.selfId();
  await juno.page.evaluate(() => {
    const events: string[] = [];
    Object.assign(globalThis, { events });
    globalThis.__maruCall.onEvent((event) => events.push(event.type));
  });

  path.cut();
  await expect
    .poll(() => minji.page.evaluate(() => globalThis.__maruCall.getState().signaling.kind))
    .toBe("reconnecting");
  await juno.expectToSeeAndHear(minji);
  await minji.page.evaluate(() => Object.assign(globalThis, { answersToLose: 2 }));
  path.restore();
  await expect
    .poll(() => minji.page.evaluate(() => globalThis.__maruCall.getState().signaling.kind))
    .toBe("online");

  expect(await minji.page.evaluate(() => Reflect.get(globalThis, "answersToLose"))).toBe(0);
  expect(await minji.selfId()).toBe(before);
  expect((await minji.others()).map(({ name }) => name)).toEqual(["Juno"]);
  await minji.expectToSeeAndHear(juno);
  // Signals pass again both ways: both connect to a newcomer.
  const hana = await enter("Hana");
  await hana.expectVideoOf(minji);
  await minji.expectVideoOf(hana);
  expect(await juno.page.evaluate(() => (globalThis as unknown as { events: string[] }).events)).toEqual([
    "participant-joined",
  ]);
  await path.close();
});
