use maru_protocol::Open;
use maru_transfer::control::Code;
use serde::{Deserialize, Serialize};

/// How a transfer ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// How.
    pub kind: EndKind,
    /// Why.
    pub code: Option<Open<Code>>,
    /// The partner may not know, and has the key to ask.
    pub is_unanswered: bool,
    /// The person has not removed it from the list.
    pub is_listed: bool,
    /// What failed was offered again.
    pub is_retried: bool,
}

/// See [`End`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndKind {
    /// Everything is in place, but for the files that failed.
    Done,
    /// Not wanted.
    Declined,
    /// A person ended it.
    Cancelled,
    /// It ended for another reason.
    Failed,
}
