//! Limits of what the other side may send (docs/transfer.md, "Limits").

/// Bytes of a control message.
pub const MAX_CONTROL_BYTES: usize = 16_384;
/// Bytes of a bulk message.
pub const MAX_BULK_BYTES: usize = 262_144;
/// Entries of a transfer.
pub const MAX_ENTRIES: u32 = 1_000_000;
/// Bytes of a file: the largest integer that every JSON parser reads exactly (RFC 8259 §6).
pub const MAX_FILE_BYTES: u64 = (1 << 53) - 1;
/// Bytes of UTF-8 of a path.
pub const MAX_PATH_BYTES: usize = 4_096;
/// Components of a path.
pub const MAX_PATH_COMPONENTS: usize = 64;
/// Bytes of UTF-8 of a component of a path.
pub const MAX_COMPONENT_BYTES: usize = 1_024;
/// Entries that an offer names.
pub const MAX_NAMES: usize = 8;
/// Ranges that are wanted and not yet sent, of one transfer.
pub const MAX_WANTED: usize = 1_024;
/// Unfinished transfers of one sender.
pub const MAX_TRANSFERS: usize = 64;
/// Groups of a file of which some bytes arrived and others did not.
pub const MAX_OPEN_GROUPS: usize = 64;
/// Stripes of a connection beside the first.
pub const MAX_STRIPES: u8 = 15;
