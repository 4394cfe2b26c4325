import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FilesLinkOptions } from "../../../engine/webview/files-link";
import type { PeerSignal } from "../../../protocol/generated";
import type { SignalingEvent } from "../../types";
import { FilesLinks } from "./links";
import type { ToFilesWorker } from "./worker-messages";

vi.mock("./sendable-channels", () => ({
  sendableChannels: (channels: object) => ({ ...channels, transfer: [] }),
}));

const uuid = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;
const OFFER: PeerSignal = { connection: "files", description: { type: "offer", sdp: "v=0\r\n" } };

interface Made extends FilesLinkOptions {
  received: PeerSignal[];
  polite: boolean;
  closed: boolean;
}

/** The links of a page whose participant ID is 3 at first. */
class Page {
  readonly made: Made[] = [];
  readonly posted: ToFilesWorker[] = [];
  readonly signals: [string, unknown][] = [];
  readonly links = new FilesLinks(
    { signal: (to, data) => this.signals.push([to, data]) },
    (message) => this.posted.push(message),
    (options) => {
      const made: Made = { ...options, received: [], closed: false };
      this.made.push(made);
      return {
        receive: (signal) => made.received.push(signal),
        setPolite: (polite) => {
          made.polite = polite;
        },
        setIceServers: () => {},
        restartIce: () => {},
        relayed: async () => false,
        close: () => {
          made.closed = true;
        },
      };
    },
  );

  joined(self: number, others: number[], incarnation = 9): this {
    this.message({
      type: "joined",
      self: uuid(self),
      room: { id: "room", incarnation: uuid(incarnation), capacity: 8 },
      participants: others.map((id) => ({ id: uuid(id), name: `Person ${id}` })),
      resume: "secret",
      iceServers: [],
    });
    return this;
  }

  message(message: Extract<SignalingEvent, { type: "message" }>["message"]): void {
    this.links.onSignaling({ type: "message", message });
  }

  signal(from: number, data: unknown): void {
    this.message({ type: "signal", from: uuid(from), data });
  }

  open(...links: string[]): void {
    this.links.onWorker({ type: "links", open: links });
  }

  /** The newest connection, with channels and a path. */
  connect(generation = 1): Made {
    const made = this.made.at(-1) as Made;
    made.events.channels(generation, {} as never);
    made.events.status("connected", "");
    return made;
  }
}

describe("links for files", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are made when something is offered, by the side that offers", () => {
    const page = new Page().joined(3, [1, 5]);
    expect(page.made).toEqual([]);
    expect(page.links.linksTo([uuid(5), uuid(1), uuid(7)])).toEqual(["link-1", "link-2"]);
    expect(page.made.map(({ offerFirst, polite }) => [offerFirst, polite])).toEqual([
      [true, false],
      [true, true],
    ]);
    expect(page.posted).toContainEqual({
      type: "link",
      link: "link-1",
      participant: uuid(5),
      name: "Person 5",
    });
    // The same link for the next offer.
    expect(page.links.linksTo([uuid(5)])).toEqual(["link-1"]);
    page.made[0]?.send(OFFER);
    expect(page.signals).toEqual([[uuid(5), OFFER]]);
  });

  it("are not made to those who have left, whose names are known still", () => {
    const page = new Page().joined(3, [1, 5]);
    page.message({ type: "participant-left", participant: uuid(5), reason: "left" });
    expect(page.links.linksTo([uuid(5)])).toEqual([]);
    expect(page.links.namesOfGone([uuid(1), uuid(5), uuid(7)])).toEqual(["Person 5", ""]);
    // The server starts again.
    page.joined(4, [2], 8);
    expect(page.links.namesOfGone([uuid(1), uuid(2)])).toEqual(["Person 1"]);
  });

  it("are made for offers, and for no other signals", () => {
    const page = new Page().joined(3, [1]);
    page.signal(1, { connection: "files", candidate: null });
    page.signal(1, { ...OFFER, description: { type: "answer", sdp: "" } });
    page.signal(1, { ...OFFER, connection: "media" });
    page.signal(1, { connection: "files", description: 5 });
    page.signal(2, OFFER);
    expect(page.made).toEqual([]);
    page.signal(1, OFFER);
    expect(page.made).toMatchObject([{ offerFirst: false, received: [OFFER] }]);
    page.signal(1, { connection: "files", candidate: null });
    expect(page.made[0]?.received).toHaveLength(2);
  });

  it("end with the participant, with the room, and when nothing is transferred", () => {
    const page = new Page().joined(3, [1, 2, 4]);
    page.links.linksTo([uuid(1), uuid(2), uuid(4)]);
    page.message({ type: "participant-left", participant: uuid(2), reason: "left" });
    expect(page.posted.at(-1)).toEqual({ type: "unlink", link: "link-2" });
    expect(page.made[1]?.closed).toBe(true);
    page.made[0]?.events.channels(4, {} as never);
    page.links.onWorker({ type: "ended", link: "link-1", generation: 3, reason: "idle" });
    expect(page.made[0]?.closed).toBe(false);
    page.links.onWorker({ type: "ended", link: "link-1", generation: 4, reason: "idle" });
    expect(page.made[0]?.closed).toBe(true);
    page.links.onSignaling({ type: "status", status: { kind: "idle" } });
    expect(page.posted.at(-1)).toEqual({ type: "unlink", link: "link-3" });
  });

  it("are made anew by the impolite side when nothing arrives, and not at once if that is not the first time", () => {
    const page = new Page().joined(3, [5]);
    page.links.linksTo([uuid(5)]);
    page.open("link-1");
    page.connect(1);
    vi.advanceTimersByTime(60_000);
    page.links.onWorker({ type: "ended", link: "link-1", generation: 1, reason: "silent" });
    expect(page.posted.at(-1)).toEqual({ type: "disconnect", link: "link-1" });
    expect(page.made).toHaveLength(2);
    expect(page.made[1]?.offerFirst).toBe(true);
    page.connect(2);
    page.links.onWorker({ type: "ended", link: "link-1", generation: 2, reason: "closed" });
    expect(page.made).toHaveLength(2);
    vi.advanceTimersByTime(10_000);
    expect(page.made).toHaveLength(3);
    // A connection that could not be made is tried again as well.
    page.made[2]?.events.status("failed", "");
    vi.advanceTimersByTime(10_000);
    expect(page.made).toHaveLength(4);
    // Until nothing waits for it.
    page.open();
    page.made[3]?.events.status("failed", "");
    expect(page.posted.at(-1)).toEqual({ type: "unlink", link: "link-1" });
  });

  it("go on after a server restart, and get the new participant IDs by hello", () => {
    const page = new Page().joined(3, [5, 6]);
    page.links.linksTo([uuid(5), uuid(6)]);
    page.open("link-1");
    page.joined(8, [7, 2], 1);
    expect(page.posted).toContainEqual({
      type: "identity",
      identity: { participant: uuid(8), incarnation: uuid(1) },
    });
    page.signals.length = 0;
    page.made[0]?.send(OFFER);
    expect(page.signals).toEqual([]);

    const hello = (link: string, participant: number, incarnation: number) =>
      page.links.onWorker({
        type: "hello",
        link,
        participant: uuid(participant),
        incarnation: uuid(incarnation),
      });
    hello("link-1", 7, 9); // Of the room before.
    hello("link-1", 6, 1); // Not in the room.
    page.made[0]?.send(OFFER);
    expect(page.signals).toEqual([]);
    hello("link-1", 7, 1);
    page.made[0]?.send(OFFER);
    expect(page.signals).toEqual([[uuid(7), OFFER]]);
    expect(page.made[0]?.polite).toBe(true);
    expect(page.posted).toContainEqual({
      type: "link",
      link: "link-1",
      participant: uuid(7),
      name: "Person 7",
    });
    // Nobody takes over the link of another, nor a second one.
    hello("link-2", 7, 1);
    hello("link-1", 2, 1);
    page.made[1]?.send(OFFER);
    page.made[0]?.send(OFFER);
    expect(page.signals.map(([to]) => to)).toEqual([uuid(7), uuid(7)]);
    // One that nobody claims, and that has no transfers, is closed.
    vi.advanceTimersByTime(15_000);
    expect(page.made.map(({ closed }) => closed)).toEqual([false, true]);
  });

  it("look for the partner of an unfinished transfer among those who are there and who come", () => {
    const page = new Page();
    page.links.onWorker({ type: "unfinished", count: 1 });
    page.joined(3, [1]);
    expect(page.made).toMatchObject([{ offerFirst: false }]);
    page.message({ type: "participant-joined", participant: { id: uuid(2), name: "B" } });
    expect(page.made[1]).toMatchObject({ offerFirst: true });
    // What is unfinished from now on was not announced on the link that is there.
    page.connect();
    page.links.onWorker({ type: "unfinished", count: 2 });
    expect(page.made).toHaveLength(3);
    expect(page.made[1]?.closed).toBe(true);
    // Where something is transferred, it is not interrupted.
    page.connect();
    page.open("link-2");
    page.links.onWorker({ type: "unfinished", count: 3 });
    expect(page.made).toHaveLength(3);
  });

  it("drop the links of those who left while the socket was lost", () => {
    const page = new Page().joined(3, [1, 2]);
    page.links.linksTo([uuid(1), uuid(2)]);
    page.joined(3, [2]);
    expect(page.made.map(({ closed }) => closed)).toEqual([true, false]);
  });
});
