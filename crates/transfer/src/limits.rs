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
/// Bytes of a code that this version does not know; the rest is cut.
pub const MAX_CODE_BYTES: usize = 64;
/// Ranges that are wanted and not yet sent, of one transfer.
pub const MAX_WANTED: usize = 1_024;
/// Unfinished transfers of one sender.
pub const MAX_TRANSFERS: usize = 64;
/// Groups of a file of which some bytes arrived and others did not.
pub const MAX_OPEN_GROUPS: usize = 64;
/// Groups of all files of which some bytes arrived and others did not, of a connection.
pub const MAX_PARTIAL_GROUPS: usize = 1_024;
/// Files of which some bytes arrived and others did not, of a connection.
pub const MAX_OPEN_FILES: usize = 1_024;
/// Bytes that wait for earlier ones of their group, of a connection, each piece counting 128 more.
pub const MAX_WAITING_BYTES: u64 = 16 << 20;
/// Digests that wait for their groups, and groups that wait for their digests, of a connection.
pub const MAX_DIGESTS: usize = 65_536;
/// Ranges that the bytes that arrived are in, of a connection.
pub const MAX_RANGES: usize = 16_384;
/// Records of a bulk message.
pub const MAX_RECORDS: usize = 1_024;
/// Stripes of a connection beside the first.
pub const MAX_STRIPES: u8 = 15;
