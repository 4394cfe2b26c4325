//! File transfer between two participants of a call: what `docs/transfer.md` describes. No I/O, no clock.
//!
//! # Map
//!
//! | Modules | Content |
//! |---|---|
//! | `control`, `bulk` | the messages of the two channels |
//! | `hash` | digests of groups and hashes of files |
//! | `name` | names that a file system can have |
//! | `limits` | limits of what the other side may send |

pub mod bulk;
pub mod control;
pub mod limits;

/// Bytes of a group, except the last of a file (docs/transfer.md, "Terms").
pub const GROUP_BYTES: u64 = 1 << 20;
