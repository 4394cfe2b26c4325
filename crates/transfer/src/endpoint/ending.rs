//! Ends transfers.

use maru_protocol::Open;

use super::{Endpoint, Event, Outcome, Output, ended::Ended};
use crate::{
    control::{Code, ControlMessage, TransferId},
    resume::{ResumeKey, Role},
};

/// Transfers that are over and are remembered.
pub const MAX_ENDED: usize = 64;

impl Endpoint {
    /// A transfer that was over before this endpoint began, so that its partner learns it who may not know. `done`: all of it
    /// is in place.
    pub fn add_ended(&mut self, id: TransferId, role: Role, key: ResumeKey, done: bool) {
        let message = if done && role == Role::Receiver {
            ControlMessage::Done { id }
        } else {
            let code = Open::Known(Code::Cancelled);
            ControlMessage::Cancel { id, code }
        };
        if self.is_known(role, &key) {
            self.send(&message);
        }
        self.remember(id, role, Some(key), message);
    }

    /// A transfer is over.
    pub(super) fn end(
        &mut self,
        id: TransferId,
        role: Role,
        key: Option<ResumeKey>,
        again: ControlMessage,
        outcome: Outcome,
    ) {
        self.remember(id, role, key, again);
        self.outputs
            .push_back(Output::Event(Event::Ended { id, role, outcome }));
    }

    /// Withdraws what was offered on an earlier connection.
    pub(super) fn send_unsent(&mut self) {
        let mut messages = Vec::new();
        for ended in &self.ended {
            if ended.is_unsent {
                messages.push(ended.message.clone());
            }
        }
        for message in messages {
            self.send(&message);
        }
    }

    /// Remembers how a transfer ended, to report it again to a partner that does not know.
    pub(super) fn remember(
        &mut self,
        id: TransferId,
        role: Role,
        key: Option<ResumeKey>,
        message: ControlMessage,
    ) {
        if self.ended.len() >= MAX_ENDED {
            self.ended.pop_front();
        }
        self.ended.push_back(Ended {
            id,
            role,
            key,
            message,
            is_unsent: false,
        });
    }
}
