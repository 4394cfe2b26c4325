import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPeerMessage, checkPeerSignal, checkServerMessage } from "./check";
import { LIMITS } from "./generated";

const ID = "11111111-2222-4333-8444-aaaaaaaaaaaa";
const state = { microphone: true, camera: false, screen: false, hand: false };

const server = (message: unknown) => checkServerMessage(JSON.stringify(message));
const peer = (message: unknown) => checkPeerMessage(JSON.stringify(message));

describe("a message from the server", () => {
  const joined = {
    type: "joined",
    self: ID,
    room: { id: "daily", incarnation: ID, capacity: 8 },
    participants: [{ id: ID, name: "민지" }],
    iceServers: [{ urls: ["stun:example.org"] }],
    resume: "secret",
  };

  it("is accepted if it follows the protocol", () => {
    expect(server(joined)).toEqual({ ok: true, value: joined });
    expect(server({ type: "participant-left", participant: ID, reason: "lost" }).ok).toBe(true);
    expect(server({ type: "signal", from: ID, data: null }).ok).toBe(true);
    expect(server({ type: "error", code: "room-full", message: "full" }).ok).toBe(true);
  });

  it("is accepted without its unknown fields", () => {
    expect(server({ ...joined, colour: "red" })).toEqual({ ok: true, value: joined });
  });

  it("reads an explicit null as an absent optional field", () => {
    const credentials = { urls: ["turn:example.org"], username: null, credential: null };
    expect(server({ ...joined, iceServers: [credentials] })).toMatchObject({
      value: { iceServers: [{ urls: ["turn:example.org"] }] },
    });
  });

  it("has its IDs in lower case, because they are compared to decide who is polite", () => {
    expect(server({ type: "signal", from: ID.toUpperCase(), data: 1 })).toMatchObject({
      value: { from: ID },
    });
  });

  it.each([
    ["an unknown type", { type: "merged" }, "unknown-type"],
    ["a type out of Object.prototype", { type: "constructor" }, "unknown-type"],
    ["no type", { self: ID }, "invalid"],
    ["not an object", [1], "invalid"],
    ["a missing field", { ...joined, resume: undefined }, "invalid"],
    ["a wrong type", { ...joined, self: 7 }, "invalid"],
    ["an ID that is none", { ...joined, self: "me" }, "invalid"],
    ["an endless list", { ...joined, participants: Array(257).fill({ id: ID, name: "" }) }, "invalid"],
  ])("is refused with %s", (_, message, reason) => {
    expect(server(message)).toMatchObject({ ok: false, reason });
  });

  it("is refused if it is not JSON or too large", () => {
    expect(checkServerMessage("{")).toMatchObject({ ok: false, reason: "not-json" });
    expect(checkServerMessage(" ".repeat(LIMITS.maxFrameBytes + 1))).toMatchObject({ reason: "too-large" });
  });
});

describe("a peer's signal", () => {
  it("is a description, with or without tracks", () => {
    const description = { connection: "media", description: { type: "offer", sdp: "v=0" } };
    expect(checkPeerSignal(description)).toEqual({ ok: true, value: description });
    const tracks = { "0": "microphone", "1": "camera" };
    expect(checkPeerSignal({ ...description, tracks })).toEqual({
      ok: true,
      value: { ...description, tracks },
    });
  });

  it("is a candidate as written by RTCIceCandidate.toJSON, or null", () => {
    const json = { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null };
    expect(checkPeerSignal({ connection: "media", candidate: json })).toEqual({
      ok: true,
      value: { connection: "media", candidate: { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 0 } },
    });
    expect(checkPeerSignal({ connection: "media", candidate: { candidate: "" } })).toMatchObject({
      value: { candidate: { sdpMid: null, sdpMLineIndex: null } },
    });
    expect(checkPeerSignal({ connection: "files", candidate: null }).ok).toBe(true);
  });

  it.each([
    ["a rollback", { connection: "media", description: { type: "rollback", sdp: "" } }],
    [
      "an SDP beyond the limit",
      { connection: "media", description: { type: "offer", sdp: "x".repeat(32769) } },
    ],
    ["nothing", null],
    ["something else", { connection: "media", mood: "good" }],
  ])("is refused with %s", (_, data) => {
    expect(checkPeerSignal(data).ok).toBe(false);
  });
});

describe("a peer's message", () => {
  it("is accepted if it follows the protocol", () => {
    expect(peer({ type: "hello", participant: ID, incarnation: ID, state }).ok).toBe(true);
    expect(peer({ type: "chat", id: "1", at: 0, text: "안녕" }).ok).toBe(true);
    expect(peer({ type: "reaction", reaction: "a-new-one" }).ok).toBe(true);
    expect(peer({ type: "shown", source: "camera", height: 0 }).ok).toBe(true);
  });

  it("of an unknown type is not invalid", () => {
    expect(peer({ type: "typing" })).toMatchObject({ ok: false, reason: "unknown-type" });
    expect(peer({ type: "chat", id: "1", at: 0, text: "" })).toMatchObject({ ok: false, reason: "invalid" });
  });

  it("has a height that Rust can read", () => {
    for (const height of [-1, 1.5, 65536, "360", null])
      expect(peer({ type: "shown", source: "camera", height }).ok).toBe(false);
  });

  it("has its length counted in UTF-16 units", () => {
    const chat = (text: string) => peer({ type: "chat", id: "1", at: 0, text }).ok;
    expect(chat("가".repeat(LIMITS.maxChatUnits))).toBe(true);
    expect(chat("가".repeat(LIMITS.maxChatUnits + 1))).toBe(false);
  });
});

it("never throws, for any input", () => {
  fc.assert(
    fc.property(fc.json(), fc.jsonValue(), fc.string(), (json, value, text) => {
      for (const input of [
        json,
        text,
        JSON.stringify({ type: text }),
        JSON.stringify({ type: "joined", self: value }),
      ]) {
        expect(typeof checkServerMessage(input).ok).toBe("boolean");
        expect(typeof checkPeerMessage(input).ok).toBe("boolean");
      }
      expect(typeof checkPeerSignal(value).ok).toBe("boolean");
      expect(typeof checkPeerSignal({ connection: "media", description: value }).ok).toBe("boolean");
      expect(typeof checkPeerSignal({ connection: "media", candidate: value }).ok).toBe("boolean");
    }),
  );
});
