import { join } from "node:path";
import { DesktopPerson } from "./desktop-person";
import { hashOf, writeRandom } from "./file-tree";
import { test as base, expect } from "./test";

/** So large that a test can act in the middle: a second of transfer on a fast machine. */
const LARGE = 200_000_000;
/** So large that dialogs can be answered in the middle. */
const SECONDS_LONG = 600_000_000;
const NAME = "바다.bin";

/** A transfer of one large file, which was offered and accepted; both have the panel open. */
export interface LargeTransfer {
  sender: DesktopPerson;
  receiver: DesktopPerson;
  hash: string;
  hashOfSource(): Promise<string>;
  /** Waits until both panels say that it is done, and compares what was received. */
  expectArrival(): Promise<void>;
}

/** People with the desktop app who send each other files. */
export const test = base.extend<{
  /** Starts an app with a home folder of its own, and joins the test's room. */
  arrive(name: string, language?: "en" | "ko"): Promise<DesktopPerson>;
  /** Minji sends Juno a file that takes seconds. */
  large: LargeTransfer;
}>({
  arrive: async ({ server, room, appPlace }, use, testInfo) => {
    const people: DesktopPerson[] = [];
    await use(async (name, language = "en") => {
      const person = await DesktopPerson.enter(server, room, name, { language, place: appPlace });
      people.push(person);
      return person;
    });
    for (const person of people) {
      if (testInfo.status !== testInfo.expectedStatus) {
        const title = testInfo.title.replaceAll(/\W+/g, "-");
        await person.app.picture(`failed-${title}-${person.name}`).catch(() => undefined);
      }
      await person.close();
    }
  },

  large: async ({ arrive }, use) =>
    use(await sendLarge(await arrive("Minji"), await arrive("Juno"), SECONDS_LONG)),
});

/** The sender offers a large file, and the receiver accepts it. */
export async function sendLarge(
  sender: DesktopPerson,
  receiver: DesktopPerson,
  bytes = LARGE,
): Promise<LargeTransfer> {
  const hash = await writeRandom(sender.path(NAME), bytes);
  await sender.drop(receiver, sender.path(NAME));
  await receiver.accept();
  await receiver.openFiles();
  return {
    sender,
    receiver,
    hash,
    hashOfSource: () => hashOf(sender.path(NAME)),
    expectArrival: async () => {
      await receiver.expectTransfer("done");
      await sender.expectTransfer("done");
      expect(await receiver.received()).toEqual([NAME]);
      expect(await hashOf(join(receiver.downloads, NAME))).toBe(hash);
      await expect.poll(() => sender.records()).toEqual([]);
      await expect.poll(() => receiver.records()).toEqual([]);
    },
  };
}

/** A step of a test in which the same people transfer several times: no transfer, sent or received file is left after it. */
export async function stepOf(
  people: { cleanUp(): Promise<void> }[],
  title: string,
  body: () => Promise<void>,
): Promise<void> {
  await test.step(title, async () => {
    await body();
    for (const person of people) await person.cleanUp();
  });
}

export { expect };
