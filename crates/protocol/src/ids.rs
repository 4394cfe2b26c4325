use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A participant's identity in one room, created by the server (UUID v4, which reveals neither when nor where it
/// was created). It survives `resume` and nothing else.
///
/// The order of the hyphenated lower-case text is the order of the value: the participant with the
/// greater ID is the polite side of a negotiation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct ParticipantId(pub Uuid);

/// One life of a room, from its first join to its last leave (UUID v7). A later room of the same ID has
/// another incarnation, and no message crosses from one to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Incarnation(pub Uuid);

impl std::fmt::Display for ParticipantId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl std::fmt::Display for Incarnation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// Someone in the room, as the others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Participant {
    /// Stable while the participant is in the room.
    pub id: ParticipantId,
    /// Display name as given at `join`, cleaned ([`crate::clean_name`]); may be empty, and is not unique.
    pub name: String,
}
