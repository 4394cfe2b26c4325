//! What is shown of transfers.

use maru_protocol::Open;

use super::{Endpoint, Pauses};
use crate::{
    control::{Code, TransferId},
    ranges::one,
    resume::Role,
};

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for an answer.
    Offered,
    /// It was accepted, and the other side is not connected, or not known to be the same yet.
    Waiting,
    /// Bytes flow, or could.
    Active,
    /// See [`Progress::pauses`].
    Paused,
}

/// How far a transfer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub state: State,
    /// Who or what pauses it.
    pub pauses: Pauses,
    /// Bytes that the receiver has, as far as this side knows. May fall when content has to be sent again.
    pub transferred: u64,
    /// Files that are complete: of a sender, those whose end was sent.
    pub files_done: u32,
    /// Files that failed.
    pub files_failed: u32,
    /// Of `files_done`, those that the receiver had already.
    pub files_present: u32,
    /// Their bytes, which are in `transferred`: of a sender, those of this connection.
    pub bytes_present: u64,
    /// Bytes that are still to be sent: not those of files that failed, or, as far as this side knows, that are being compared
    /// with what the receiver has.
    pub bytes_left: u64,
}

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryProgress {
    /// Some bytes arrived, or none.
    Arrived(u64),
    /// All of it is there.
    Done,
    /// It failed.
    Failed(Open<Code>),
}

impl Endpoint {
    /// How far a transfer is; `None` if it is not of this endpoint.
    #[must_use]
    pub fn progress(&self, id: TransferId, role: Role) -> Option<Progress> {
        let state = |has_key: bool, recognised: bool, pauses: &Pauses| {
            if !has_key {
                State::Offered
            } else if pauses.any() {
                State::Paused
            } else if recognised {
                State::Active
            } else {
                State::Waiting
            }
        };
        match role {
            Role::Sender => self.sending.get(&id).map(|of| Progress {
                state: state(of.key.is_some(), of.recognised, &of.pauses),
                pauses: of.pauses.clone(),
                transferred: of.transferred(),
                files_done: u32::try_from(of.ended.total() + of.present.total())
                    .unwrap_or(u32::MAX),
                files_failed: of.failed.count(),
                files_present: u32::try_from(of.present.total()).unwrap_or(u32::MAX),
                bytes_present: of.present_bytes,
                bytes_left: of.bytes_left(),
            }),
            Role::Receiver => self.receiving.get(&id).map(|of| Progress {
                state: state(of.key.is_some(), of.recognised, &of.pauses),
                pauses: of.pauses.clone(),
                transferred: of.transferred(),
                files_done: of.files_done,
                files_failed: of.failed.count(),
                files_present: of.files_present,
                bytes_present: of.bytes_present,
                bytes_left: of.bytes_left(),
            }),
        }
    }

    /// Where an entry stands.
    #[must_use]
    pub fn entry_progress(&self, id: TransferId, role: Role, entry: u32) -> Option<EntryProgress> {
        let range = one(entry);
        let (failed, is_done, arrived) = match role {
            Role::Sender => {
                let of = self.sending.get(&id)?;
                let is_done = of.ended.contains(&range) || of.present.contains(&range);
                (&of.failed, is_done, 0)
            }
            Role::Receiver => {
                let of = self.receiving.get(&id)?;
                (&of.failed, of.done.contains(&range), of.arrived(entry))
            }
        };
        Some(if let Some(code) = failed.get(entry) {
            EntryProgress::Failed(code.clone())
        } else if is_done {
            EntryProgress::Done
        } else {
            EntryProgress::Arrived(arrived)
        })
    }
}
