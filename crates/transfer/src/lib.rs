//! File transfer between two participants of a call: what `docs/transfer.md` describes. No I/O, no clock.
//!
//! # Map
//!
//! | Modules | Content |
//! |---|---|
//! | `control`, `bulk` | the messages of the two channels |
//! | `credit` | how much may be sent |
//! | `endpoint` | all transfers with one participant |
//! | `failed` | entries that failed, and why |
//! | `hash` | digests of groups and hashes of files |
//! | `incoming` | a file that is being received |
//! | `name` | names that a file system can have |
//! | `resume` | how two sides recognise an unfinished transfer |
//! | `yielding` | how much may be in flight while a call is on |
//! | `limits` | limits of what the other side may send |
//! | `ranges` | sets of offsets and numbers |
//! | `time` | points of time |

pub mod bulk;
pub mod control;
mod credit;
pub mod endpoint;
mod failed;
pub mod hash;
mod incoming;
pub mod limits;
pub mod name;
mod ranges;
pub mod resume;
mod time;
mod yielding;

pub use credit::{Credit, Exceeded, ReceiveCredit, SendCredit, Totals};
pub use failed::FailedEntries;
pub use incoming::{FileError, FileEvent, IncomingFile, Piece, Source, hash_pieces};
pub use ranges::Ranges;
pub use time::Time;
pub use yielding::{Feedback, MAX_WINDOW, MIN_WINDOW, Yielding};
