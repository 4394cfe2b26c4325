import type { CallState } from "../../call/types";

/**
 * The loudspeaker for what the page itself plays. With the engine in the shell it is the default: the devices there have
 * other IDs than those of the page.
 */
export function pageSpeaker({ engine, self }: CallState): string | null {
  return engine.kind === "webview" ? self.speakerId : null;
}
