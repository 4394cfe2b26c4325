import type { EngineProblem, MissingComponent } from "./types";

/** A fallback is in use: it works, at a higher CPU cost. */
export function isFallback(problem: EngineProblem): boolean {
  return problem === "slow-frame-access" || problem === "slow-frame-display";
}

const MISSING_COMPONENTS: readonly EngineProblem[] = [
  "no-pipewire-plugin",
  "no-camera-portal",
  "no-screen-portal",
  "no-graphics-card",
] satisfies MissingComponent[];

/** Prevents video from being sent or shown; audio works. */
export function preventsVideo(problem: EngineProblem): boolean {
  return problem !== "insecure-page" && !isFallback(problem) && !isMissingComponent(problem);
}

/** Prevents only local capture, and is reported when the device is opened. */
function isMissingComponent(problem: EngineProblem): problem is MissingComponent {
  return MISSING_COMPONENTS.includes(problem);
}
