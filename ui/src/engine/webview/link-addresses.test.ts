import { expect, it, vi } from "vitest";
import { EXPLAIN_AFTER_MS } from "./negotiation/hidden-addresses";
import { reportOpenedDevice } from "./opened-devices";
import { disagreement } from "./testing/agreement";
import { CHROMIUM } from "./testing/fake-browser";
import { establishTransport } from "./testing/fake-transport";
import { stubLinkGlobals } from "./testing/link-globals";
import { LinkPair } from "./testing/link-pair";

stubLinkGlobals();

/** Two listeners on a network without multicast. */
async function listeners(hidden: { a: boolean; b: boolean } = { a: true, b: true }) {
  const browsers = {
    a: { ...CHROMIUM, hidesAddresses: hidden.a },
    b: { ...CHROMIUM, hidesAddresses: hidden.b },
  };
  const pair = new LinkPair((made) => vi.stubGlobal("RTCPeerConnection", made), { browsers });
  await pair.queue.drain();
  return { pair, browsers };
}

const pass = async (pair: LinkPair, ms: number) => {
  await vi.advanceTimersByTimeAsync(ms);
  await pair.queue.drain();
};

/** Opens a device on side `a`: connections that it makes from then on have addresses. */
const openDevice = async ({ pair, browsers }: Awaited<ReturnType<typeof listeners>>) => {
  browsers.a.hidesAddresses = false;
  reportOpenedDevice();
  await pair.queue.drain();
};

it("names hidden addresses on both sides after some seconds", async () => {
  const { pair } = await listeners();
  await pass(pair, EXPLAIN_AFTER_MS - 1_000);
  expect([pair.a.problems, pair.b.problems]).toEqual([[], []]);
  await pass(pair, 2_000);
  expect([pair.a.problems, pair.b.problems]).toEqual([["hidden-addresses"], ["hidden-addresses"]]);
  // Also once it has failed.
  await pass(pair, 30_000);
  expect(pair.a.statuses.at(-1)?.[0]).toBe("failed");
  expect(pair.a.problems).toEqual(["hidden-addresses"]);
  pair.close();
});

it("does not name them while one side shows an address", async () => {
  const { pair } = await listeners({ a: true, b: false });
  await pass(pair, 20_000);
  expect([pair.a.problems, pair.b.problems]).toEqual([[], []]);
  pair.close();
});

it.each([8_000, 35_000])("begins again at once when a device is opened after %d ms", async (after) => {
  const listening = await listeners();
  const { pair } = listening;
  await pass(pair, after);
  await openDevice(listening);
  expect(pair.peerConnections.of("a")).toHaveLength(2);
  expect(disagreement(pair.pc("a"), pair.pc("b"))).toBeNull();
  establishTransport(pair.pc("a"), pair.pc("b"));
  expect([pair.a.statuses.at(-1), pair.b.statuses.at(-1)]).toEqual([
    ["connected", ""],
    ["connected", ""],
  ]);
  await pass(pair, 1_000);
  expect([pair.a.problems, pair.b.problems]).toEqual([[], []]);
  pair.close();
});

it("begins again for a device that was opened early, once names had their time", async () => {
  const listening = await listeners();
  const { pair } = listening;
  await pass(pair, 1_000);
  await openDevice(listening);
  expect(pair.peerConnections.of("a")).toHaveLength(1);
  await pass(pair, EXPLAIN_AFTER_MS);
  expect(pair.peerConnections.of("a")).toHaveLength(2);
  establishTransport(pair.pc("a"), pair.pc("b"));
  // Once: the new connection is of after the device.
  await pass(pair, 20_000);
  expect(pair.peerConnections.of("a")).toHaveLength(2);
  pair.close();
});

it("leaves a connection alone that works or shows an address", async () => {
  for (const hidden of [
    { a: true, b: true },
    { a: false, b: true },
  ]) {
    const { pair } = await listeners(hidden);
    if (hidden.a) establishTransport(pair.pc("a"), pair.pc("b"));
    await pass(pair, 8_000);
    reportOpenedDevice();
    await pass(pair, 2_000);
    expect(pair.peerConnections.of("a")).toHaveLength(1);
    pair.close();
  }
});
