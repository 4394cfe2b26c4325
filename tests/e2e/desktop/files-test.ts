import { join } from "node:path";
import { DesktopPerson } from "./desktop-person";
import { hashOf, writeRandom } from "./file-tree";
import { test as base, expect } from "./test";

/** So large that a test can act in the middle: seconds of transfer on a fast machine. */
export const LARGE = 300_000_000;

/** A transfer of one large file. */
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
  /** A file was offered by one of two people and accepted by the other; both have the panel open. */
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

  large: async ({ arrive }, use) => {
    const [sender, receiver] = [await arrive("Minji"), await arrive("Juno")];
    const name = "바다.bin";
    const hash = await writeRandom(sender.path(name), LARGE);
    await sender.drop(receiver, sender.path(name));
    await receiver.accept();
    await receiver.openFiles();
    await use({
      sender,
      receiver,
      hash,
      hashOfSource: () => hashOf(sender.path(name)),
      expectArrival: async () => {
        await receiver.expectTransfer("done");
        await sender.expectTransfer("done");
        expect(await receiver.received()).toEqual([name]);
        expect(await hashOf(join(receiver.downloads, name))).toBe(hash);
        await expect.poll(() => sender.records()).toEqual([]);
        await expect.poll(() => receiver.records()).toEqual([]);
      },
    });
  },
});

export { expect };
