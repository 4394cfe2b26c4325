import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Call } from "../../src/call/call";
import { MAX_CHAT_MESSAGES } from "../../src/call/chat";
import { MAX_NOTICES } from "../../src/call/notices";
import type { CallEvent } from "../../src/call/types";
import type { LocalTrack } from "../../src/engine/types";
import type { SignalingEvent } from "../../src/host/types";
import { denied, FakeEngine, FakeHost, FakeServer, FakeTrack, settled } from "../fakes";

class Person {
  readonly host: FakeHost;
  readonly engine = new FakeEngine();
  readonly call: Call;
  readonly events: CallEvent[] = [];

  constructor(
    readonly name: string,
    readonly server: FakeServer,
  ) {
    this.host = new FakeHost(server);
    this.call = new Call({ host: this.host, engine: this.engine });
    this.call.onEvent((event) => this.events.push(event));
  }
  get state() {
    return this.call.getState();
  }
  get others(): string[] {
    return this.state.participants.map(({ name }) => name);
  }
  get link() {
    return this.engine.links.filter(({ closed }) => !closed).at(-1);
  }
}

let server: FakeServer;
let people: Person[];

async function room(...names: string[]): Promise<Person[]> {
  people = names.map((name) => new Person(name, server));
  for (const person of people) {
    person.call.join("daily", person.name);
    await server.flush();
  }
  return people;
}

const REFUSED: SignalingEvent = {
  type: "status",
  status: { kind: "refused", code: "room-full", detail: "8 of 8" },
};

function fake(track: LocalTrack | null | undefined): FakeTrack {
  if (!(track instanceof FakeTrack)) throw new Error("no track is open");
  return track;
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  people = [];
});

afterEach(() => {
  vi.unstubAllGlobals();
  for (const person of people) person.call.destroy();
  vi.useRealTimers();
});

describe("a room", () => {
  it("links everybody with everybody", async () => {
    const [a, b, c] = await room("A", "B", "C");
    expect(a?.others).toEqual(["B", "C"]);
    expect(b?.others).toEqual(["A", "C"]);
    for (const person of [a, b, c]) {
      expect(person?.state.phase).toBe("joined");
      expect(person?.state.participants.map(({ link }) => link)).toEqual(["connected", "connected"]);
    }
  });

  it("is left with every link and device closed", async () => {
    const [a, b] = await room("A", "B");
    a?.call.setMicrophone(true);
    a?.call.setCamera(true);
    await settled();
    a?.call.leave();
    await server.flush();
    expect(a?.state).toMatchObject({ phase: "idle", participants: [], joinedAt: null });
    expect(a?.engine.live).toEqual([]);
    expect(a?.engine.links.every(({ closed }) => closed)).toBe(true);
    expect(b?.others).toEqual([]);
    expect(b?.events).toContainEqual({ type: "participant-left", name: "A", lost: false });
  });

  it("can be entered again at once", async () => {
    const [a, b] = await room("A", "B");
    a?.call.leave();
    a?.call.join("daily", "A again");
    await server.flush();
    expect(b?.others).toEqual(["A again"]);
    expect(a?.state.participants[0]?.link).toBe("connected");
  });

  it("that refuses us shows why, and can be tried again", async () => {
    const a = new Person("A", server);
    people = [a];
    a.call.join("daily", "A");
    a.host.emit({ type: "status", status: { kind: "refused", code: "room-full", detail: "8 of 8" } });
    expect(a.state.phase).toBe("idle");
    expect(a.state.notices[0]).toMatchObject({
      kind: { type: "refused", code: "room-full" },
      detail: "8 of 8",
    });
    a.call.join("daily", "A");
    expect(a.state.notices).toEqual([]);
  });

  it.each([
    ["is full", (a: Person) => a.host.emit(REFUSED)],
    ["was not waited for", (a: Person) => a.call.leave()],
  ])("that was not entered, because it %s, does not change the preview", async (_, turnBack) => {
    const a = new Person("A", server);
    people = [a];
    a.call.setMicrophone(true);
    a.call.setCamera(true);
    await settled();
    const preview = a.engine.live;
    expect(preview).toHaveLength(2);
    a.call.join("daily", "A");
    turnBack(a);
    await settled();
    expect(a.state.phase).toBe("idle");
    expect(a.engine.live).toEqual(preview);
    expect(a.state.self).toMatchObject({ microphone: { status: "on" }, camera: { status: "on" } });
    server.restart();
    a.call.join("daily", "A");
    await server.flush();
    const b = new Person("B", server);
    people.push(b);
    b.call.join("daily", "B");
    await server.flush();
    expect([...(a.link?.sending.values() ?? [])]).toEqual(preview);
  });

  it("that refuses us later stops the devices", async () => {
    const [a] = await room("A", "B");
    a?.call.setMicrophone(true);
    a?.call.setCamera(true);
    a?.call.setScreen(true);
    await settled();
    expect(a?.engine.live).toHaveLength(4);
    a?.host.emit(REFUSED);
    await settled();
    expect(a?.state.phase).toBe("idle");
    expect(a?.engine.live).toEqual([]);
  });

  it("that removes us shows why", async () => {
    const [a] = await room("A", "B");
    a?.host.emit({ type: "message", message: { type: "left" } });
    expect(a?.state).toMatchObject({ phase: "idle", notices: [{ kind: { type: "removed" } }] });
  });

  it("keeps the objects of participants who did not change", async () => {
    const [a, b] = await room("A", "B", "C");
    const [, before] = a?.state.participants ?? [];
    b?.call.setHand(true);
    await settled();
    expect(a?.state.participants[0]?.state.hand).toBe(true);
    expect(a?.state.participants[1]).toBe(before);
  });
});

describe("a server that restarts under a call", () => {
  async function restart(pick?: (n: number) => number): Promise<void> {
    server.restart();
    for (const person of people) person.host.emit({ type: "status", status: { kind: "connecting" } });
    for (const person of people) person.host.rejoin();
    await server.flush(pick);
  }

  it("changes IDs, but neither keys nor links", async () => {
    const [a, b] = await room("A", "B", "C");
    const links = people.map(({ engine }) => engine.links.length);
    const before = a?.state.participants.map(({ id }) => id) ?? [];
    const keys = a?.state.participants.map(({ key }) => key) ?? [];
    await restart();
    expect(a?.state.participants.map(({ key }) => key)).toEqual(keys);
    expect(people.map(({ engine }) => engine.links.length)).toEqual(links);
    expect(a?.others).toEqual(["B", "C"]);
    expect(a?.state.participants.some(({ id, absent }) => absent || before.includes(id))).toBe(false);
    expect(a?.events.filter(({ type }) => type === "participant-left")).toEqual([]);
    b?.call.sendChat("still here?");
    await settled();
    const ben = a?.state.participants.find(({ name }) => name === "B")?.key;
    expect(a?.state.chat.at(-1)).toMatchObject({ from: ben, text: "still here?" });
  });

  it("leaves exactly one side of each pair polite", async () => {
    await room("A", "B", "C", "D");
    await restart();
    for (const { engine } of people)
      for (const link of engine.links) expect(link.polite).not.toBe(link.partner?.polite);
  });

  it("keeps every participant and every link, for any order of messages", async () => {
    vi.useRealTimers();
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(7)), async (order) => {
        server = new FakeServer();
        await room("A", "B", "C");
        await restart(() => order.next().value ?? 0);
        await settled();
        for (const person of people) {
          expect(person.engine.links).toHaveLength(2);
          expect(person.state.participants.map(({ absent, link }) => [absent, link])).toEqual([
            [false, "connected"],
            [false, "connected"],
          ]);
        }
        for (const person of people) person.call.destroy();
        people = [];
      }),
      { numRuns: 100 },
    );
  });

  it("keeps participants who do not come back for as long as their link works", async () => {
    const [a, b] = await room("A", "B");
    server.restart();
    a?.host.rejoin();
    await server.flush();
    expect(a?.state.participants[0]).toMatchObject({ name: "B", absent: true, link: "connected" });
    b?.engine.links[0]?.close();
    a?.engine.links[0]?.break();
    expect(a?.others).toEqual([]);
  });
});

describe("a participant lost by the server", () => {
  it("is absent while the link lives and gone when it fails", async () => {
    const [a, b] = await room("A", "B");
    if (b) server.leave(b.host, "lost");
    await server.flush();
    expect(a?.state.participants[0]).toMatchObject({ absent: true });
    a?.link?.break();
    expect(a?.others).toEqual([]);
    expect(a?.events).toContainEqual({ type: "participant-left", name: "B", lost: true });
  });
});

describe("extensions of the protocol", () => {
  it("close the link to somebody who was removed while we were disconnected", async () => {
    const [a, b] = await room("A", "B");
    const { id = "" } = a?.state.participants[0] ?? {};
    if (b) server.leave(b.host, "lost");
    await server.flush();
    expect(a?.state.participants[0]).toMatchObject({ absent: true, link: "connected" });
    a?.host.emit({
      type: "message",
      message: {
        type: "joined",
        self: a.state.self.id ?? "",
        room: { id: "daily", incarnation: server.incarnation, capacity: 8 },
        participants: [],
        iceServers: [],
        resume: "secret",
        removed: [id],
      },
    });
    expect(a?.others).toEqual([]);
    expect(a?.engine.links.every(({ closed }) => closed)).toBe(true);
  });

  it("pass renewed credentials to existing links", async () => {
    const [a] = await room("A", "B");
    const iceServers = [{ urls: ["turn:example.org"], username: "2", credential: "two" }];
    a?.host.emit({ type: "message", message: { type: "pong", iceServers } });
    expect(a?.link?.iceServers).toEqual(iceServers);
  });

  it("treat an unknown reason of leaving as one that closes the link", async () => {
    const [a, b] = await room("A", "B");
    const participant = b?.state.self.id ?? "";
    a?.host.emit({ type: "message", message: { type: "participant-left", participant, reason: "banned" } });
    expect(a?.others).toEqual([]);
  });

  it("show an unknown refusal with the text of the server", async () => {
    const a = new Person("A", server);
    people = [a];
    a.call.join("daily", "A");
    a.host.emit({ type: "status", status: { kind: "refused", code: "banned", detail: "for a week" } });
    expect(a.state.notices[0]).toMatchObject({
      kind: { type: "refused", code: "banned" },
      detail: "for a week",
    });
  });
});

describe("a link that fails", () => {
  it("is shown, can be retried, and removes its notice when it works", async () => {
    const [a] = await room("A", "B");
    const id = a?.state.participants[0]?.id ?? "";
    a?.link?.break();
    expect(a?.state.participants[0]).toMatchObject({ link: "failed", linkError: "the path was lost" });
    expect(a?.state.notices[0]?.kind).toEqual({ type: "link-failed", participant: id, name: "B" });
    a?.call.retryLink(id);
    await server.flush();
    expect(a?.state.participants[0]?.link).toBe("connected");
    expect(a?.state.notices).toEqual([]);
  });
});

describe("chat", () => {
  it("reaches everyone, and counts as unread until it is visible", async () => {
    const [a, b, c] = await room("A", "B", "C");
    expect(a?.call.sendChat("  안녕  ")).toBe(true);
    await settled();
    expect(a?.state.chat[0]).toMatchObject({ from: "self", text: "안녕", undelivered: [] });
    for (const person of [b, c])
      expect(person?.state).toMatchObject({ unread: 1, chat: [{ name: "A", text: "안녕" }] });
    b?.call.setChatVisible(true);
    a?.call.sendChat("seen");
    await settled();
    expect(b?.state.unread).toBe(0);
    expect(c?.state.unread).toBe(2);
  });

  it("needs no secure context", async () => {
    // As on a page from http://: `crypto.randomUUID` is not there (Web Cryptography, §10).
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const [a, b] = await room("A", "B");
    a?.call.sendChat("one");
    a?.call.sendChat("two");
    await settled();
    expect(b?.state.chat.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(a?.state.chat).toHaveLength(2);
  });

  it("names those it could not be sent to", async () => {
    const [a] = await room("A", "B", "C");
    a?.engine.links[0]?.break("reconnecting");
    a?.call.sendChat("hello?");
    expect(a?.state.chat[0]?.undelivered).toEqual(["B"]);
  });

  it("refuses an empty or too long message", async () => {
    const [a] = await room("A");
    expect(a?.call.sendChat("   ")).toBe(false);
    expect(a?.call.sendChat("x".repeat(4001))).toBe(false);
    expect(a?.state.chat).toEqual([]);
    expect(a?.state.notices[0]?.kind).toEqual({ type: "chat-too-long" });
  });

  it("survives peers that send invalid messages, too many, or with a wrong time", async () => {
    const [a, b] = await room("A", "B");
    for (const text of ["{", "[]", '{"type":"chat"}', '{"type":"telepathy"}', "x".repeat(20_000)])
      b?.link?.sendRaw(text);
    b?.link?.sendRaw(JSON.stringify({ type: "chat", id: "old", at: 0, text: "from 1970" }));
    const now = Date.now();
    expect(a?.state.chat).toHaveLength(1);
    expect(Math.abs((a?.state.chat[0]?.at ?? 0) - now)).toBeLessThanOrEqual(60_000);
    for (let n = 0; n < 5_000; n++)
      b?.link?.sendRaw(JSON.stringify({ type: "chat", id: `${n}`, at: now, text: "spam" }));
    expect(a?.state.chat.length).toBeLessThan(100);
    for (let second = 0; second < 60; second++) {
      vi.advanceTimersByTime(1_000);
      for (let n = 0; n < 20; n++)
        b?.link?.sendRaw(JSON.stringify({ type: "chat", id: `${second}.${n}`, at: now, text: "." }));
    }
    expect(a?.state.chat).toHaveLength(MAX_CHAT_MESSAGES);
  });
});

describe("reactions and hands", () => {
  it("reach the others, reactions for a few seconds", async () => {
    const [a, b] = await room("A", "B");
    a?.call.react("heart");
    a?.call.setHand(true);
    await settled();
    expect(b?.state.reactions).toMatchObject([{ from: b?.state.participants[0]?.key, reaction: "heart" }]);
    expect(b?.events).toContainEqual({ type: "hand", name: "A" });
    vi.advanceTimersByTime(5_000);
    expect(b?.state.reactions).toEqual([]);
    expect(b?.state.participants[0]?.state.hand).toBe(true);
  });
});

describe("devices", () => {
  it("have their processing set at the start and at each change", async () => {
    const [a] = await room("A");
    const all = { echoCancellation: true, noiseSuppression: true, gainControl: true };
    expect(a?.engine.processing).toEqual([all]);
    a?.host.settings.set({ echoCancellation: false });
    a?.host.settings.set({ theme: "dark" });
    expect(a?.engine.processing).toEqual([all, { ...all, echoCancellation: false }]);
  });

  it("stay closed until they are turned on, and are not needed to join", async () => {
    const [a] = await room("A", "B");
    expect(a?.engine.tracks).toEqual([]);
    expect(a?.state.self.state).toEqual({ microphone: false, camera: false, screen: false, hand: false });
  });

  it("opened for the preview are sent to participants, with the media state", async () => {
    const a = new Person("A", server);
    const b = new Person("B", server);
    people = [a, b];
    a.call.setMicrophone(true);
    await settled();
    for (const person of people) {
      person.call.join("daily", person.name);
      await server.flush();
    }
    expect(a.link?.sending.get("microphone")).toBe(a.engine.tracks[0]);
    expect(b.state.participants[0]?.state).toMatchObject({ microphone: true, camera: false });
    a.call.setMicrophone(false);
    await settled();
    expect(b.state.participants[0]?.state.microphone).toBe(false);
    expect(a.host.settings.get().microphoneOn).toBe(false);
  });

  it("that open after leaving are closed", async () => {
    const [a] = await room("A", "B");
    let open = () => {};
    if (a) a.engine.gate = new Promise((resolve) => (open = resolve));
    a?.call.setCamera(true);
    a?.call.setScreen(true);
    expect(a?.state.self.camera.status).toBe("opening");
    a?.call.leave();
    open();
    await settled();
    expect(a?.engine.tracks.length).toBeGreaterThan(0);
    expect(a?.engine.live).toEqual([]);
    expect(a?.state.self.camera.status).toBe("off");
  });

  it.each(["Microphone", "Camera", "Screen"] as const)(
    "that are still opening can be cancelled (%s)",
    async (device) => {
      const [a, b] = await room("A", "B");
      const source = device.toLowerCase() as "microphone" | "camera" | "screen";
      let open = () => {};
      if (a) a.engine.gate = new Promise((resolve) => (open = resolve));
      a?.call[`set${device}`](true);
      expect(a?.state.self[source].status).toBe("opening");
      a?.call[`set${device}`](false);
      expect(a?.state.self[source].status).toBe("off");
      open();
      await settled();
      expect(a?.engine.tracks.length).toBeGreaterThan(0);
      expect(a?.engine.live).toEqual([]);
      expect(a?.link?.sending.size).toBe(0);
      expect(b?.state.participants[0]?.state[source]).toBe(false);
    },
  );

  it("that did not open are not selected", async () => {
    const [a] = await room("A", "B");
    a?.call.selectDevice("camera", "built-in");
    a?.call.setCamera(true);
    await settled();
    if (a) a.engine.openError = denied;
    a?.call.selectDevice("camera", "usb");
    await settled();
    expect(a?.state.notices[0]?.kind).toEqual({ type: "device", source: "camera", code: "denied" });
    expect(a?.state.self.camera.track?.deviceId).toBe("built-in");
    expect(a?.state.self.cameraId).toBe("built-in");
    expect(a?.host.settings.get().cameraId).toBe("built-in");
    // Off and on again opens the device that is shown as selected.
    if (a) a.engine.openError = null;
    a?.call.setCamera(false);
    a?.call.setCamera(true);
    await settled();
    expect(a?.state.self.camera.track?.deviceId).toBe("built-in");
  });

  it("that are denied show an error, and can be tried again", async () => {
    const [a] = await room("A", "B");
    if (a) a.engine.openError = denied;
    a?.call.setCamera(true);
    await settled();
    expect(a?.state.self.camera).toMatchObject({ status: "error", error: { code: "denied" } });
    expect(a?.state.notices[0]?.kind).toEqual({ type: "device", source: "camera", code: "denied" });
    if (a) a.engine.openError = null;
    a?.call.setCamera(true);
    await settled();
    expect(a?.state.notices).toEqual([]);
    expect(a?.state.phase).toBe("joined");
  });

  it("that were denied on the start screen have no notice in the call", async () => {
    const a = new Person("A", server);
    people = [a];
    a.engine.openError = denied;
    a.call.setCamera(true);
    await settled();
    expect(a.state.notices[0]?.kind).toEqual({ type: "device", source: "camera", code: "denied" });
    a.call.join("daily", "A");
    await server.flush();
    expect(a.state.phase).toBe("joined");
    expect(a.state.notices).toEqual([]);
    expect(a.state.self.camera.status).toBe("error");
  });

  it("that are unplugged are replaced, with a notice", async () => {
    const [a] = await room("A", "B");
    a?.call.selectDevice("camera", "usb");
    a?.call.setCamera(true);
    await settled();
    fake(a?.state.self.camera.track).end();
    await settled();
    expect(a?.state.notices[0]?.kind).toEqual({ type: "device-lost", source: "camera", fallback: "default" });
    expect(a?.link?.sending.get("camera")).toBe(a?.state.self.camera.track);
  });

  it("that play audio are the default if the selected one is missing", async () => {
    const [a] = await room("A");
    a?.call.selectDevice("speaker", "headset");
    await settled();
    expect(a?.state.self.speakerId).toBe("headset");
    if (a) a.engine.missingSpeaker = "usb";
    a?.call.selectDevice("speaker", "usb");
    await settled();
    expect(a?.engine.speakers).toEqual(["headset", "usb", null]);
    expect(a?.state.self.speakerId).toBeNull();
  });

  it("share a screen with its audio until it is stopped outside of the app", async () => {
    const [a, b] = await room("A", "B");
    a?.call.setScreen(true);
    await settled();
    expect([...(a?.link?.sending.keys() ?? [])]).toEqual(["screen", "screen-audio"]);
    expect(b?.state.participants[0]?.state.screen).toBe(true);
    fake(a?.state.self.screen.track).end();
    await settled();
    expect(a?.engine.live).toEqual([]);
    expect(b?.state.participants[0]?.state.screen).toBe(false);
  });

  it("report speech while muted", async () => {
    const [a] = await room("A");
    a?.call.setMicrophone(true);
    await settled();
    a?.call.setMicrophone(false);
    for (const track of a?.engine.tracks ?? []) track.loudness = 0.8;
    vi.advanceTimersByTime(3_000);
    expect(a?.events.filter(({ type }) => type === "muted-speaking")).toHaveLength(1);
  });
});

it("reports the active speaker", async () => {
  const [a, b] = await room("A", "B");
  b?.call.setMicrophone(true);
  await settled();
  for (const track of b?.engine.tracks ?? []) track.loudness = 0.8;
  vi.advanceTimersByTime(1_000);
  expect(a?.state.activeSpeaker).toBe(a?.state.participants[0]?.key);
  expect(b?.state.activeSpeaker).toBe("self");
});

it("reports audio blocked by the autoplay policy until it is unblocked", async () => {
  const [a] = await room("A", "B");
  a?.engine.setPlaybackBlocked(true);
  expect(a?.state.playbackBlocked).toBe(true);
  a?.call.unblockPlayback();
  expect(a?.state.playbackBlocked).toBe(false);
});

it("bounds the number of notices", async () => {
  await room("A", "B", "C", "D", "E", "F", "G", "H");
  const [a] = people;
  for (const link of a?.engine.links ?? []) link.break();
  expect(a?.state.notices).toHaveLength(MAX_NOTICES);
});
