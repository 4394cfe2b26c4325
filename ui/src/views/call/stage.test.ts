import { describe, expect, it } from "vitest";
import { person, QUIET, remoteTrack } from "../../gallery/fakes";
import { INITIAL_STAGE, type StageView, spotlightOf, stageItems, stageReducer } from "./stage";

const sharer = (id: string) =>
  person(id, id, { state: { ...QUIET, screen: true }, tracks: { screen: remoteTrack("screen", null) } });

function rolled(view: StageView, people: Parameters<typeof stageItems>[0], speaker: string | null = null) {
  const items = stageItems(people);
  const next = stageReducer(view, { type: "roster", items, speaker });
  return { view: next, items, spotlight: spotlightOf(next, items) };
}

describe("what is large", () => {
  it("is nobody while people only talk", () => {
    expect(rolled(INITIAL_STAGE, [person("a", "A"), person("b", "B")], "a").spotlight).toBeNull();
  });

  it("is the newest shared screen, or the one chosen", () => {
    const one = rolled(INITIAL_STAGE, [sharer("a"), person("b", "B")]);
    expect(one.spotlight).toBe("screen:a");
    const two = rolled(one.view, [sharer("a"), sharer("b")]);
    expect(two.spotlight).toBe("screen:b");
    const chosen = stageReducer(two.view, { type: "choose-screen", key: "screen:a" });
    expect(spotlightOf(chosen, two.items)).toBe("screen:a");
    expect(rolled(chosen, [person("a", "A"), sharer("b")]).spotlight).toBe("screen:b");
  });

  it("is a screen that begins, even after going back to the grid", () => {
    const first = rolled(INITIAL_STAGE, [sharer("a"), person("b", "B")]);
    const grid = stageReducer(first.view, { type: "toggle", spotlighted: true });
    expect(spotlightOf(grid, first.items)).toBeNull();
    expect(rolled(grid, [sharer("a"), sharer("b")]).spotlight).toBe("screen:b");
  });

  it("follows the speaker when asked to, stays with the last one in silence, never with oneself", () => {
    const people = [person("a", "A"), person("b", "B")];
    const speaker = stageReducer(INITIAL_STAGE, { type: "toggle", spotlighted: false });
    expect(rolled(speaker, people).spotlight).toBe("person:a");
    const spoke = rolled(speaker, people, "b");
    expect(spoke.spotlight).toBe("person:b");
    expect(rolled(spoke.view, people, null).spotlight).toBe("person:b");
    expect(rolled(spoke.view, people, "self").spotlight).toBe("person:b");
    expect(rolled(spoke.view, [person("a", "A")], null).spotlight).toBe("person:a");
  });

  it("is whoever was clicked, until clicked again or gone", () => {
    const people = [person("a", "A"), person("b", "B")];
    const { view, items } = rolled(INITIAL_STAGE, people);
    const pinned = stageReducer(view, { type: "pin", key: "person:b", spotlighted: false });
    expect(spotlightOf(pinned, items)).toBe("person:b");
    expect(
      spotlightOf(stageReducer(pinned, { type: "pin", key: "person:b", spotlighted: true }), items),
    ).toBeNull();
    expect(rolled(pinned, [person("a", "A")]).spotlight).toBeNull();
  });

  it("is nobody when one is alone", () => {
    const alone = rolled(stageReducer(INITIAL_STAGE, { type: "toggle", spotlighted: false }), []);
    expect(alone.spotlight).toBeNull();
  });
});

it("never shows one's own screen as a tile", () => {
  expect(stageItems([]).map(({ kind }) => kind)).toEqual(["self"]);
});
