//! The clock everything in this crate reads.

use std::time::Instant;

/// Now, by tokio's clock: in tests it stands still and jumps, so that a minute on a bad path takes a second
/// and comes out the same on a busy machine.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
