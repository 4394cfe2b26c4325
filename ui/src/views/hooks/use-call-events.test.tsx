// @vitest-environment jsdom
import { act } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { renderView } from "../../../tests/render";
import type { CallState } from "../../call/types";
import { fakeHost, IDLE } from "../../gallery/fakes";

/** Loudspeakers of the chimes that were played. */
const chimes = vi.hoisted(() => [] as (string | null)[]);
vi.mock("../../components/sounds", async (original) => ({
  ...(await original<typeof import("../../components/sounds")>()),
  createSounds: (speaker: () => string | null) => ({
    play: () => chimes.push(speaker()),
    close: () => undefined,
  }),
}));

const engineOf = (kind: CallState["engine"]["kind"]) => ({ ...IDLE.engine, kind });
const JOINED = { type: "participant-joined", name: "Ann" } as const;

function show(state: Partial<CallState>, sounds = true) {
  const host = fakeHost("browser", { language: "en", sounds });
  const { call } = renderView(<span />, { ...IDLE, ...state }, { host, announced: true });
  act(() => call.emit(JOINED));
}

afterEach(() => {
  chimes.length = 0;
});

it("chimes are played on the selected loudspeaker", () => {
  show({ engine: engineOf("webview"), self: { ...IDLE.self, speakerId: "headset" } });
  expect(chimes).toEqual(["headset"]);
});

it("chimes are played on the default where the page has other devices than the engine", () => {
  show({ engine: engineOf("native"), self: { ...IDLE.self, speakerId: "headset" } });
  expect(chimes).toEqual([null]);
});

it("there are no chimes if they are switched off", () => {
  show({ engine: engineOf("webview") }, false);
  expect(chimes).toEqual([]);
});
