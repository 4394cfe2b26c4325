import type { CaptureLack, EngineProblem } from "./types";

/** What costs more than it would have to, and works. */
export function isMerelySlow(problem: EngineProblem): boolean {
  return problem === "slow-frame-access" || problem === "slow-frame-display";
}

const LACKS: readonly EngineProblem[] = [
  "no-pipewire-plugin",
  "no-camera-portal",
  "no-screen-portal",
  "no-graphics-card",
] satisfies CaptureLack[];

/** What keeps pictures from being sent or shown, while voices work. */
export function isAboutPictures(problem: EngineProblem): boolean {
  return problem !== "insecure-page" && !isMerelySlow(problem) && !isCaptureLack(problem);
}

/** What stands in the way of a device of this computer only, and is told when that is opened. */
export function isCaptureLack(problem: EngineProblem): problem is CaptureLack {
  return LACKS.includes(problem);
}
