import { expect, it } from "vitest";
import { IDLE, remoteParticipant } from "../gallery/fakes";
import { isNetworkDown } from "./network-down";
import type { CallState } from "./types";

const LOST: CallState["signaling"] = { kind: "reconnecting", attempt: 1, retryAt: null, detail: "1006" };

const down = (
  links: CallState["participants"][number]["link"][],
  { onLine = true, ...patch }: Partial<CallState> & { onLine?: boolean } = {},
) => {
  const participants = links.map((link, index) => remoteParticipant(`${index}`, "x", { link }));
  return isNetworkDown({ ...IDLE, phase: "joined", signaling: LOST, participants, ...patch }, onLine);
};

it("is down when the server and every link are lost together", () => {
  expect(down(["reconnecting", "reconnecting"])).toBe(true);
  expect(down(["reconnecting", "failed"])).toBe(true);
  expect(down([], { onLine: false })).toBe(true);
  expect(down(["failed"], { onLine: false })).toBe(true);
});

it("is not down while one link or the server works", () => {
  expect(down(["reconnecting", "connected"])).toBe(false);
  expect(down(["connected"], { onLine: false })).toBe(false);
  expect(down(["reconnecting"], { signaling: { kind: "online" } })).toBe(false);
  expect(down([], { onLine: false, signaling: { kind: "online" } })).toBe(false);
});

it("is not known to be down when only the server is lost", () => {
  expect(down([])).toBe(false);
  expect(down(["failed", "connecting"])).toBe(false);
  expect(down([], { onLine: false, phase: "joining" })).toBe(false);
});
