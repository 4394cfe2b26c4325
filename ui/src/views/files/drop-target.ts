import type { RemoteParticipant } from "../../call/types";
/** In CSS pixels of the window. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An element over which files can be dropped on somebody. */
export interface DropArea {
  /** Participant ID, or "self". */
  participant: string;
  rect: Rect;
}

export type DropTarget =
  /** `rect`: of the area the pointer is over. */
  | { kind: "one"; participant: RemoteParticipant; rect: Rect }
  | { kind: "everyone"; participants: readonly RemoteParticipant[] }
  /** Over somebody whose program takes no files. */
  | { kind: "refused"; participant: RemoteParticipant; rect: Rect }
  /** Nobody is here who can receive files. */
  | { kind: "nobody" };

/** Who gets what is dropped at a point. The last area that contains it counts: it is in front of the others. */
export function dropTargetAt(
  x: number,
  y: number,
  areas: readonly DropArea[],
  participants: readonly RemoteParticipant[],
): DropTarget {
  const hit = areas.findLast(({ rect }) => contains(rect, x, y));
  const participant = participants.find(({ id }) => id === hit?.participant);
  if (hit && participant) {
    return { kind: participant.files ? "one" : "refused", participant, rect: hit.rect };
  }
  const able = participants.filter(({ files }) => files);
  return able.length > 0 ? { kind: "everyone", participants: able } : { kind: "nobody" };
}

function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
}

/** The tiles and rows of people on the screen, in the order of the document. */
export function dropAreas(root: ParentNode): DropArea[] {
  return [...root.querySelectorAll<HTMLElement>("[data-drop]")]
    .filter((element) => element.closest("[inert], [hidden]") === null)
    .map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { participant: element.dataset.drop ?? "", rect: { x, y, width, height } };
    })
    .filter(({ rect }) => rect.width > 0 && rect.height > 0);
}

/** Participant IDs. */
export function recipientsOf(target: DropTarget): string[] {
  if (target.kind === "one") return [target.participant.id];
  return target.kind === "everyone" ? target.participants.map(({ id }) => id) : [];
}
