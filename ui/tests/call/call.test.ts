import { describe, expect, it, vi } from "vitest";
import { MAX_NOTICES } from "../../src/call/notices";
import type { SignalingEvent } from "../../src/host/types";
import { settled } from "../settled";
import { Person, room, server } from "./people";

const REFUSED: SignalingEvent = {
  type: "status",
  status: { kind: "refused", code: "room-full", detail: "8 of 8" },
};

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
    const a = new Person("A");
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

  it("is entered under a name without what draws nothing; a name of only that is none", async () => {
    const [a, b, c] = await room("\u202eA\u200b  B ", "\u3164\u200b", `${"x".repeat(63)}👩‍👧`);
    expect(a?.others).toEqual(["", "x".repeat(63)]);
    expect(c?.others).toEqual(["A B", ""]);
    expect(b?.state.self.name).toBe("");
    expect(b?.host.settings.get().name).toBe("");
  });

  it.each([
    ["is full", (a: Person) => a.host.emit(REFUSED)],
    ["was not waited for", (a: Person) => a.call.leave()],
  ])("that was not entered, because it %s, does not change the preview", async (_, turnBack) => {
    const a = new Person("A");
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
    const b = new Person("B");
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
    const a = new Person("A");
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
  const [a] = await room("A", "B", "C", "D", "E", "F", "G", "H");
  for (const link of a?.engine.links ?? []) link.break();
  expect(a?.state.notices).toHaveLength(MAX_NOTICES);
});
