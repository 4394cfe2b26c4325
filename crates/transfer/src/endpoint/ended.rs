//! A transfer that is over, of which the other side may not know.

use crate::{
    control::{ControlMessage, TransferId},
    resume::{ResumeKey, Role},
};

/// A transfer that is over.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) id: TransferId,
    pub(super) role: Role,
    pub(super) key: Option<ResumeKey>,
    pub(super) message: ControlMessage,
    /// The partner does not know, and has no tag to ask with.
    pub(super) is_unsent: bool,
}
