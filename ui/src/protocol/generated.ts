// Generated from crates/protocol by `cargo xtask types`. Do not edit.

export type ParticipantId = string;

export type Incarnation = string;

export type RoomId = string;

export type ErrorCode = "bad-message" | "room-full" | "invalid-room" | "invalid-name" | "unknown-participant" | "too-large" | "rate-limited" | "unauthorized" | "unsupported-version" | "shutting-down" | "already-joined" | "not-joined" | "server-full" | "too-many-connections" | "slow-reader" | "timed-out" | "replaced";

export type LeaveReason = "left" | "lost" | "removed";

export type Participant = { 
/**
 * Stable while the participant is in the room.
 */
id: ParticipantId, 
/**
 * Display name as given at `join`, cleaned (`clean_name`); may be empty, and is not unique.
 */
name: string, };

export type JoinedRoom = { 
/**
 * Canonical room ID.
 */
id: RoomId, 
/**
 * Which life of the room this is.
 */
incarnation: Incarnation, 
/**
 * Maximum number of participants, including the receiver.
 */
capacity: number, };

export type IceServer = { 
/**
 * `stun:` and `turn:` URLs (RFC 7064, RFC 7065).
 */
urls: Array<string>, 
/**
 * TURN only.
 */
username?: string, 
/**
 * TURN only.
 */
credential?: string, };

export type ClientMessage = { "type": "join", 
/**
 * Any spelling of the room ID; the answer has the canonical one.
 */
room: RoomId, 
/**
 * Display name, at most `LIMITS.maxNameChars` characters without control characters, cleaned (`clean_name`).
 */
name: string, 
/**
 * Access token, if the server requires one.
 */
token?: string, 
/**
 * The secret of an earlier `joined`, to get the same participant ID back.
 */
resume?: string, 
/**
 * What the client supports beyond version 1: the server sends new messages only to clients that support them.
 * At most `LIMITS.maxFeatures` names of at most `LIMITS.maxFeatureBytes` bytes; unknown ones are ignored.
 */
features?: Array<string>, } | { "type": "signal", 
/**
 * The receiver.
 */
to: ParticipantId, 
/**
 * Any JSON of at most `LIMITS.maxDataBytes` bytes; Maru's own clients put a `PeerSignal` here.
 */
data: unknown, } | { "type": "leave", } | { "type": "ping", };

export type ServerMessage = { "type": "joined", 
/**
 * The receiver's own ID.
 */
self: ParticipantId, 
/**
 * The room as it is now.
 */
room: JoinedRoom, 
/**
 * The others, in the order in which they joined.
 */
participants: Array<Participant>, 
/**
 * STUN and TURN servers for `RTCConfiguration.iceServers`.
 */
iceServers: Array<IceServer>, 
/**
 * Secret for `join.resume`, valid for `LIMITS.resumeWindowMs` after the socket is lost.
 */
resume: string, 
/**
 * Who was removed from the room since the receiver's last `joined`: their links end as after a
 * `participant-left` with that reason, which the receiver missed.
 */
removed?: Array<ParticipantId>, } | { "type": "participant-joined", 
/**
 * Who.
 */
participant: Participant, } | { "type": "participant-left", 
/**
 * Who.
 */
participant: ParticipantId, 
/**
 * Why.
 */
reason: LeaveReason | Other, } | { "type": "signal", 
/**
 * The sender, guaranteed by the server.
 */
from: ParticipantId, 
/**
 * Unread by the server.
 */
data: unknown, } | { "type": "left", } | { "type": "pong", 
/**
 * Replaces those of `joined` when their credentials must be renewed.
 */
iceServers?: Array<IceServer>, } | { "type": "error", 
/**
 * The reason; clients act on it alone.
 */
code: ErrorCode | Other, 
/**
 * For people; may change.
 */
message: string, 
/**
 * With `room-full`, in milliseconds: when the seat of a participant whose socket is lost becomes free, unless
 * the participant resumes. A `join` after it may succeed.
 */
retryAfterMs?: number, };

export type Connection = "media" | "files";

export type Source = "microphone" | "camera" | "screen" | "screen-audio";

export type SdpType = "offer" | "answer";

export type Description = { 
/**
 * Offer or answer.
 */
type: SdpType, 
/**
 * SDP text (RFC 8866).
 */
sdp: string, };

export type IceCandidate = { 
/**
 * `candidate:…`, or empty for the end of candidates of one generation.
 */
candidate: string, 
/**
 * Media section the candidate is for.
 */
sdpMid: string | null, 
/**
 * Index of that section.
 */
sdpMLineIndex: number | null, 
/**
 * The `ice-ufrag` of its ICE generation, if the sender gives it.
 */
usernameFragment?: string, };

export type PeerSignal = { 
/**
 * Which connection; one for a connection that the receiver does not know is ignored.
 */
connection: Connection | Other, 
/**
 * The description.
 */
description: Description, 
/**
 * `a=mid` of each section the sender may send in → what it carries. A peer that leaves it out
 * sends its microphone in the first audio section and its camera in the first video section.
 * The receiver does not show sections with a source that it does not know.
 */
tracks?: { [key in string]: Source | Other }, 
/**
 * On an offer: its ID, a different one for each offer of its sender, at most
 * `LIMITS.maxOfferIdUnits` UTF-16 units. On an answer: the ID of the offer that it answers.
 * Signaling may lose and repeat descriptions, and SDP does not contain which offer an answer is for. Without it
 * the receiver follows the rules in `docs/protocol.md`.
 */
offerId?: string, } | { 
/**
 * Which connection; one for a connection that the receiver does not know is ignored.
 */
connection: Connection | Other, 
/**
 * The candidate.
 */
candidate: IceCandidate | null, };

export type MediaState = { 
/**
 * The microphone is on and not muted.
 */
microphone: boolean, 
/**
 * The camera is on.
 */
camera: boolean, 
/**
 * A screen, window or tab is being shared.
 */
screen: boolean, 
/**
 * The hand is up.
 */
hand: boolean, };

export type PeerMessage = { "type": "hello", 
/**
 * The sender's current participant ID.
 */
participant: ParticipantId, 
/**
 * The room's incarnation that ID belongs to.
 */
incarnation: Incarnation, 
/**
 * The sender's state.
 */
state: MediaState, 
/**
 * What the sender understands beyond version 1; names as in `Join`.
 */
features?: Array<string>, } | { "type": "state", 
/**
 * All of it.
 */
state: MediaState, } | { "type": "chat", 
/**
 * Made by the sender, unique among its messages.
 */
id: string, 
/**
 * When it was written, in milliseconds since the Unix epoch by the sender's clock.
 */
at: number, 
/**
 * Plain text, at most `LIMITS.maxChatUnits` UTF-16 units.
 */
text: string, } | { "type": "reaction", 
/**
 * Name of the reaction, e.g. `clap`; unknown names are ignored.
 */
reaction: string, } | { "type": "shown", 
/**
 * Which of the receiver's sources; an unknown one is ignored.
 */
source: Source | Other, 
/**
 * In physical pixels; 0 while it is not on the screen.
 */
height: number, };

/** A name that this version does not know: newer sides may send one. */
export type Other = string & {};

export const ERROR_CODES = ["bad-message", "room-full", "invalid-room", "invalid-name", "unknown-participant", "too-large", "rate-limited", "unauthorized", "unsupported-version", "shutting-down", "already-joined", "not-joined", "server-full", "too-many-connections", "slow-reader", "timed-out", "replaced"] as const satisfies readonly ErrorCode[];

export const CLOSE_CODES = { "bad-message": 1007, "room-full": 4453, "invalid-room": 4400, "invalid-name": 4422, "unknown-participant": 4404, "too-large": 1009, "rate-limited": 4429, "unauthorized": 4401, "unsupported-version": 4426, "shutting-down": 1012, "already-joined": 4409, "not-joined": 4412, "server-full": 1013, "too-many-connections": 4430, "slow-reader": 4413, "timed-out": 4408, "replaced": 4440 } as const satisfies Record<ErrorCode, number>;

export const SUBPROTOCOL = "maru.v1";

export const LIMITS = {
  maxFrameBytes: 65536,
  maxDataBytes: 32768,
  maxNesting: 64,
  maxRoomIdChars: 64,
  maxNameChars: 64,
  maxSecretBytes: 4096,
  maxFeatures: 32,
  maxFeatureBytes: 64,
  defaultRoomCapacity: 8,
  deadAfterMs: 12000,
  pingIntervalMs: 5000,
  resumeWindowMs: 15000,
  maxOfferIdUnits: 64,
  maxChatUnits: 4000,
  maxPeerMessageBytes: 16384,
} as const;
