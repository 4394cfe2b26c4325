import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FakeFilesOptions, fakeFiles, fakeTransfer } from "../gallery/fake-files";
import { fakeCall, IDLE, remoteParticipant } from "../gallery/fakes";
import type { Transfer } from "../host/files";
import { ALL_OFF } from "./media-state";
import { Transfers } from "./transfers";
import type { CallState } from "./types";

const ANN = remoteParticipant("a", "Ann", { state: ALL_OFF });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(options: FakeFilesOptions = {}, state: Partial<CallState> = {}) {
  const host = fakeFiles(options);
  const call = fakeCall({ ...IDLE, phase: "joined", participants: [ANN], ...state });
  const transfers = new Transfers(host, call);
  const asked = (name: string) => host.requests.filter(([request]) => request === name);
  const change = (patch: Partial<Transfer>) =>
    host.emit({ type: "transfer", transfer: fakeTransfer({ participant: "a", partner: "Ann", ...patch }) });
  return { host, call, transfers, asked, change };
}

describe("the partner", () => {
  it("is called as they are called now, and as before once they have left", () => {
    const { call, transfers, change } = start();
    change({ partner: "Old name" });
    expect(transfers.getState().transfers[0]?.name).toBe("Ann");
    call.set({ participants: [{ ...ANN, name: "Anna" }] });
    expect(transfers.getState().transfers[0]?.name).toBe("Anna");
    call.set({ participants: [] });
    expect(transfers.getState().transfers[0]?.name).toBe("Old name");
  });

  it("of an unchanged transfer does not change its object", () => {
    const { call, transfers, change } = start();
    change({ id: "1" });
    change({ id: "2" });
    const [first] = transfers.getState().transfers;
    change({ id: "2", transferred: 10 });
    call.set({ participants: [{ ...ANN, quality: { level: "fair", cause: "loss" } }] });
    expect(transfers.getState().transfers[0]).toBe(first);
  });
});

it("starts with the transfers that the host has, as after a reload of the page", () => {
  const { transfers } = start({ transfers: [fakeTransfer({ id: "1" }), fakeTransfer({ id: "2" })] });
  expect(transfers.getState().transfers.map(({ id }) => id)).toEqual(["1", "2"]);
});

describe("whether media runs", () => {
  const speaking = { ...ANN, state: { ...ALL_OFF, microphone: true } };
  const reported = (host: { requests: [string, ...unknown[]][] }) =>
    host.requests.filter(([name]) => name === "setCallActive").map(([, active]) => active);

  it("is reported at the start, as the host may have another answer from before a reload", () => {
    expect(reported(start().host)).toEqual([false]);
    expect(reported(start({}, { participants: [speaking] }).host)).toEqual([true]);
  });

  it("counts media of either side over a connected link only", () => {
    const { call, host } = start();
    call.set({ participants: [{ ...speaking, link: "reconnecting" }] });
    expect(reported(host)).toEqual([false]);
    call.set({ participants: [speaking] });
    expect(reported(host)).toEqual([false, true]);
    const own = start();
    own.call.set({ self: { ...IDLE.self, state: { ...ALL_OFF, camera: true } } });
    expect(reported(own.host)).toEqual([false, true]);
  });

  it("is denied only after ten seconds without media", () => {
    const { call, host } = start({}, { participants: [speaking] });
    call.set({ participants: [ANN] });
    vi.advanceTimersByTime(9_900);
    call.set({ participants: [speaking] });
    vi.advanceTimersByTime(60_000);
    expect(reported(host)).toEqual([true]);
    call.set({ participants: [] });
    vi.advanceTimersByTime(10_000);
    expect(reported(host)).toEqual([true, false]);
  });
});

describe("accepting", () => {
  const offer = { id: "1", state: "offered" } as const;

  it("answers at once, until the host reports it", () => {
    const { transfers, change, asked } = start();
    change(offer);
    void transfers.accept({ id: "1", direction: "receive" }, "default");
    expect(transfers.getState().transfers[0]?.accepted).toBe(true);
    change({ ...offer, state: "active" });
    expect(transfers.getState().transfers[0]?.accepted).toBe(false);
    expect(asked("accept")).toEqual([["accept", "1", "default"]]);
  });

  it("that fails leaves the offer, and says so until it is dismissed", async () => {
    const { transfers, change, host } = start();
    change(offer);
    host.fail("no such folder");
    await transfers.accept({ id: "1", direction: "receive" }, "default");
    expect(transfers.getState().transfers[0]?.accepted).toBe(false);
    expect(transfers.getState().failure).toEqual({ action: "accept", detail: "no such folder" });
    transfers.dismissFailure();
    expect(transfers.getState().failure).toBeNull();
  });

  it("that the host could not carry out asks again, with the reason, and can be tried again", () => {
    const { transfers, change } = start();
    const shown = () => transfers.getState().transfers[0];
    change(offer);
    void transfers.accept({ id: "1", direction: "receive" }, "default");
    change({ ...offer, code: "too-large" });
    expect(shown()).toMatchObject({ accepted: false, code: "too-large" });
    void transfers.accept({ id: "1", direction: "receive" }, "default");
    change(offer);
    expect(shown()).toMatchObject({ accepted: true, code: null });
  });

  it("into a folder that is asked for keeps the question, as the dialog may be cancelled", () => {
    const { transfers, change } = start();
    change(offer);
    void transfers.accept({ id: "1", direction: "receive" }, "ask");
    expect(transfers.getState().transfers[0]?.accepted).toBe(false);
  });
});

describe("accepting without a question", () => {
  it("is off by default", () => {
    const { change, asked } = start();
    change({ state: "offered", bytes: 1 });
    expect(asked("acceptByRule")).toEqual([]);
  });

  it("accepts each offer once, also if it is reported again", () => {
    const { transfers, change, asked } = start();
    transfers.setAutoAccept("key-a", 10_000_000);
    change({ id: "1", state: "offered" });
    change({ id: "1", state: "offered", relayed: true });
    change({ id: "2", state: "offered", bytes: 10_000_001 });
    expect(asked("acceptByRule")).toEqual([["acceptByRule", "1"]]);
    expect(asked("accept")).toEqual([]);
  });

  it("does not accept what was offered before", () => {
    const { transfers, change, asked } = start();
    change({ id: "1", state: "offered" });
    transfers.setAutoAccept("key-a", 10_000_000);
    change({ id: "1", state: "offered", relayed: true });
    expect(asked("acceptByRule")).toEqual([]);
  });

  it("can be turned off, and ends with the person's ID", () => {
    const { call, transfers, change, asked } = start();
    transfers.setAutoAccept("key-a", 10_000_000);
    transfers.setAutoAccept("key-a", null);
    change({ id: "1", state: "offered" });
    transfers.setAutoAccept("key-a", 10_000_000);
    call.set({ participants: [{ ...ANN, id: "new" }] });
    expect(transfers.getState().autoAccept).toEqual([]);
    change({ id: "2", state: "offered", participant: "new" });
    expect(asked("acceptByRule")).toEqual([]);
  });
});

describe("a small picture", () => {
  const of = (transfers: Transfers, id: string) =>
    transfers.getState().transfers.find((transfer) => transfer.id === id);
  const done = { state: "done", canOpen: true } as const;

  it("is there of what the person accepted with a click, and received as a whole", async () => {
    const thumbnail = async () => new Blob(["png"]);
    const { transfers, change, asked } = start({ thumbnail });
    change({ id: "1", state: "offered" });
    void transfers.accept({ id: "1", direction: "receive" }, "default");
    change({ id: "1", state: "active" });
    const active = of(transfers, "1");
    expect(active?.picture).toBe(false);
    expect(active && (await transfers.thumbnail(active))).toBeNull();
    expect(asked("thumbnail")).toEqual([]);
    change({ id: "1", ...done });
    const received = of(transfers, "1");
    expect(received?.picture).toBe(true);
    // Decoded once, wherever it is shown.
    for (let times = 0; times < 2; times += 1)
      expect(received && (await transfers.thumbnail(received))).toBeInstanceOf(Blob);
    expect(asked("thumbnail")).toEqual([["thumbnail", { id: "1", direction: "receive" }]]);
  });

  it("is not there of what was accepted without a question, or before the page was loaded", async () => {
    const { transfers, change, asked } = start({ transfers: [fakeTransfer({ id: "0", ...done })] });
    transfers.setAutoAccept("key-a", 10_000_000);
    change({ id: "1", state: "offered" });
    expect(asked("acceptByRule")).toHaveLength(1);
    change({ id: "1", ...done });
    for (const id of ["0", "1"]) {
      const received = of(transfers, id);
      expect(received?.picture).toBe(false);
      if (received) await transfers.thumbnail(received);
    }
    expect(asked("thumbnail")).toEqual([]);
  });

  it("is there of one picture that is sent, of a known format and at most 20 MiB", () => {
    const { transfers, change } = start();
    const sent = (name: string, patch: Partial<Transfer> = {}) => {
      const names = [{ name, folder: false, size: 1 }];
      change({ id: "1", direction: "send", state: "offered", names, bytes: 20 << 20, ...patch });
      return of(transfers, "1")?.picture;
    };
    for (const name of ["바다.jpg", "a.JPEG", "b.png", "c.webp", "d.gif"]) expect(sent(name)).toBe(true);
    for (const name of ["a.svg", "a.heic", "a.png.exe", "png"]) expect(sent(name)).toBe(false);
    expect(sent("a.png", { bytes: (20 << 20) + 1 })).toBe(false);
    expect(sent("a.png", { files: 2 })).toBe(false);
    expect(sent("a.png", { folders: 1 })).toBe(false);
    expect(sent("a.png", { state: "preparing" })).toBe(false);
  });
});

it("passes on the key of a transfer only", () => {
  const { transfers, change, asked } = start();
  change({ id: "1", state: "done" });
  change({ id: "2", state: "active" });
  transfers.forgetFinished();
  expect(asked("forget")).toEqual([["forget", { id: "1", direction: "receive" }]]);
});
