import * as v from "valibot";
import { checkServerValue } from "../../protocol/check";
import type { SignalingEvent, SignalingStatus } from "../types";

/** A signaling event. `turn`: number of the last join or leave that the shell had handled (see `signaling.ts`). */
export interface Envelope {
  turn: number;
  event: SignalingEvent;
}

const status = v.variant("kind", [
  v.object({ kind: v.literal("idle") }),
  v.object({ kind: v.literal("connecting") }),
  v.object({ kind: v.literal("online") }),
  v.object({
    kind: v.literal("reconnecting"),
    attempt: v.pipe(v.number(), v.integer(), v.minValue(1)),
    retryAt: v.nullable(v.number()),
    detail: v.string(),
  }),
  v.object({
    kind: v.literal("refused"),
    code: v.string(),
    detail: v.string(),
    retryAfter: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
  }),
]) satisfies v.GenericSchema<unknown, SignalingStatus>;

const envelope = v.object({
  turn: v.pipe(v.number(), v.integer(), v.minValue(0)),
  event: v.variant("type", [
    v.object({ type: v.literal("status"), status }),
    v.object({ type: v.literal("message"), message: v.unknown() }),
  ]),
});

/** Checks an envelope of the shell; null if this version does not know it. */
export function checkEnvelope(value: unknown): Envelope | null {
  const outer = v.safeParse(envelope, value);
  if (!outer.success) return null;
  const { turn, event } = outer.output;
  if (event.type === "status") return { turn, event };
  // Decoded by the shell already; this checks that both decoders agree.
  const message = checkServerValue(event.message);
  return message.ok ? { turn, event: { type: "message", message: message.value } } : null;
}
