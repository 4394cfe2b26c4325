import { expect, it, vi } from "vitest";
import type { Offer } from "../endpoint";
import type { Destination } from "../storage/types";
import { DiskQueue } from "./disk-queue";
import type { PartnerLink } from "./partner-link";
import { Transfer } from "./transfer";

const OFFER: Offer = {
  type: "offer",
  id: "01".repeat(16),
  number: 1,
  files: 1,
  folders: 0,
  bytes: 10,
  names: [],
  skipped: 0,
  secret: "",
};
const { id } = OFFER;
const NOTHING = new Uint8Array();

it("writes nothing of what waits when a transfer is cancelled, and removes what was written", async () => {
  const calls: string[] = [];
  let endCheckpoint = (): void => {};
  const destination = {
    checkpoint: () => {
      calls.push("checkpoint");
      return new Promise<number>((resolve) => {
        endCheckpoint = () => resolve(0);
      });
    },
    write: () => {
      calls.push("write");
    },
    discard: async () => {
      calls.push("discard");
    },
  } satisfies Partial<Destination>;
  const written: number[] = [];
  const endpoint = { onWritten: (write: number) => written.push(write), onCheckpoint: vi.fn() };
  const partner = { closed: false, endpoint, pump: vi.fn() } as unknown as PartnerLink;
  const transfer = new Transfer("receive", OFFER, "", "Ann");
  transfer.destination = destination as Partial<Destination> as Destination;
  const disks = new DiskQueue(
    () => partner,
    () => {},
  );
  disks.perform(transfer, { type: "checkpoint", id }, NOTHING, partner);
  disks.perform(transfer, { type: "write", id, write: 7, entry: 0, offset: 0, zeros: 0 }, NOTHING, partner);
  await vi.waitFor(() => expect(calls).toEqual(["checkpoint"]));
  transfer.onEnded("cancelled", "cancelled");
  disks.discard(transfer);
  endCheckpoint();
  await transfer.queue;
  expect(calls).toEqual(["checkpoint", "discard"]);
  // Its buffer is free all the same.
  expect(written).toEqual([7]);
});
