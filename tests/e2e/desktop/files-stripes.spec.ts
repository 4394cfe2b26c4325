import { mergeTests } from "@playwright/test";
import { recordSaved } from "../fixtures/file-transfers";
import { writeRandom } from "./file-tree";
import { expect, test as mixedTest } from "./files-mixed-test";
import { test as labTest } from "./lab-test";

const test = mergeTests(mixedTest, labTest);

/** A path on which one association is limited by its window of 1 MiB, so that the app offers more of them. */
const PATH = { delayMs: 10 };
const BYTES = 60_000_000;

test("a browser that makes no stripes gets what the desktop app sends all the same, over one connection", async ({
  lab,
  meet,
}) => {
  const { desktop, guest } = await meet({ prepare: `(${recordSaved})(); (${countConnections})();` });
  await lab.set(PATH);
  const path = desktop.path("a.bin");
  const hash = await writeRandom(path, BYTES);
  await desktop.drop(guest, path);
  await guest.accept();
  await guest.open();
  const { page } = guest.person;
  const counts = () =>
    page.evaluate(
      () => (globalThis as unknown as { __counts: ReturnType<typeof countConnections> }).__counts,
    );
  await guest.reach(1);
  const before = await counts();
  await expect.poll(async () => (await counts()).stripes, "offers of stripes").toBeGreaterThan(0);
  // In the middle: it goes on after them.
  const now = await guest.reach(1);
  await guest.reach(now + 5);
  expect(await guest.saved()).toEqual({ name: "a.bin", hash, bytes: BYTES });
  await guest.expectState("done");
  await desktop.expectState("done");
  expect((await counts()).connections).toBe(before.connections);
});

/** Keeps the page's channels where their messages can be seen, and counts them in `__counts`. */
function countConnections() {
  const counts = { connections: 0, stripes: 0 };
  Object.assign(globalThis, { __counts: counts });
  const post = MessagePort.prototype.postMessage as (...args: unknown[]) => void;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
    if (args[0] instanceof RTCDataChannel) throw new DOMException("it stays here", "DataCloneError");
    post.apply(this, args);
  };
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      counts.connections += 1;
    }

    override createDataChannel(label: string, options?: RTCDataChannelInit): RTCDataChannel {
      const channel = super.createDataChannel(label, options);
      channel.addEventListener("message", ({ data }) => {
        if (typeof data === "string" && data.startsWith('{"type":"stripe"')) counts.stripes += 1;
      });
      return channel;
    }
  };
  return counts;
}
