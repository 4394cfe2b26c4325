import type { LinkProblem } from "../types";
import { sections } from "./sdp";

/** Sections refused for want of a codec: their names and kinds. */
export type Refused = ReadonlyMap<string, string>;

/**
 * What is refused after an exchange. A section that was offered and answered with port zero has no codec in common
 * (RFC 3264 §6); one that was offered with port zero was put away, or refused before.
 */
export function refusedAfter(before: Refused, offer: string, answer: string): Refused {
  const refused = new Map<string, string>();
  const answered = sections(answer);
  sections(offer).forEach(({ mid, kind, rejected }, index) => {
    // By position: a refused section need not say its name.
    if (mid === null || !answered[index]?.rejected) return;
    if (!rejected || before.has(mid)) refused.set(mid, kind);
  });
  return refused;
}

/** What the link cannot carry. */
export function problemsOf(refused: Refused): LinkProblem[] {
  const kinds = [...refused.values()];
  return [
    ...(kinds.includes("audio") ? (["no-audio-codec"] as const) : []),
    ...(kinds.includes("video") ? (["no-video-codec"] as const) : []),
  ];
}
