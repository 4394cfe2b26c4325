/** Checks of the results and events of the shell's engine, which may be of another version than this page. */
import * as v from "valibot";
import type {
  NativeDevice,
  NativeEvent,
  NativeMicrophone,
  NativeOpened,
  NativeStats,
} from "../../engine/native/bridge";
import type { DeviceFailureCode, LinkStatus, MissingComponent, Source } from "../../engine/types";
import { checkPeerSignal } from "../../protocol/check";
import { LIMITS } from "../../protocol/generated";

/** Longer than any list of a correct shell. */
const MAX_LIST = 256;

const text = (max = 1_024) => v.pipe(v.string(), v.maxLength(max));
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const measure = v.nullable(v.pipe(v.number(), v.finite()));
const decibels = v.pipe(v.number(), v.finite());
const list = <T>(item: v.GenericSchema<unknown, T>) => v.pipe(v.array(item), v.maxLength(MAX_LIST));
const source = v.picklist(["microphone", "camera", "screen", "screen-audio"]) satisfies v.GenericSchema<
  unknown,
  Source
>;
const status = v.picklist([
  "connecting",
  "connected",
  "reconnecting",
  "failed",
  "closed",
]) satisfies v.GenericSchema<unknown, LinkStatus>;

export const missingComponents = list(
  v.picklist([
    "no-pipewire-plugin",
    "no-camera-portal",
    "no-screen-portal",
    "no-graphics-card",
  ]) satisfies v.GenericSchema<unknown, MissingComponent>,
);

export const opened = v.object({
  mediaUrl: v.pipe(v.string(), v.regex(/^ws:\/\/127\.0\.0\.1:\d{1,5}\/$/)),
  // Sent as a WebSocket subprotocol, so it must be a token (RFC 9110 §5.6.2).
  token: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{16,128}$/)),
}) satisfies v.GenericSchema<unknown, NativeOpened>;

export const devices = list(
  v.object({ id: text(), kind: v.picklist(["microphone", "speaker"]), label: text() }),
) satisfies v.GenericSchema<unknown, NativeDevice[]>;

export const microphone = v.object({
  stream: id,
  deviceId: v.nullable(text()),
  label: text(),
}) satisfies v.GenericSchema<unknown, NativeMicrophone>;

export const stats = v.nullable(
  v.object({
    roundTrip: measure,
    lost: count,
    expected: count,
    jitter: measure,
    sent: count,
    received: count,
    bandwidth: v.pipe(v.number(), v.minValue(0)),
    localCandidate: v.nullable(text()),
    remoteCandidate: v.nullable(text()),
    media: list(
      v.object({
        direction: v.picklist(["sent", "received"]),
        source,
        stream: id,
        codec: text(64),
        frames: count,
        packets: count,
        concealed: v.nullable(count),
        delay: measure,
      }),
    ),
  }),
) satisfies v.GenericSchema<unknown, NativeStats | null>;

const problem = v.picklist(["no-audio-codec", "no-video-codec"]);

const event = v.variant("type", [
  v.object({ type: v.literal("status"), link: id, status, detail: text(4_096) }),
  v.object({ type: v.literal("signal"), link: id, signal: v.unknown() }),
  v.object({ type: v.literal("tracks"), link: id, tracks: list(v.object({ source, stream: id })) }),
  v.object({ type: v.literal("problems"), link: id, problems: list(problem) }),
  v.object({ type: v.literal("open"), link: id }),
  v.object({ type: v.literal("message"), link: id, text: text(LIMITS.maxPeerMessageBytes) }),
  v.object({ type: v.literal("live"), stream: id, live: v.boolean() }),
  v.object({
    type: v.literal("levels"),
    microphone: decibels,
    input: decibels,
    remote: list(v.object({ stream: id, level: decibels })),
  }),
  v.object({ type: v.literal("microphone-ended"), stream: id }),
  v.object({ type: v.literal("devices-changed") }),
]);

/** Null if this version does not know the event. */
export function checkNativeEvent(value: unknown): NativeEvent | null {
  const outer = v.safeParse(event, value);
  if (!outer.success) return null;
  if (outer.output.type !== "signal") return outer.output;
  const signal = checkPeerSignal(outer.output.signal);
  return signal.ok ? { ...outer.output, signal: signal.value } : null;
}

const CODES = ["denied", "cancelled", "missing", "busy", "insecure", "unsupported", "failed"] as const;
true satisfies [DeviceFailureCode] extends [(typeof CODES)[number]] ? true : false;

/** The code of a device error; `failed` if it is not known. */
export function deviceCode(code: string): DeviceFailureCode {
  return CODES.find((known) => known === code) ?? "failed";
}
