import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { settled } from "../settled";
import { people, room, server, startOver } from "./people";

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
        startOver();
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
