//! Our offer while it waits for its answer, and the answers that may still come to one that was answered.

use std::time::{Duration, Instant};

use crate::SessionDescription;

/// How long after an answer another one to the same offer may come.
const DUPLICATES: Duration = Duration::from_secs(5);

/// An offer without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingOffer {
    pub(crate) offer: SessionDescription,
    /// It brings new ICE credentials.
    pub(crate) restarts: bool,
    /// When it was sent last.
    pub(crate) sent: Instant,
    /// How often it was sent.
    pub(crate) times: u32,
}

/// Answers to an offer that was answered already. An offer sent several times may be answered several times, and the
/// wire does not say which offer an answer is for: applied to the next one it would break the connection in ways that
/// are hard to see, while one skipped too many only costs another round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DuplicateAnswers {
    left: u32,
    until: Option<Instant>,
}

impl DuplicateAnswers {
    /// After the first answer to an offer that was sent `times` times.
    pub(crate) fn expect(times: u32, now: Instant) -> Self {
        Self {
            left: times.saturating_sub(1),
            until: Some(now + DUPLICATES),
        }
    }

    /// Takes an answer for one of them; false where none is expected.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        if self.left == 0 || self.until.is_none_or(|until| now > until) {
            return false;
        }
        self.left -= 1;
        true
    }
}
