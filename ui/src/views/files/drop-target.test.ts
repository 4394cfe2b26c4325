// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import { remoteParticipant } from "../../gallery/fakes";
import { dropAreas, dropTargetAt, recipientsOf } from "./drop-target";

const ANN = remoteParticipant("a", "Ann");
const BEN = remoteParticipant("b", "Ben");
const OLD = remoteParticipant("o", "Old", { files: false });
const PEOPLE = [ANN, BEN, OLD];
const area = (participant: string, x: number, y: number, width = 100, height = 100) => ({
  participant,
  rect: { x, y, width, height },
});
const AREAS = [area("a", 0, 0), area("b", 100, 0), area("o", 200, 0), area("self", 300, 0)];

describe("dropTargetAt", () => {
  it("is the person under the pointer, up to the edges", () => {
    for (const [x, y] of [
      [100, 0],
      [199.5, 99.5],
    ] as const)
      expect(dropTargetAt(x, y, AREAS, PEOPLE)).toMatchObject({ kind: "one", participant: BEN });
    expect(dropTargetAt(99.5, 0, AREAS, PEOPLE)).toMatchObject({ participant: ANN });
    expect(dropTargetAt(150, 100, AREAS, PEOPLE).kind).toBe("everyone");
  });

  it("is everyone who can receive files beside the tiles, and over the own tile", () => {
    for (const x of [350, 900])
      expect(dropTargetAt(x, 50, AREAS, PEOPLE)).toEqual({ kind: "everyone", participants: [ANN, BEN] });
  });

  it("is refused over somebody whose program takes no files", () => {
    const target = dropTargetAt(250, 50, AREAS, PEOPLE);
    expect(target).toMatchObject({ kind: "refused", participant: OLD });
    expect(recipientsOf(target)).toEqual([]);
  });

  it("is nobody if no one can receive files", () => {
    expect(dropTargetAt(900, 50, AREAS, [OLD])).toEqual({ kind: "nobody" });
    expect(dropTargetAt(900, 50, [], [])).toEqual({ kind: "nobody" });
  });

  it("is the area in front where two overlap", () => {
    const areas = [...AREAS, area("a", 120, 20, 50, 50)];
    expect(dropTargetAt(130, 30, areas, PEOPLE)).toMatchObject({ participant: ANN });
    expect(dropTargetAt(110, 30, areas, PEOPLE)).toMatchObject({ participant: BEN });
  });

  it("is everyone over the tile of somebody who has just left", () => {
    expect(dropTargetAt(50, 50, AREAS, [BEN])).toEqual({ kind: "everyone", participants: [BEN] });
  });

  it("names participants by ID", () => {
    expect(recipientsOf(dropTargetAt(150, 50, AREAS, PEOPLE))).toEqual(["b"]);
    expect(recipientsOf(dropTargetAt(900, 50, AREAS, PEOPLE))).toEqual(["a", "b"]);
  });
});

describe("dropAreas", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    document.body.innerHTML = "";
  });

  it("are those on the screen, not those behind something or hidden", () => {
    vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(function rect(
      this: HTMLElement,
    ) {
      return new DOMRect(1, 2, Number(this.dataset.width ?? 10), 10);
    });
    document.body.innerHTML = `
      <div inert><i data-drop="inert"></i></div><div hidden><i data-drop="hidden"></i></div>
      <i data-drop="a"></i><i data-drop="empty" data-width="0"></i><i></i>`;
    expect(dropAreas(document)).toEqual([{ participant: "a", rect: { x: 1, y: 2, width: 10, height: 10 } }]);
  });
});
