import { describe, expect, it } from "vitest";
import { fakeTransfer } from "../gallery/fake-files";
import type { FilesEvent, Transfer } from "../host/files";
import { reduceTransfers } from "./transfers-reducer";

const reduced = (...events: FilesEvent[]) => events.reduce(reduceTransfers, [] as readonly Transfer[]);
const change = (patch: Partial<Transfer>): FilesEvent => ({
  type: "transfer",
  transfer: fakeTransfer(patch),
});

describe("reduceTransfers", () => {
  it("keeps the order in which transfers were first seen", () => {
    const transfers = reduced(change({ id: "b" }), change({ id: "a" }), change({ id: "b", state: "done" }));
    expect(transfers.map(({ id, state }) => [id, state])).toEqual([
      ["b", "done"],
      ["a", "active"],
    ]);
  });

  it("never lets progress fall, though everything else follows the host", () => {
    const [transfer] = reduced(
      change({ transferred: 900, filesDone: 3, rate: 50 }),
      change({ transferred: 400, filesDone: 1, rate: null, state: "waiting" }),
    );
    expect(transfer).toMatchObject({ transferred: 900, filesDone: 3, rate: null, state: "waiting" });
    expect(reduced(change({ transferred: 400 }), change({ transferred: 900 }))[0]?.transferred).toBe(900);
  });

  it("does not let progress fall when all transfers are listed again", () => {
    const list: FilesEvent = {
      type: "transfers",
      transfers: [fakeTransfer({ id: "new" }), fakeTransfer({ id: "a", transferred: 1 })],
    };
    const transfers = reduced(change({ id: "a", transferred: 7 }), change({ id: "gone" }), list);
    expect(transfers.map(({ id, transferred }) => [id, transferred])).toEqual([
      ["new", 0],
      ["a", 7],
    ]);
  });

  it("tells both directions of one ID apart", () => {
    const both = [change({ direction: "send", transferred: 9 }), change({ direction: "receive" })] as const;
    expect(reduced(...both).map(({ transferred }) => transferred)).toEqual([9, 0]);
    const { id } = fakeTransfer();
    const rest = reduced(...both, { type: "removed", id, direction: "send" });
    expect(rest.map(({ direction }) => direction)).toEqual(["receive"]);
  });

  it("keeps the objects of unchanged transfers", () => {
    const before = reduced(change({ id: "a" }), change({ id: "b" }));
    const next = reduceTransfers(before, change({ id: "b", transferred: 5 }));
    expect(next[0]).toBe(before[0]);
    expect(reduceTransfers(before, { type: "removed", id: "unknown", direction: "send" })).toBe(before);
  });
});
