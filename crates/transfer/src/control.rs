//! Messages of the control channel (docs/transfer.md, "Control messages").

mod code;
mod decode;
mod entry;
mod error;
mod hex;
mod limit;
mod message;
mod path;
mod range;
#[cfg(test)]
mod tests;

pub use code::Code;
pub use entry::{Entry, EntryKind, Modified};
pub use error::DecodeError;
pub use hex::{Secret, Tag, TransferId};
pub use limit::Limit;
pub use message::{ControlMessage, StripeSignal, TooLong};
pub use path::{PathError, RelativePath};
pub use range::{GroupRange, ToVerify, Wanted};

/// The version of `hello` that this crate implements.
pub const VERSION: u64 = 1;

/// In `features` of `hello`: the socket of this side has a receive buffer of 64 KiB, as those of browsers have. More that
/// arrives at once is lost.
pub const FEATURE_SMALL_SOCKET: &str = "small-socket";
/// In `features` of `hello`: this side answers `verify` with digests alone. Others answer with the bytes as well.
pub const FEATURE_VERIFY: &str = "verify";
