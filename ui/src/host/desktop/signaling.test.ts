// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import type { SignalingEvent } from "../types";
import type { Envelope } from "./envelope";
import { type Shell, ShellError } from "./shell";
import { MAX_WAITING, ShellSignaling } from "./signaling";

const REQUEST = { room: "daily", name: "Minji" };

function fake(join: () => Promise<void> = () => Promise.resolve()) {
  let hear: (envelope: Envelope) => void = () => undefined;
  const orders: string[] = [];
  const shell = {
    subscribe: async (listener: (envelope: Envelope) => void) => {
      orders.push("subscribe");
      hear = listener;
    },
    join: (turn: number) => {
      orders.push(`join ${turn}`);
      return join();
    },
    leave: async (turn: number) => {
      orders.push(`leave ${turn}`);
    },
    signal: async (from: string, _to: string, data: unknown) => {
      orders.push(`signal ${data} of ${from}`);
    },
  } as unknown as Shell;
  const signaling = new ShellSignaling(shell, Promise.resolve(), () => undefined);
  const events: SignalingEvent[] = [];
  signaling.subscribe((event) => events.push(event));
  return { signaling, orders, events, hear: (envelope: Envelope) => hear(envelope) };
}

const joined = (turn: number, self: string): Envelope => ({
  turn,
  event: {
    type: "message",
    message: {
      type: "joined",
      self,
      room: { id: "daily", incarnation: "1", capacity: 8 },
      participants: [],
      iceServers: [],
      resume: "",
    },
  },
});
const left = (turn: number): Envelope => ({ turn, event: { type: "message", message: { type: "left" } } });

test("orders reach the shell one after the other, after the subscription", async () => {
  let answer = (): void => undefined;
  const { signaling, orders, hear } = fake(() => new Promise((resolve) => (answer = () => resolve())));
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(orders).toEqual(["subscribe", "join 1"]));
  hear(joined(1, "m"));
  signaling.signal("x", 1);
  signaling.signal("x", 2);
  answer();
  await vi.waitFor(() => expect(orders).toEqual(["subscribe", "join 1", "signal 1 of m", "signal 2 of m"]));
});

test("what was under way when the room was left is not heard", async () => {
  const { signaling, orders, events, hear } = fake();
  signaling.join(REQUEST);
  signaling.leave();
  await vi.waitFor(() => expect(orders).toContain("leave 2"));
  events.length = 0;
  hear(left(1));
  expect(events).toEqual([]);
  hear(left(2));
  expect(events).toHaveLength(1);
});

test("a signal that waited for a room that was left is not sent", async () => {
  const { signaling, orders, hear } = fake();
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(orders).toContain("subscribe"));
  hear(joined(1, "m"));
  signaling.signal("x", 1);
  signaling.leave();
  await vi.waitFor(() => expect(orders).toEqual(["subscribe", "join 1", "leave 2"]));
});

test("a signal says as whom it was said, and nothing is said as nobody", async () => {
  const { signaling, orders, hear } = fake();
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(orders).toContain("join 1"));
  signaling.signal("x", 1);
  hear(joined(1, "m"));
  signaling.signal("x", 2);
  hear(joined(1, "n"));
  signaling.signal("x", 3);
  await vi.waitFor(() => expect(orders).toContain("signal 3 of n"));
  signaling.join(REQUEST);
  signaling.signal("x", 4);
  await vi.waitFor(() => expect(orders).toContain("join 2"));
  expect(orders).toEqual(["subscribe", "join 1", "signal 2 of m", "signal 3 of n", "join 2"]);
});

test("a refused command is a refused join", async () => {
  const { signaling, events } = fake(() => Promise.reject(new ShellError("invalid-room", "words")));
  signaling.join(REQUEST);
  await vi.waitFor(() =>
    expect(events.at(-1)).toMatchObject({ status: { kind: "refused", code: "invalid-room" } }),
  );
});

test("a shell that does not keep up is not buried", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { signaling, orders, hear } = fake(() => new Promise(() => undefined));
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(orders).toContain("join 1"));
  hear(joined(1, "m"));
  for (let number = 0; number < MAX_WAITING * 2; number += 1) signaling.signal("x", number);
  expect(warned.mock.calls.length).toBeGreaterThanOrEqual(MAX_WAITING);
  await vi.waitFor(() => expect(orders).toContain("join 1"));
});

test("a page that goes away leaves nothing", async () => {
  const { signaling, orders, hear } = fake();
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(orders).toContain("join 1"));
  hear(joined(1, "m"));
  dispatchEvent(new Event("pagehide"));
  signaling.leave();
  signaling.signal("x", 1);
  await vi.waitFor(() => expect(orders).toEqual(["subscribe", "join 1", "signal 1 of m"]));
});
