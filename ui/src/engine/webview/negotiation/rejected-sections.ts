import type { LinkProblem } from "../../types";
import { mediaSections } from "./sdp";

/** Media sections rejected because the two sides have no common codec: their kinds, by mid. */
export type RejectedSections = ReadonlyMap<string, string>;

/**
 * The rejected sections after an exchange. A section that was offered and answered with port zero has no common codec
 * (RFC 3264 §6); one offered with port zero was stopped, or rejected before.
 */
export function rejectedSections(before: RejectedSections, offer: string, answer: string): RejectedSections {
  const rejected = new Map<string, string>();
  const answered = mediaSections(answer);
  mediaSections(offer).forEach(({ mid, kind, portZero }, index) => {
    // By position: a rejected section need not have a mid in the answer.
    if (mid === null || !answered[index]?.portZero) return;
    if (!portZero || before.has(mid)) rejected.set(mid, kind);
  });
  return rejected;
}

export function linkProblems(rejected: RejectedSections): LinkProblem[] {
  const kinds = [...rejected.values()];
  return [
    ...(kinds.includes("audio") ? (["no-audio-codec"] as const) : []),
    ...(kinds.includes("video") ? (["no-video-codec"] as const) : []),
  ];
}
