//! Signals of one read that go to the same receiver, so that they are written to its socket at once.

use std::sync::Arc;

use maru_protocol::{ParticipantId, signal_bytes, write_signal};
use serde_json::value::RawValue;

use crate::{client::Client, frames};

/// Consecutive signals from one sender to one receiver. Made for each read, flushed by
/// [`super::Session::flush`].
#[derive(Debug, Default)]
pub struct SignalBatch {
    pub(super) receiver: Option<Receiver>,
    pub(super) frames: Vec<u8>,
    pub(super) signals: u64,
}

#[derive(Debug)]
pub(super) struct Receiver {
    pub(super) participant: ParticipantId,
    /// `None` if the participant is not connected, or not in the room.
    pub(super) client: Option<Arc<Client>>,
}

impl SignalBatch {
    pub(super) fn is_for(&self, participant: ParticipantId) -> bool {
        self.receiver
            .as_ref()
            .is_some_and(|receiver| receiver.participant == participant)
    }

    pub(super) fn push(&mut self, from: ParticipantId, data: &RawValue) {
        let bytes = signal_bytes(data);
        self.frames.reserve(frames::MAX_HEADER_BYTES + bytes);
        frames::write_header(frames::TEXT, bytes, &mut self.frames);
        write_signal(from, data, &mut self.frames);
        self.signals += 1;
    }
}
