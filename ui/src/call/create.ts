import { detectEngine } from "../engine/detect/detect-engine";
import type { Host } from "../host/types";
import { Call } from "./call";

/** A call on the engine that this window supports, with the stored settings. */
export async function createCall(host: Host): Promise<Call> {
  const [engine] = await Promise.all([detectEngine(host.native), host.settings.ready]);
  return new Call({ host, engine });
}
