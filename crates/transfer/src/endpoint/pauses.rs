//! Who or what pauses a transfer.

use maru_protocol::Open;

use crate::control::Code;

/// Bytes flow while all of this is unset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pauses {
    /// The person here.
    pub here: bool,
    /// The person there.
    pub there: bool,
    /// The disk here.
    pub problem_here: Option<Code>,
    /// The disk there.
    pub problem_there: Option<Open<Code>>,
}

impl Pauses {
    /// Whether anything pauses it.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.here || self.there || self.problem_here.is_some() || self.problem_there.is_some()
    }

    /// Each side says its own again on the next connection.
    pub(super) fn on_disconnected(&mut self) {
        self.there = false;
        self.problem_there = None;
    }
}
