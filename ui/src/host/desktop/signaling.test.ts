// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import type { SignalingEvent } from "../types";
import type { Envelope } from "./envelope";
import { type Shell, ShellError } from "./shell";
import { MAX_QUEUED, ShellSignaling } from "./signaling";

const REQUEST = { room: "daily", name: "Minji" };

function fake(join: () => Promise<void> = () => Promise.resolve()) {
  let send: (envelope: Envelope) => void = () => undefined;
  const commands: string[] = [];
  const shell = {
    subscribe: async (listener: (envelope: Envelope) => void) => {
      commands.push("subscribe");
      send = listener;
    },
    join: (turn: number) => {
      commands.push(`join ${turn}`);
      return join();
    },
    leave: async (turn: number) => {
      commands.push(`leave ${turn}`);
    },
    signal: async (from: string, _to: string, data: unknown) => {
      commands.push(`signal ${data} of ${from}`);
    },
  } as unknown as Shell;
  const signaling = new ShellSignaling(shell, Promise.resolve(), () => undefined);
  const events: SignalingEvent[] = [];
  signaling.subscribe((event) => events.push(event));
  return { signaling, commands, events, receive: (envelope: Envelope) => send(envelope) };
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

test("commands are sent one after the other, after the subscription", async () => {
  let answer = (): void => undefined;
  const { signaling, commands, receive } = fake(() => new Promise((resolve) => (answer = () => resolve())));
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(commands).toEqual(["subscribe", "join 1"]));
  receive(joined(1, "m"));
  signaling.signal("x", 1);
  signaling.signal("x", 2);
  answer();
  await vi.waitFor(() => expect(commands).toEqual(["subscribe", "join 1", "signal 1 of m", "signal 2 of m"]));
});

test("events of a room that was left are dropped", async () => {
  const { signaling, commands, events, receive } = fake();
  signaling.join(REQUEST);
  signaling.leave();
  await vi.waitFor(() => expect(commands).toContain("leave 2"));
  events.length = 0;
  receive(left(1));
  expect(events).toEqual([]);
  receive(left(2));
  expect(events).toHaveLength(1);
});

test("a signal queued when the room was left is not sent", async () => {
  const { signaling, commands, receive } = fake();
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(commands).toContain("subscribe"));
  receive(joined(1, "m"));
  signaling.signal("x", 1);
  signaling.leave();
  await vi.waitFor(() => expect(commands).toEqual(["subscribe", "join 1", "leave 2"]));
});

test("a signal contains our current ID, and is not sent without one", async () => {
  const { signaling, commands, receive } = fake();
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(commands).toContain("join 1"));
  signaling.signal("x", 1);
  receive(joined(1, "m"));
  signaling.signal("x", 2);
  receive(joined(1, "n"));
  signaling.signal("x", 3);
  await vi.waitFor(() => expect(commands).toContain("signal 3 of n"));
  signaling.join(REQUEST);
  signaling.signal("x", 4);
  await vi.waitFor(() => expect(commands).toContain("join 2"));
  expect(commands).toEqual(["subscribe", "join 1", "signal 2 of m", "signal 3 of n", "join 2"]);
});

test("a refused command is a refused join", async () => {
  const { signaling, events } = fake(() => Promise.reject(new ShellError("invalid-room", "words")));
  signaling.join(REQUEST);
  await vi.waitFor(() =>
    expect(events.at(-1)).toMatchObject({ status: { kind: "refused", code: "invalid-room" } }),
  );
});

test("the queue of commands is bounded", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { signaling, commands, receive } = fake(() => new Promise(() => undefined));
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(commands).toContain("join 1"));
  receive(joined(1, "m"));
  for (let number = 0; number < MAX_QUEUED * 2; number += 1) signaling.signal("x", number);
  expect(warned.mock.calls.length).toBeGreaterThanOrEqual(MAX_QUEUED);
  await vi.waitFor(() => expect(commands).toContain("join 1"));
});

test("a page that is unloaded does not leave the room", async () => {
  const { signaling, commands, receive } = fake();
  signaling.join(REQUEST);
  await vi.waitFor(() => expect(commands).toContain("join 1"));
  receive(joined(1, "m"));
  dispatchEvent(new Event("pagehide"));
  signaling.leave();
  signaling.signal("x", 1);
  await vi.waitFor(() => expect(commands).toEqual(["subscribe", "join 1", "signal 1 of m"]));
});
