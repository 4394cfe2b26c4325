//! The clock that everything in this crate reads.

use std::time::Instant;

/// The current time by tokio's clock. Tests pause that clock and advance it, so that a minute on a bad path takes a
/// second and gives the same result on a busy machine.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
