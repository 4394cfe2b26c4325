import type { EngineProblem } from "./types";

/** What costs more than it would have to, and works. */
export function isMerelySlow(problem: EngineProblem): boolean {
  return problem === "slow-frame-access" || problem === "slow-frame-display";
}
