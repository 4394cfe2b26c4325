import { describe, expect, it, vi } from "vitest";
import { MAX_CHAT_MESSAGES } from "../../src/call/chat";
import { settled } from "../settled";
import { Person, room, server } from "./people";

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
    expect(a?.state.chat[0]?.undelivered.map(({ name }) => name)).toEqual(["B"]);
  });

  it("can be sent again to those it did not reach, and to nobody else", async () => {
    const [a, b, c] = await room("A", "B", "C");
    a?.engine.links[0]?.break("reconnecting");
    a?.call.sendChat("hello?");
    await settled();
    const key = a?.state.chat[0]?.key ?? "";
    const received = [vi.fn(), vi.fn()];
    for (const [index, person] of [b, c].entries())
      person?.call.onEvent((event) => event.type === "chat" && received[index]?.(event.text));
    // The link is still down.
    a?.call.sendChatAgain(key);
    expect(a?.state.chat[0]?.undelivered.map(({ name }) => name)).toEqual(["B"]);
    a?.engine.links[0]?.restartIce();
    await settled();
    await server.flush();
    a?.call.sendChatAgain(key);
    await settled();
    expect(a?.state.chat).toMatchObject([{ key, text: "hello?", undelivered: [] }]);
    expect(received.map(({ mock }) => mock.calls)).toEqual([[["hello?"]], []]);
    // Delivered: nothing is left to send.
    a?.call.sendChatAgain(key);
    await settled();
    expect(b?.state.chat).toHaveLength(1);
    expect(c?.state.chat).toHaveLength(1);
  });

  it("says that nobody was there, and reaches who came later only if it is sent again", async () => {
    const [a] = await room("A");
    a?.call.sendChat("anybody?");
    const message = () => a?.state.chat[0];
    expect(message()).toMatchObject({ alone: true, undelivered: [] });
    a?.call.sendChatAgain(message()?.key ?? "");
    expect(message()?.alone).toBe(true);
    const b = new Person("B");
    b.call.join("daily", "B");
    await server.flush();
    expect(b.state.chat).toEqual([]);
    a?.call.sendChatAgain(message()?.key ?? "");
    await settled();
    expect(b.state.chat).toMatchObject([{ name: "A", text: "anybody?" }]);
    expect(message()).toMatchObject({ alone: false, undelivered: [] });
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
  it("keep hands in the order they were raised, until they are lowered or their owner leaves", async () => {
    const [a, b, c] = await room("A", "B", "C");
    const keyOf = (name: string) => a?.state.participants.find((one) => one.name === name)?.key;
    for (const person of [c, a, b]) {
      person?.call.setHand(true);
      await settled();
    }
    expect(a?.state.hands).toEqual([keyOf("C"), "self", keyOf("B")]);
    a?.call.setHand(false);
    expect(a?.state.hands).toEqual([keyOf("C"), keyOf("B")]);
    a?.call.setHand(true);
    c?.call.leave();
    await server.flush();
    expect(a?.state.hands).toEqual([keyOf("B"), "self"]);
    a?.call.leave();
    expect(a?.state.hands).toEqual([]);
  });

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
