//! What one side asks of the other, and tells it, while a transfer is under way.

use maru_protocol::Open;

use super::super::{
    Endpoint, FOLDER,
    output::{DiskRequest, Event, Outcome, Output},
    sending::Sending,
};
use crate::{
    control::{Code, ControlMessage, GroupRange, ToVerify, TransferId, Wanted},
    hash::group_count,
    ranges::one,
    resume::Role,
};

impl Endpoint {
    pub(super) fn on_want(&mut self, id: TransferId, entry: u32, wanted: &Wanted) {
        let Some((sending, size)) = self.asked_of(id, entry) else {
            return;
        };
        let first = u64::from(entry);
        let result = match wanted {
            Wanted::Count(count) => {
                let until = count.map_or(u64::MAX, |count| first + u64::from(count));
                sending.not_present(first..until);
                sending.wanted.want_entries(entry, *count, &sending.sizes)
            }
            Wanted::Groups(groups) => {
                sending.not_present(one(entry));
                let groups = existing(groups, size);
                sending.wanted.want_groups(entry, &groups, size)
            }
        };
        if result.is_err() {
            self.send_too_many_wanted(id);
        }
    }

    pub(super) fn on_verify(&mut self, id: TransferId, entry: u32, to_verify: &ToVerify) {
        let Some((sending, size)) = self.asked_of(id, entry) else {
            return;
        };
        let result = match to_verify {
            ToVerify::Entries { count } => {
                let sizes = &sending.sizes;
                sending.to_verify.want_entries(entry, Some(*count), sizes)
            }
            ToVerify::Groups(groups) => {
                let groups = existing(std::slice::from_ref(groups), size);
                sending.to_verify.want_groups(entry, &groups, size)
            }
        };
        if result.is_err() {
            self.send_too_many_wanted(id);
        }
    }

    /// A transfer whose receiver may ask for something, with the size of an entry that it has.
    fn asked_of(&mut self, id: TransferId, entry: u32) -> Option<(&mut Sending, u64)> {
        let sending = self.sending.get_mut(&id);
        let sending = sending.filter(|of| of.recognised && of.key.is_some())?;
        let size = sending.size(entry)?;
        Some((sending, size))
    }

    fn send_too_many_wanted(&mut self, id: TransferId) {
        let (id, entry, text) = (Some(id), None, String::new());
        let code = Open::Known(Code::Limit);
        self.send(&ControlMessage::Error {
            id,
            entry,
            code,
            text,
        });
    }

    pub(super) fn on_paused(&mut self, id: TransferId, paused: bool) {
        let (pauses, role) = if let Some(sending) = self.sending.get_mut(&id) {
            (&mut sending.pauses, Role::Sender)
        } else if let Some(receiving) = self.receiving.get_mut(&id) {
            (&mut receiving.pauses, Role::Receiver)
        } else {
            return;
        };
        pauses.there = paused;
        if !paused {
            pauses.problem_there = None;
        }
        self.pause_reading(id);
        self.event(Event::Changed(id, role));
    }

    pub(super) fn on_error(&mut self, id: TransferId, entry: Option<u32>, code: Open<Code>) {
        let role = if self.sending.contains_key(&id) {
            Role::Sender
        } else {
            Role::Receiver
        };
        let Some(entry) = entry else {
            let pauses = match role {
                Role::Sender => self.sending.get_mut(&id).map(|of| &mut of.pauses),
                Role::Receiver => self.receiving.get_mut(&id).map(|of| &mut of.pauses),
            };
            if let Some(pauses) = pauses {
                pauses.problem_there = Some(code);
                self.pause_reading(id);
                self.event(Event::Changed(id, role));
            }
            return;
        };
        let new = match role {
            Role::Sender => self
                .sending
                .get_mut(&id)
                .is_some_and(|sending| sending.fail(entry, &code)),
            Role::Receiver => self
                .receiving
                .get_mut(&id)
                .is_some_and(|receiving| receiving.on_entry_failed(entry, &code)),
        };
        if new {
            if role == Role::Receiver {
                let code = code.clone();
                self.outputs
                    .push_back(Output::Disk(DiskRequest::Fail { id, entry, code }));
            }
            self.event(Event::EntryFailed {
                id,
                role,
                entry,
                code,
            });
        }
    }

    pub(super) fn on_cancel(&mut self, id: TransferId, code: Open<Code>) {
        // Everything is there, and being put in place: too late.
        if self.receiving.get(&id).is_some_and(|of| of.concluding) {
            return;
        }
        let (role, key) = if let Some(sending) = self.sending.remove(&id) {
            self.pipeline.forget(id);
            (Role::Sender, sending.key)
        } else if let Some(receiving) = self.receiving.remove(&id) {
            (Role::Receiver, receiving.key)
        } else {
            return;
        };
        let again = ControlMessage::Cancel {
            id,
            code: code.clone(),
        };
        let by_partner = true;
        self.end(
            id,
            role,
            key,
            again,
            Outcome::Cancelled { by_partner, code },
        );
    }
}

/// The groups that a file of this size has.
fn existing(groups: &[GroupRange], size: u64) -> Vec<GroupRange> {
    let has = |range: &&GroupRange| size != FOLDER && range.first < group_count(size);
    groups.iter().filter(has).copied().collect()
}
