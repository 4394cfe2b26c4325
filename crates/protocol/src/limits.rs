//! Every limit of the wire, in one place. Servers may be stricter, never more generous.

/// Largest WebSocket text frame either side may send, in bytes.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;

/// Largest `data` of a `signal`, in bytes of its JSON text as sent.
pub const MAX_DATA_BYTES: usize = 32 * 1024;

/// Deepest nesting of arrays and objects in one frame, the frame's own object included.
///
/// Relayed `data` is not parsed by the server, so without this bound one participant could hand
/// another a text that overflows the stack of a recursive JSON parser.
pub const MAX_NESTING: usize = 64;

/// Longest room ID after normalisation, in Unicode scalar values.
pub const MAX_ROOM_ID_CHARS: usize = 64;

/// Longest display name, in Unicode scalar values.
pub const MAX_NAME_CHARS: usize = 64;

/// Longest `token` or `resume`, in bytes.
pub const MAX_SECRET_BYTES: usize = 4 * 1024;

/// Most names in `features`.
pub const MAX_FEATURES: usize = 32;

/// Longest name in `features`, in bytes.
pub const MAX_FEATURE_BYTES: usize = 64;

/// Participants a room admits unless the server is configured otherwise: a full mesh grows with the
/// square of its size, and eight is what one uplink carries.
pub const DEFAULT_ROOM_CAPACITY: usize = 8;

/// A client that sends nothing for this long is considered disconnected, in milliseconds. With
/// [`PING_INTERVAL_MS`] this detects a lost client within 15 s.
pub const DEAD_AFTER_MS: u64 = 12_000;

/// Interval at which each side sends something, a ping if nothing else, in milliseconds.
pub const PING_INTERVAL_MS: u64 = 5_000;

/// How long a participant whose socket was lost can come back with `resume`, in milliseconds.
pub const RESUME_WINDOW_MS: u64 = 15_000;

/// Longest `offerId` of a description, in UTF-16 code units (what JavaScript counts).
pub const MAX_OFFER_ID_UNITS: usize = 64;

/// Longest chat text on the peer data channel, in UTF-16 code units (what JavaScript counts).
pub const MAX_CHAT_UNITS: usize = 4_000;

/// Largest message on the peer data channel, in bytes of its UTF-8 JSON text.
pub const MAX_PEER_MESSAGE_BYTES: usize = 16 * 1024;
