/**
 * Run-time checks of everything received: messages of the server, signals of other participants, and their messages on
 * the data channel. They return a result and never throw. Later versions may extend the protocol: unknown fields are
 * dropped, unknown codes and names are kept as they are (`Other`), and an unknown `type` differs from an invalid
 * message.
 *
 * Each schema is compared with its generated type at compile time, so that a change in `crates/protocol` without a change
 * here does not compile.
 */
import * as v from "valibot";
import {
  ERROR_CODES,
  type ErrorCode,
  LIMITS,
  type PeerMessage,
  type PeerSignal,
  type ServerMessage,
} from "./generated";
import { cleanName } from "./name";

export type Checked<T> =
  | { ok: true; value: T }
  | { ok: false; reason: "too-large" | "not-json" | "unknown-type" | "invalid"; detail: string };

/** Limit of `tracks` in a description: four sources in both directions, doubled. */
const MAX_TRACKS = 32;
/** Longer lists are refused. More than the capacity of any room. */
const MAX_LIST = 256;

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

/** In lower case, because IDs are compared as strings to decide who is polite. */
const uuid = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i),
  v.toLowerCase(),
);

/** Rust reads a null as an absent field, and `RTCIceCandidate.toJSON` writes nulls. */
function withoutNulls<const Keys extends readonly string[]>(...keys: Keys) {
  return v.transform((input: unknown) => {
    if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
    const copy: Record<string, unknown> = { ...input };
    for (const key of keys) if (copy[key] === null) delete copy[key];
    return copy;
  });
}

/** u32, as in Rust. */
const MAX_CAPACITY = 0xffffffff;

/** An earlier server sends names as they were given. */
const participant = v.object({
  id: uuid,
  name: v.pipe(text(LIMITS.maxNameChars * 2), v.transform(cleanName)),
});

const iceServer = v.pipe(
  v.unknown(),
  withoutNulls("username", "credential"),
  v.object({
    urls: v.pipe(v.array(text(2048)), v.maxLength(16)),
    username: v.exactOptional(text(LIMITS.maxSecretBytes)),
    credential: v.exactOptional(text(LIMITS.maxSecretBytes)),
  }),
);

const iceServers = v.pipe(v.array(iceServer), v.maxLength(16));

const SERVER = {
  joined: v.object({
    type: v.literal("joined"),
    self: uuid,
    room: v.object({
      id: text(LIMITS.maxRoomIdChars * 2),
      incarnation: uuid,
      capacity: v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.transform((capacity) => Math.min(capacity, MAX_CAPACITY)),
      ),
    }),
    participants: v.pipe(v.array(participant), v.maxLength(MAX_LIST)),
    iceServers,
    resume: text(LIMITS.maxSecretBytes),
    removed: v.exactOptional(v.pipe(v.array(uuid), v.maxLength(MAX_LIST))),
  }),
  "participant-joined": v.object({ type: v.literal("participant-joined"), participant }),
  "participant-left": v.object({
    type: v.literal("participant-left"),
    participant: uuid,
    reason: v.string(),
  }),
  signal: v.object({ type: v.literal("signal"), from: uuid, data: v.unknown() }),
  left: v.object({ type: v.literal("left") }),
  pong: v.pipe(
    v.unknown(),
    withoutNulls("iceServers"),
    v.object({ type: v.literal("pong"), iceServers: v.exactOptional(iceServers) }),
  ),
  error: v.pipe(
    v.unknown(),
    withoutNulls("retryAfterMs"),
    v.object({
      type: v.literal("error"),
      code: v.string(),
      message: text(4096),
      retryAfterMs: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    }),
  ),
} satisfies { [T in ServerMessage["type"]]: v.GenericSchema<unknown, Extract<ServerMessage, { type: T }>> };

const description = v.pipe(
  v.unknown(),
  withoutNulls("tracks", "offerId"),
  v.object({
    connection: v.string(),
    description: v.object({ type: v.picklist(["offer", "answer"]), sdp: text(LIMITS.maxDataBytes) }),
    tracks: v.exactOptional(
      v.pipe(
        v.record(text(64), v.string()),
        v.check((tracks) => Object.keys(tracks).length <= MAX_TRACKS),
      ),
    ),
    offerId: v.exactOptional(v.pipe(v.string(), v.maxLength(LIMITS.maxOfferIdUnits))),
  }),
);

const candidate = v.object({
  connection: v.string(),
  candidate: v.nullable(
    v.pipe(
      v.unknown(),
      withoutNulls("usernameFragment"),
      v.object({
        candidate: text(4096),
        sdpMid: v.optional(v.nullable(text(64)), null),
        sdpMLineIndex: v.optional(
          v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535))),
          null,
        ),
        usernameFragment: v.exactOptional(text(256)),
      }),
    ),
  ),
});

const state = v.object({
  microphone: v.boolean(),
  camera: v.boolean(),
  screen: v.boolean(),
  hand: v.boolean(),
});

const PEER = {
  hello: v.object({
    type: v.literal("hello"),
    participant: uuid,
    incarnation: uuid,
    state,
    features: v.exactOptional(v.array(v.string())),
  }),
  state: v.object({ type: v.literal("state"), state }),
  chat: v.object({
    type: v.literal("chat"),
    id: v.pipe(v.string(), v.nonEmpty(), v.maxLength(64)),
    at: v.pipe(v.number(), v.integer(), v.minValue(0)),
    text: v.pipe(v.string(), v.nonEmpty(), v.maxLength(LIMITS.maxChatUnits)),
  }),
  reaction: v.object({ type: v.literal("reaction"), reaction: text(64) }),
  shown: v.object({
    type: v.literal("shown"),
    source: text(64),
    height: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65535)),
  }),
} satisfies { [T in PeerMessage["type"]]: v.GenericSchema<unknown, Extract<PeerMessage, { type: T }>> };

/** A frame of the server. */
export function checkServerMessage(frame: string): Checked<ServerMessage> {
  if (frame.length > LIMITS.maxFrameBytes) return tooLarge(LIMITS.maxFrameBytes);
  const parsed = parse(frame);
  return parsed.ok ? byType<ServerMessage>(SERVER, parsed.value) : parsed;
}

/** A message of the server that is parsed already, as the desktop shell passes it on. */
export function checkServerValue(value: unknown): Checked<ServerMessage> {
  return byType<ServerMessage>(SERVER, value);
}

/** The `data` of a `signal`. */
export function checkPeerSignal(data: unknown): Checked<PeerSignal> {
  if (typeof data !== "object" || data === null)
    return { ok: false, reason: "invalid", detail: "not an object" };
  if ("description" in data) return validate(description, data);
  if ("candidate" in data) return validate(candidate, data);
  return { ok: false, reason: "unknown-type", detail: "neither a description nor a candidate" };
}

/** A text message of the data channel. */
export function checkPeerMessage(message: string): Checked<PeerMessage> {
  // A string never has more UTF-16 units than UTF-8 bytes, so this refuses nothing within the limit.
  if (message.length > LIMITS.maxPeerMessageBytes) return tooLarge(LIMITS.maxPeerMessageBytes);
  const parsed = parse(message);
  return parsed.ok ? byType<PeerMessage>(PEER, parsed.value) : parsed;
}

/** Whether this version knows the code. */
export function isErrorCode(code: string): code is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(code);
}

function parse(json: string): Checked<unknown> {
  try {
    return { ok: true, value: JSON.parse(json) };
  } catch {
    return { ok: false, reason: "not-json", detail: "not JSON" };
  }
}

function byType<T>(schemas: Record<string, v.GenericSchema<unknown, T>>, value: unknown): Checked<T> {
  if (typeof value !== "object" || value === null || !("type" in value) || typeof value.type !== "string") {
    return { ok: false, reason: "invalid", detail: "no 'type'" };
  }
  const schema = Object.hasOwn(schemas, value.type) ? schemas[value.type] : undefined;
  if (!schema) return { ok: false, reason: "unknown-type", detail: "unknown type" };
  return validate(schema, value);
}

function validate<T>(schema: v.GenericSchema<unknown, T>, value: unknown): Checked<T> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const issue = result.issues[0];
  return {
    ok: false,
    reason: "invalid",
    detail: `${v.getDotPath(issue) ?? "message"}: ${issue.message}`.slice(0, 200),
  };
}

function tooLarge(max: number): Checked<never> {
  return { ok: false, reason: "too-large", detail: `more than ${max} bytes` };
}

// Compile-time: with every optional field made required, generated type and schema must be assignable to each other.
// (`satisfies` above would not report an optional field that is missing in a schema.)
type Full<T> = T extends string
  ? T
  : T extends readonly (infer U)[]
    ? Full<U>[]
    : T extends object
      ? { [K in keyof T]-?: Full<T[K]> }
      : T;
type Same<A, B> = [Full<A>] extends [Full<B>] ? ([Full<B>] extends [Full<A>] ? true : false) : false;
type Output<Schemas> = {
  [K in keyof Schemas]: Schemas[K] extends v.GenericSchema ? v.InferOutput<Schemas[K]> : never;
}[keyof Schemas];
true satisfies Same<Output<typeof SERVER>, ServerMessage>;
true satisfies Same<Output<typeof PEER>, PeerMessage>;
true satisfies Same<v.InferOutput<typeof description> | v.InferOutput<typeof candidate>, PeerSignal>;
