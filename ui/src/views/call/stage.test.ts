import { describe, expect, it } from "vitest";
import { ALL_OFF } from "../../call/media-state";
import type { RemoteParticipant } from "../../call/types";
import { remoteParticipant, remoteTrack } from "../../gallery/fakes";
import { INITIAL_STAGE, type StageState, spotlightOf, stageItems, stageReducer } from "./stage";

const A = remoteParticipant("a", "A", { key: "1" });
const B = remoteParticipant("b", "B", { key: "2" });
const sharing = (participant: RemoteParticipant): RemoteParticipant => ({
  ...participant,
  state: { ...ALL_OFF, screen: true },
  tracks: { screen: remoteTrack("screen", null) },
});

function update(stage: StageState, participants: RemoteParticipant[], activeSpeaker: string | null = null) {
  const items = stageItems(participants);
  const next = stageReducer(stage, { type: "update", items, activeSpeaker });
  return { stage: next, items, spotlight: spotlightOf(next, items) };
}

describe("the items", () => {
  it("are screens first, then participants in order, then oneself", () => {
    expect(stageItems([A, sharing(B)]).map(({ key }) => key)).toEqual([
      "screen:2",
      "participant:1",
      "participant:2",
      "self",
    ]);
  });

  it("are without oneself if that is hidden", () => {
    expect(stageItems([A], true).map(({ key }) => key)).toEqual(["participant:1"]);
    expect(stageItems([], true)).toEqual([]);
  });

  it("contain a screen only if it is shared and its track is there", () => {
    const state = { ...ALL_OFF, screen: true };
    const tracks = { screen: remoteTrack("screen", null) };
    for (const participant of [
      { ...A, state },
      { ...A, tracks },
    ])
      expect(stageItems([participant]).map(({ kind }) => kind)).toEqual(["participant", "self"]);
  });

  it("keep their keys when the server assigns other IDs", () => {
    const keys = (participants: RemoteParticipant[]) => stageItems(participants).map(({ key }) => key);
    const renamed = [sharing({ ...A, id: "x" }), { ...B, id: "y" }];
    expect(keys(renamed)).toEqual(keys([sharing(A), B]));
  });
});

describe("the large tile", () => {
  it("is none while nobody shares a screen", () => {
    expect(update(INITIAL_STAGE, [A, B], A.key).spotlight).toBeNull();
  });

  it("is the newest shared screen, or the selected one", () => {
    const one = update(INITIAL_STAGE, [sharing(A), B]);
    expect(one.spotlight).toBe("screen:1");
    const two = update(one.stage, [sharing(A), sharing(B)]);
    expect(two.spotlight).toBe("screen:2");
    const selected = stageReducer(two.stage, { type: "select-screen", key: "screen:1" });
    expect(spotlightOf(selected, two.items)).toBe("screen:1");
    expect(update(selected, [A, sharing(B)]).spotlight).toBe("screen:2");
  });

  it("is a screen that starts, even in the grid", () => {
    const first = update(INITIAL_STAGE, [sharing(A), B]);
    const grid = stageReducer(first.stage, { type: "toggle-spotlight", spotlighted: true });
    expect(spotlightOf(grid, first.items)).toBeNull();
    expect(update(grid, [sharing(A), sharing(B)]).spotlight).toBe("screen:2");
  });

  it("is the last active speaker in speaker mode, but never oneself", () => {
    const people = [A, B];
    const speaker = stageReducer(INITIAL_STAGE, { type: "toggle-spotlight", spotlighted: false });
    expect(update(speaker, people).spotlight).toBe("participant:1");
    const spoke = update(speaker, people, B.key);
    expect(spoke.spotlight).toBe("participant:2");
    expect(update(spoke.stage, people, null).spotlight).toBe("participant:2");
    expect(update(spoke.stage, people, "self").spotlight).toBe("participant:2");
    expect(update(spoke.stage, [A], null).spotlight).toBe("participant:1");
  });

  it("is the pinned one, until it is unpinned or gone", () => {
    const { stage, items } = update(INITIAL_STAGE, [A, B]);
    const pinned = stageReducer(stage, { type: "pin", key: "participant:2", spotlighted: false });
    expect(spotlightOf(pinned, items)).toBe("participant:2");
    const unpinned = stageReducer(pinned, { type: "pin", key: "participant:2", spotlighted: true });
    expect(spotlightOf(unpinned, items)).toBeNull();
    expect(update(pinned, [A]).spotlight).toBeNull();
  });

  it("stays when the server assigns other IDs", () => {
    const renamed = [
      { ...A, id: "x" },
      { ...B, id: "y" },
    ];
    const { stage } = update(INITIAL_STAGE, [A, B], B.key);
    const pinned = stageReducer(stage, { type: "pin", key: "participant:1", spotlighted: false });
    expect(update(pinned, renamed).spotlight).toBe("participant:1");
    const speaker = stageReducer(stage, { type: "toggle-spotlight", spotlighted: false });
    expect(update(speaker, renamed).spotlight).toBe("participant:2");
  });

  it("is none while one is alone", () => {
    const speaker = stageReducer(INITIAL_STAGE, { type: "toggle-spotlight", spotlighted: false });
    expect(update(speaker, []).spotlight).toBeNull();
  });
});
