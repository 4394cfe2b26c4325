use maru_protocol::{Incarnation, Open, ParticipantId};
use maru_transfer::control::{Code, Secret, TransferId};
use serde::Deserialize;

/// What the page asks of an endpoint. The same as in `ui/src/host/browser/files/endpoint.ts`.
#[derive(Deserialize)]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Command {
    Identity {
        participant: ParticipantId,
        incarnation: Incarnation,
    },
    Connected {
        /// SHA-256 fingerprints of the certificates, which have as many digits as a secret.
        own: Secret,
        partner: Secret,
        candidates: Vec<Candidate>,
    },
    Disconnected,
    Yield {
        yields: bool,
    },
    Path {
        works: bool,
    },
    /// Takes the staged sizes.
    Send {
        /// The text of a control message `offer`.
        offer: String,
        partner_secret: Option<Secret>,
        paused: bool,
    },
    /// Takes the staged sizes and digests.
    Receive {
        /// The text of a control message `offer`.
        offer: String,
        secret: Secret,
        paused: bool,
        restored: Restored,
    },
    Accept {
        id: TransferId,
        secret: Secret,
    },
    Decline {
        id: TransferId,
        code: Code,
    },
    Pause {
        id: TransferId,
        role: Role,
        paused: bool,
    },
    Cancel {
        id: TransferId,
        role: Role,
    },
    Manifest {
        /// The text of a control message `manifest`.
        message: String,
    },
    ManifestFailed {
        id: TransferId,
        first: u32,
        code: Code,
    },
    ReadFailed {
        read: u64,
        code: Code,
    },
    Refused {
        id: TransferId,
        entry: u32,
        code: Code,
    },
    Finished {
        id: TransferId,
        entry: u32,
    },
    Checkpoint {
        id: TransferId,
        durable: u64,
    },
    Concluded {
        id: TransferId,
    },
    Problem {
        id: TransferId,
        code: Code,
    },
    DiskFailed {
        id: TransferId,
        code: Code,
    },
    /// Takes the staged sizes and digests.
    Mended {
        id: TransferId,
        restored: Restored,
    },
    ControlSent {
        messages: usize,
    },
    Timeout,
    /// Answers with `Progress`.
    Progress {
        id: TransferId,
        role: Role,
    },
    /// Answers with the progress of an entry.
    Entry {
        id: TransferId,
        role: Role,
        entry: u32,
    },
    /// Answers with the text of a control message `offer`.
    Incoming {
        id: TransferId,
    },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Send,
    Receive,
}

/// An unfinished transfer that is of no endpoint.
#[derive(Deserialize)]
pub(crate) struct Candidate {
    pub(super) id: TransferId,
    pub(super) role: Role,
    pub(super) sender: Secret,
    pub(super) receiver: Secret,
}

/// What is on the disk, besides what is staged.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Restored {
    pub(super) manifest_complete: bool,
    /// Ranges of entries: the first, and the one after the last.
    pub(super) done: Vec<(u64, u64)>,
    pub(super) failed: Vec<(u32, Open<Code>)>,
}

/// An entry of a manifest that gets a name.
#[derive(Deserialize)]
pub(crate) struct Place {
    pub(super) path: String,
    pub(super) folder: bool,
    /// The folder of this path was named before, and there is something of its name already: it gets another. (Files get
    /// another whenever they are named again.)
    #[serde(default)]
    pub(super) taken: bool,
}
