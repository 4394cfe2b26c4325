import { expect, it } from "vitest";
import { room, server } from "./people";

it("participants know how large their camera is shown, again on a new channel, and nothing is repeated", async () => {
  const [a, b] = await room("A", "B");
  const keyOf = (name: string) => a?.state.participants.find((other) => other.name === name)?.key ?? "";
  a?.call.setShownHeights(new Map([[keyOf("B"), 719.6]]));
  await server.flush();
  expect(b?.link?.shownHeights).toEqual(new Map([["camera", 720]]));

  b?.link?.shownHeights.clear();
  a?.call.setShownHeights(new Map([[keyOf("B"), 720]]));
  await server.flush();
  expect(b?.link?.shownHeights.size).toBe(0);

  // Nobody is on the screen.
  a?.call.setShownHeights(new Map());
  await server.flush();
  expect(b?.link?.shownHeights).toEqual(new Map([["camera", 0]]));

  a?.call.setShownHeights(new Map([[keyOf("B"), 180]]));
  await server.flush();
  b?.link?.shownHeights.clear();
  a?.link?.restartIce();
  await server.flush();
  expect(b?.link?.shownHeights).toEqual(new Map([["camera", 180]]));
});

it("what a hostile or later peer says is shown is ignored, unless it is the camera", async () => {
  const [a, b] = await room("A", "B");
  for (const message of [
    { type: "shown", source: "screen", height: 100 },
    { type: "shown", source: "whiteboard", height: 100 },
    { type: "shown", source: "camera", height: -1 },
    { type: "shown", source: "camera" },
  ])
    a?.link?.sendRaw(JSON.stringify(message));
  await server.flush();
  expect(b?.link?.shownHeights.size).toBe(0);
});
