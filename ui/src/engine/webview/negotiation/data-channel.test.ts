import { expect, it } from "vitest";
import { LIMITS } from "../../../protocol/generated";
import { FakeDataChannel } from "../testing/fake-media";
import { CHANNEL_LABEL, DataChannel } from "./data-channel";

function start(polite: boolean) {
  const seen = { opened: 0, messages: [] as string[] };
  const channel = new DataChannel(() => polite, {
    open: () => {
      seen.opened += 1;
    },
    message: (text) => seen.messages.push(text),
  });
  const created: FakeDataChannel[] = [];
  const pc = {
    createDataChannel: (label: string) => {
      const made = new FakeDataChannel(label);
      created.push(made);
      return made;
    },
  } as unknown as RTCPeerConnection;
  return {
    channel,
    seen,
    create: () => {
      channel.create(pc);
      return created.at(-1) as FakeDataChannel;
    },
    created,
    receive: (label = CHANNEL_LABEL) => {
      const remote = new FakeDataChannel(label);
      channel.onRemoteChannel(remote as unknown as RTCDataChannel);
      return remote;
    },
  };
}

it("sends once it is open, and reports that", () => {
  const { channel, create, seen } = start(false);
  const local = create();
  expect(channel.send("early")).toBe(false);
  local.open();
  expect(seen.opened).toBe(1);
  expect(channel.send("now")).toBe(true);
  expect(local.sent).toEqual(["now"]);
});

it.each([true, false])("with two channels sends on the impolite side's (polite: %s)", (polite) => {
  const { channel, create, receive } = start(polite);
  const local = create();
  const remote = receive();
  local.open();
  channel.send("before");
  expect(local.sent).toEqual(["before"]);
  remote.open();
  channel.send("after");
  expect((polite ? remote : local).sent).toContain("after");
});

it("reads all channels, and goes on with the other when one closes", () => {
  const { channel, create, receive, seen } = start(false);
  const [local, remote] = [create(), receive()];
  for (const one of [local, remote]) one.open();
  local.onmessage?.({ data: "on one" });
  remote.onmessage?.({ data: "on the other" });
  expect(seen.messages).toEqual(["on one", "on the other"]);
  local.close();
  expect(seen.opened).toBe(2);
  expect(channel.send("goes on")).toBe(true);
  expect(remote.sent).toEqual(["goes on"]);
  remote.close();
  expect(channel.send("nowhere")).toBe(false);
});

it("does not create a channel where the remote side's exists", () => {
  const { create, created, receive } = start(true);
  receive();
  create();
  expect(created).toEqual([]);
});

it("closes channels with another label, and more than it holds", () => {
  const { receive } = start(true);
  expect(receive("other").readyState).toBe("closed");
  const held = Array.from({ length: 5 }, () => receive().readyState);
  expect(held).toEqual(["connecting", "connecting", "connecting", "connecting", "closed"]);
});

it("refuses messages that are too long in UTF-8, and all while too much is buffered", () => {
  const { channel, create } = start(false);
  const local = create();
  local.open();
  expect(channel.send("x".repeat(LIMITS.maxPeerMessageBytes))).toBe(true);
  expect(channel.send("가".repeat(LIMITS.maxPeerMessageBytes / 3 + 1))).toBe(false);
  local.bufferedAmount = 256 * 1024 + 1;
  expect(channel.send("hi")).toBe(false);
  local.bufferedAmount = 0;
  local.failure = new Error("closed in between");
  expect(channel.send("hi")).toBe(false);
});

it("ignores received messages that are binary or too long", () => {
  const { create, seen } = start(false);
  const local = create();
  for (const data of [new ArrayBuffer(4), "x".repeat(LIMITS.maxPeerMessageBytes + 1), "fine"])
    local.onmessage?.({ data });
  expect(seen.messages).toEqual(["fine"]);
});
