import { describe, expect, it } from "vitest";
import type { Engine, LinkEvents, LinkOptions } from "../engine/types";
import type { PeerMessage } from "../protocol/generated";
import { HELLO_AGAIN_MS, ParticipantLinks } from "./participant-links";

const HELLO: Extract<PeerMessage, { type: "hello" }> = {
  type: "hello",
  participant: "00000000-0000-4000-8000-000000000001",
  incarnation: "00000000-0000-4000-8000-000000000100",
  state: { microphone: false, camera: false, screen: false, hand: false },
};

/** One link, whose channel takes everything while `takes`. */
function oneLink() {
  const world = { now: 0, takes: true, sent: [] as string[], events: null as LinkEvents | null };
  const createLink = ({ events }: LinkOptions) => {
    world.events = events;
    return {
      sendMessage(text: string) {
        if (world.takes) world.sent.push((JSON.parse(text) as PeerMessage).type);
        return world.takes;
      },
      close() {},
    };
  };
  const links = new ParticipantLinks(
    { createLink } as unknown as Engine,
    () => world.now,
    () => HELLO,
    { changed() {}, status() {}, message() {}, signal() {} },
  );
  links.open("a", { offerFirst: true, polite: false }, new Map());
  return { world, links };
}

describe("hello", () => {
  it("is sent when the channel opens and once more later", () => {
    const { world, links } = oneLink();
    links.flush();
    expect(world.sent).toEqual([]);
    world.events?.open();
    expect(world.sent).toEqual(["hello"]);
    world.now = HELLO_AGAIN_MS - 1;
    links.flush();
    expect(world.sent).toEqual(["hello"]);
    world.now = HELLO_AGAIN_MS;
    links.flush();
    links.flush();
    world.now *= 100;
    links.flush();
    expect(world.sent).toEqual(["hello", "hello"]);
  });

  it("waits until the channel takes it", () => {
    const { world, links } = oneLink();
    world.takes = false;
    world.events?.open();
    world.now = HELLO_AGAIN_MS;
    links.flush();
    world.takes = true;
    links.flush();
    links.flush();
    expect(world.sent).toEqual(["hello"]);
  });
});
