import { describe, expect, it } from "vitest";
import { type FakeFilesOptions, fakeFiles, fakeTransfer } from "../gallery/fake-files";
import { fakeCall, IDLE, remoteParticipant } from "../gallery/fakes";
import type { Transfer } from "../host/files";
import { ALL_OFF } from "./media-state";
import { answersOf, MAX_TRANSFER_LINES, mergeLines } from "./transfer-lines";
import { Transfers } from "./transfers";
import type { CallState } from "./types";

const ANN = remoteParticipant("a", "Ann", { state: ALL_OFF });

function start(options: FakeFilesOptions = {}, state: Partial<CallState> = {}) {
  const host = fakeFiles(options);
  const call = fakeCall({ ...IDLE, phase: "joined", participants: [ANN], ...state });
  const transfers = new Transfers(host, call);
  const change = (patch: Partial<Transfer>) =>
    host.emit({ type: "transfer", transfer: fakeTransfer({ participant: "a", partner: "Ann", ...patch }) });
  return { host, call, transfers, change };
}

describe("lines for the chat", () => {
  const linesOf = (transfers: Transfers) =>
    transfers.getState().lines.map(({ parts: [{ transfer }], from }) => [transfer.id, from, transfer.state]);

  it("are one for each transfer, which stays in its place with its newest state", () => {
    const { transfers, change } = start();
    change({ id: "1", state: "offered" });
    change({ id: "2", state: "preparing", direction: "send" });
    change({ id: "2", state: "offered", direction: "send" });
    for (const state of ["waiting", "active", "done"] as const) change({ id: "1", state });
    change({ id: "2", state: "declined", direction: "send" });
    expect(linesOf(transfers)).toEqual([
      ["1", "key-a", "done"],
      ["2", "self", "declined"],
    ]);
  });

  it("keep their objects while only progress changes", () => {
    const { transfers, change } = start();
    change({ id: "1", transferred: 1 });
    const { lines } = transfers.getState();
    change({ id: "1", transferred: 2, state: "paused" });
    expect(transfers.getState().lines).toBe(lines);
    change({ id: "1", transferred: 2, state: "done" });
    expect(transfers.getState().lines).not.toBe(lines);
  });

  it("are of those who are here: not of what is past, nor of what waits for somebody else", () => {
    const { call, transfers, change } = start({
      transfers: [fakeTransfer({ id: "0", participant: "a", state: "done" })],
    });
    change({ id: "0", state: "done", canOpen: true });
    change({ id: "1", participant: null, state: "waiting" });
    expect(linesOf(transfers)).toEqual([]);
    // Offered, accepted and received between two reports of the host.
    change({ id: "2", state: "done" });
    change({ id: "1", state: "active" });
    expect(linesOf(transfers).map(([id]) => id)).toEqual(["2", "1"]);
    call.set({ joinedAt: 5 });
    change({ id: "2", state: "done", canOpen: true });
    expect(linesOf(transfers)).toEqual([["1", "key-a", "active"]]);
  });

  it("stay when the transfer is removed from the list, and say so", () => {
    const { transfers, change, host } = start();
    change({ id: "1", state: "done", canOpen: true });
    host.emit({ type: "removed", id: "1", direction: "receive" });
    expect(transfers.getState().lines).toMatchObject([{ key: "receive-1", parts: [{ listed: false }] }]);
  });

  it("are bounded, also while more transfers than that change", () => {
    const { transfers, change } = start();
    const all = (state: Transfer["state"]) => {
      for (let number = 0; number < MAX_TRANSFER_LINES + 5; number += 1) change({ id: `${number}`, state });
    };
    all("active");
    const keys = () => transfers.getState().lines.map(({ key }) => key);
    const before = keys();
    expect(before).toHaveLength(MAX_TRANSFER_LINES);
    expect(before[0]).toBe("receive-5");
    all("done");
    expect(keys()).toEqual(before);
  });

  it("are among the messages where they came, whatever the clocks of others say", () => {
    const message = (key: string, at: number) => ({
      key,
      from: "key-a",
      name: "",
      at,
      text: "",
      undelivered: [],
    });
    const { call, transfers, change } = start();
    change({ id: "0" });
    call.set({ chat: [message("m1", 50_000)] });
    change({ id: "1" });
    const later = [message("m1", 50_000), message("m2", 3)];
    call.set({ chat: later });
    change({ id: "2" });
    const order = (chat: typeof later) =>
      mergeLines(chat, transfers.getState().lines).map((item) =>
        item.type === "message" ? item.message.key : item.line.parts[0].transfer.id,
      );
    expect(order(later)).toEqual(["0", "m1", "1", "m2", "2"]);
    // The oldest message was dropped from the bounded history.
    expect(order(later.slice(1))).toEqual(["0", "1", "m2", "2"]);
  });

  describe("of what is offered to several at once", () => {
    const BATCH = "b".repeat(32);
    const ben = remoteParticipant("b", "Ben", { state: ALL_OFF });
    const several = { direction: "send", batch: BATCH, state: "offered" } as const;
    const toBoth = () => {
      const started = start({}, { participants: [ANN, ben] });
      const { change } = started;
      change({ ...several, id: "1" });
      change({ ...several, id: "2", participant: "b" });
      return started;
    };
    const partsOf = (transfers: Transfers) =>
      transfers
        .getState()
        .lines.map(({ parts }) => parts.map(({ transfer: { id, name, state } }) => [id, name, state]));

    it("are one for all, with the state of each", () => {
      const { transfers, change } = toBoth();
      change({ ...several, id: "2", participant: "b", state: "active" });
      change({ ...several, id: "1", state: "declined", code: "declined" });
      expect(partsOf(transfers)).toEqual([
        [
          ["1", "Ann", "declined"],
          ["2", "Ben", "active"],
        ],
      ]);
    });

    it("stay apart from those of other offers", () => {
      const { transfers, change } = toBoth();
      change({ ...several, id: "3", batch: null });
      change({ ...several, id: "4", batch: "c".repeat(32) });
      expect(partsOf(transfers).map((parts) => parts.map(([id]) => id))).toEqual([["1", "2"], ["3"], ["4"]]);
    });

    it("keep who is no longer listed, and get no other line for them", () => {
      const { transfers, change, host } = toBoth();
      change({ ...several, id: "1", state: "done" });
      host.emit({ type: "removed", id: "1", direction: "send" });
      change({ ...several, id: "2", participant: "b", state: "done" });
      const [line, ...others] = transfers.getState().lines;
      expect(line?.parts.map(({ listed }) => listed)).toEqual([false, true]);
      expect(others).toEqual([]);
    });

    it("keep their objects while only progress changes", () => {
      const { transfers, change } = toBoth();
      change({ ...several, id: "2", participant: "b", state: "active" });
      const { lines } = transfers.getState();
      change({ ...several, id: "2", participant: "b", state: "active", transferred: 5 });
      expect(transfers.getState().lines).toBe(lines);
    });

    it("say how many accepted it, and what became of it", () => {
      const count = (...states: Partial<Transfer>[]) => {
        const people = states.map((_, index) => remoteParticipant(`p${index}`, `${index}`));
        const { transfers, change } = start({}, { participants: people });
        for (const [index, state] of states.entries())
          change({ ...several, id: `${index}`, participant: `p${index}`, ...state });
        const [line] = transfers.getState().lines;
        return line && answersOf(line.parts);
      };
      expect(count({}, {})).toEqual({ all: 2, accepted: 0, delivered: 0, declined: 0, undelivered: 0 });
      expect(
        count(
          {},
          { state: "waiting" },
          { state: "paused" },
          { state: "done" },
          { state: "done", filesFailed: 1 },
          { state: "declined", code: "too-large" },
          { state: "cancelled", code: "cancelled" },
          { state: "failed", code: "corrupt" },
        ),
      ).toEqual({ all: 8, accepted: 3, delivered: 1, declined: 1, undelivered: 3 });
    });
  });
});
