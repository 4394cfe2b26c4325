import { beforeEach, expect, it } from "vitest";
import { settled } from "../../tests/settled";
import type { Device } from "../engine/types";
import { Speaker } from "./speaker";

const microphone: Device = { id: "microphone", kind: "microphone", label: "Microphone" };
const speaker = (id: string): Device => ({ id, kind: "speaker", label: id });

let routes: (string | null)[];
let refused: Set<string | null>;
let events: string[];

const engine = {
  setSpeaker: async (id: string | null) => {
    routes.push(id);
    if (refused.has(id)) throw new DOMException("", "NotFoundError");
  },
};
const opened = (selection: string | null) =>
  new Speaker(engine, selection, {
    selected: (id) => events.push(`selected ${id}`),
    failed: () => events.push("failed"),
    lost: () => events.push("lost"),
    returned: () => events.push("returned"),
  });

beforeEach(() => {
  routes = [];
  refused = new Set();
  events = [];
});

it("plays on the default while the selected device is gone, and on it again when it is back", async () => {
  const chosen = opened("headset");
  chosen.onDevices([microphone, speaker("headset"), speaker("built-in")]);
  expect(routes).toEqual(["headset"]);
  chosen.onDevices([microphone, speaker("built-in")]);
  expect(routes).toEqual(["headset", null]);
  expect(events).toEqual(["lost"]);
  // Another device is plugged in.
  chosen.onDevices([microphone, speaker("built-in"), speaker("usb")]);
  expect(routes).toHaveLength(2);
  chosen.onDevices([microphone, speaker("headset"), speaker("built-in")]);
  await settled();
  expect(routes).toEqual(["headset", null, "headset"]);
  expect(events).toEqual(["lost", "returned"]);
});

it("notices the removal of the only loudspeaker, and of one that was just selected", async () => {
  const chosen = opened(null);
  chosen.select("headset");
  await settled();
  chosen.onDevices([microphone]);
  expect(routes).toEqual(["headset", null]);
  expect(events).toEqual(["selected headset", "lost"]);
});

it("says nothing of a device that is absent from the start, and uses it when it comes", async () => {
  const chosen = opened("docking station");
  chosen.onDevices([microphone, speaker("built-in")]);
  expect(routes).toEqual(["docking station", null]);
  expect(events).toEqual([]);
  chosen.onDevices([microphone, speaker("built-in"), speaker("docking station")]);
  await settled();
  expect(routes.at(-1)).toBe("docking station");
});

it("does not take a list without permission for a removal", () => {
  const chosen = opened("headset");
  chosen.onDevices([
    { id: "", kind: "microphone", label: "" },
    { id: "", kind: "speaker", label: "" },
  ]);
  expect(routes).toEqual(["headset"]);
  expect(events).toEqual([]);
});

it("keeps the previous selection when another cannot be used", async () => {
  refused.add("usb");
  const chosen = opened("headset");
  chosen.select("usb");
  await settled();
  expect(routes).toEqual(["headset", "usb", "headset"]);
  expect(events).toEqual(["failed"]);
});

it("takes the last of two selections, in whatever order they end", async () => {
  refused.add("slow");
  const chosen = opened(null);
  chosen.select("slow");
  chosen.select("headset");
  await settled();
  expect(events).toEqual(["selected headset"]);
});
