//! Messages of the control channel that arrive.

use maru_protocol::Open;

use super::{
    Endpoint, MAX_DELAYED,
    output::{Event, Outcome, Output, Violation},
    receiving::Receiving,
    sending::Offer,
};
use crate::{
    Time, Totals,
    control::{Code, ControlMessage, DecodeError, Entry, GroupRange, Secret, TransferId, Wanted},
    hash::group_count,
    limits::MAX_TRANSFERS,
    resume::{ResumeKey, Role},
};

/// Offers of one sender without an answer.
const MAX_OFFERED: usize = 8;

impl Endpoint {
    /// A message of the control channel arrived.
    pub fn on_control(&mut self, message: &[u8], now: Time) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        connection.received_at = now;
        match ControlMessage::decode(message) {
            Ok(Some(message)) => self.on_message(message, now),
            Ok(None) => {}
            Err(error) => self.on_undecodable(error),
        }
        self.after(now);
    }

    fn on_undecodable(&mut self, error: DecodeError) {
        let code = Open::Known(error.code());
        let (DecodeError::Limit { id: Some(id), .. } | DecodeError::Path { id, .. }) = error else {
            if error.ends_connection() {
                self.violate(Violation::Control);
            } else {
                let (id, entry, text) = (None, None, String::new());
                self.send(&ControlMessage::Error {
                    id,
                    entry,
                    code,
                    text,
                });
            }
            return;
        };
        // An offer, or anything of a transfer, that cannot be taken: the transfer is over.
        if let Some(receiving) = self.receiving.remove(&id) {
            let message = ControlMessage::Cancel { id, code };
            self.send(&message);
            let code = Open::Known(error.code());
            self.end(
                id,
                Role::Receiver,
                receiving.key,
                message,
                Outcome::Cancelled {
                    by_partner: true,
                    code,
                },
            );
        } else if self.sending.contains_key(&id) {
            let (entry, text) = (None, String::new());
            let id = Some(id);
            self.send(&ControlMessage::Error {
                id,
                entry,
                code,
                text,
            });
        } else {
            self.send(&ControlMessage::Decline { id, code });
        }
    }

    fn on_message(&mut self, message: ControlMessage, now: Time) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        if !connection.has_hello && !matches!(message, ControlMessage::Hello { .. }) {
            return self.violate(Violation::NoHello);
        }
        if let Some(id) = id_of(&message)
            && let Some(delayed) = self.delayed.get_mut(&id)
        {
            if delayed.len() >= MAX_DELAYED {
                return self.violate(Violation::TooMuchAtOnce);
            }
            return delayed.push(message);
        }
        match message {
            ControlMessage::Hello {
                participant,
                incarnation,
                ..
            } => {
                connection.has_hello = true;
                self.event(Event::Hello {
                    participant,
                    incarnation,
                });
            }
            ControlMessage::Credit {
                bytes,
                messages,
                arrived,
                delay,
            } => connection.on_credit(Totals { bytes, messages }, arrived, delay, now),
            ControlMessage::Known { tags } => {
                connection.partner_tags = Some(tags);
                self.on_known();
            }
            ControlMessage::Ping { at } => self.send(&ControlMessage::Pong { at }),
            ControlMessage::Pong { at } => connection.on_pong(at, now),
            // Stripes are not negotiated by this version; without an answer the other side goes on with one.
            ControlMessage::Stripe { .. } => {}
            ControlMessage::Offer {
                id,
                number,
                files,
                folders,
                bytes,
                names,
                skipped,
                secret,
            } => self.on_offer(Offer {
                id,
                number,
                files,
                folders,
                bytes,
                names,
                skipped,
                secret,
            }),
            ControlMessage::Manifest {
                id,
                first,
                entries,
                last,
            } => self.on_listed(id, first, entries, last),
            ControlMessage::Accept { id, secret } => self.on_accept(id, secret),
            ControlMessage::Decline { id, code } => {
                if let Some(sending) = self.sending.remove(&id) {
                    self.pipeline.forget(id);
                    let again = ControlMessage::Cancel {
                        id,
                        code: Open::Known(Code::Declined),
                    };
                    self.end(
                        id,
                        Role::Sender,
                        sending.key,
                        again,
                        Outcome::Declined(code),
                    );
                }
            }
            ControlMessage::List { id, first } => {
                if let Some(sending) = self.sending.get_mut(&id)
                    && sending.recognised
                {
                    sending.next_listed = Some(first);
                }
            }
            ControlMessage::Want { id, entry, wanted } => self.on_want(id, entry, &wanted),
            // The receiver of this version does not ask for digests alone.
            ControlMessage::Verify { id, entry, groups } => {
                self.on_want(id, entry, &Wanted::Groups(vec![groups]));
            }
            ControlMessage::Durable { id, bytes } => {
                if let Some(sending) = self.sending.get_mut(&id) {
                    sending.durable = sending.durable.max(bytes);
                }
            }
            ControlMessage::Pause { id } => self.on_paused(id, true),
            ControlMessage::Resume { id } => self.on_paused(id, false),
            ControlMessage::Cancel { id, code } => self.on_cancel(id, code),
            ControlMessage::Error {
                id: Some(id),
                entry,
                code,
                ..
            } => self.on_error(id, entry, code),
            // For the log of those who have one.
            ControlMessage::Error { id: None, .. } => {}
            ControlMessage::Done { id } => {
                if let Some(sending) = self.sending.remove(&id) {
                    self.pipeline.forget(id);
                    let again = ControlMessage::Cancel {
                        id,
                        code: Open::Known(Code::Cancelled),
                    };
                    self.end(id, Role::Sender, sending.key, again, Outcome::Done);
                }
            }
        }
    }

    /// Whom the other side proves to be.
    fn on_known(&mut self) {
        let Some((tags, fingerprints)) = self.connection.as_ref().and_then(|connection| {
            Some((connection.partner_tags.clone()?, connection.fingerprints))
        }) else {
            return;
        };
        let knows = |role: Role, key: &ResumeKey| {
            let expected = key.partner_tag(role, &fingerprints);
            // All are compared, so that the time does not depend on which one it is.
            tags.iter()
                .fold(false, |found, tag| found | (*tag == expected))
        };
        let known = |role| {
            move |(id, key): (&TransferId, &ResumeKey)| knows(role, key).then_some((*id, role))
        };
        let sending = self
            .sending
            .iter()
            .filter(|(_, of)| !of.recognised)
            .filter_map(|(id, of)| Some((id, of.key.as_ref()?)))
            .filter_map(known(Role::Sender));
        let receiving = self
            .receiving
            .iter()
            .filter(|(_, of)| !of.recognised)
            .filter_map(|(id, of)| Some((id, of.key.as_ref()?)))
            .filter_map(known(Role::Receiver));
        let found: Vec<(TransferId, Role)> = sending.chain(receiving).collect();
        let candidates: Vec<(TransferId, Role)> = self
            .candidates
            .iter()
            .filter(|(_, role, key)| knows(*role, key))
            .map(|(id, role, _)| (*id, *role))
            .collect();
        let over: Vec<ControlMessage> = self
            .ended
            .iter()
            .filter(|ended| ended.key.as_ref().is_some_and(|key| knows(ended.role, key)))
            .map(|ended| ended.message.clone())
            .collect();
        for message in over {
            self.send(&message);
        }
        for (id, role) in found {
            self.recognise(id, role);
        }
        for (id, role) in candidates {
            self.candidates
                .retain(|(of, of_role, _)| (*of, *of_role) != (id, role));
            self.delayed.entry(id).or_default();
            self.event(Event::Found(id, role));
        }
    }

    /// Whether the other side announced that it knows this transfer.
    pub(super) fn is_known(&self, role: Role, key: &ResumeKey) -> bool {
        self.connection.as_ref().is_some_and(|connection| {
            let expected = key.partner_tag(role, &connection.fingerprints);
            let tags = connection.partner_tags.as_deref().unwrap_or_default();
            tags.iter()
                .fold(false, |found, tag| found | (*tag == expected))
        })
    }

    /// The other side is the one of this transfer: it goes on.
    pub(super) fn recognise(&mut self, id: TransferId, role: Role) {
        let mut messages = Vec::new();
        let pauses = match role {
            Role::Sender => self.sending.get_mut(&id).map(|sending| {
                sending.recognised = true;
                sending.pauses.clone()
            }),
            Role::Receiver => self.receiving.get_mut(&id).map(|receiving| {
                receiving.recognised = true;
                messages.push(ControlMessage::Durable {
                    id,
                    bytes: receiving.durable,
                });
                if !receiving.manifest_complete
                    && let Ok(first) = u32::try_from(receiving.sizes.len())
                {
                    messages.push(ControlMessage::List { id, first });
                }
                receiving.pauses.clone()
            }),
        };
        let Some(pauses) = pauses else { return };
        if pauses.here {
            messages.push(ControlMessage::Pause { id });
        }
        if let Some(code) = pauses.problem_here {
            messages.push(ControlMessage::Error {
                id: Some(id),
                entry: None,
                code: Open::Known(code),
                text: String::new(),
            });
        }
        for message in &messages {
            self.send(message);
        }
        self.event(Event::Changed(id, role));
    }

    fn on_offer(&mut self, offer: Offer) {
        let id = offer.id;
        if self.sending.contains_key(&id) {
            return;
        }
        if let Some(receiving) = self.receiving.get_mut(&id) {
            if receiving.offer.secret != offer.secret {
                return;
            }
            receiving.offer.number = offer.number;
            receiving.recognised = true;
            if let Some(secret) = receiving.secret {
                self.send(&ControlMessage::Accept { id, secret });
                self.recognise(id, Role::Receiver);
            } else {
                self.event(Event::Changed(id, Role::Receiver));
            }
            return;
        }
        if let Some(message) = self
            .ended
            .iter()
            .find(|ended| ended.id == id && ended.role == Role::Receiver)
            .map(|ended| ended.message.clone())
        {
            return self.send(&message);
        }
        let offered = self
            .receiving
            .values()
            .filter(|of| of.key.is_none())
            .count();
        let number_is_taken = self
            .receiving
            .values()
            .any(|of| of.recognised && of.offer.number == offer.number);
        if offered >= MAX_OFFERED || self.receiving.len() >= MAX_TRANSFERS || number_is_taken {
            let code = Open::Known(if number_is_taken {
                Code::BadMessage
            } else {
                Code::Limit
            });
            return self.send(&ControlMessage::Decline { id, code });
        }
        self.receiving.insert(id, Receiving::offered(offer));
        self.event(Event::Offered(id));
    }

    fn on_listed(&mut self, id: TransferId, first: u32, entries: Vec<Entry>, last: bool) {
        let Some(receiving) = self.receiving.get_mut(&id).filter(|of| of.recognised) else {
            return;
        };
        if receiving.pauses.problem_here.is_some() {
            // It asks again when the disk is mended.
            return;
        }
        // Before the person accepted there is one message at most.
        let too_early = receiving.key.is_none() && first > 0;
        let have = receiving.sizes.len();
        match receiving.on_entries(first, entries, last) {
            Ok(entries) if !too_early => {
                if receiving.key.is_none() {
                    receiving.early.extend(entries);
                } else if !entries.is_empty() {
                    let first = u32::try_from(have).unwrap_or(u32::MAX);
                    self.store(id, first, entries);
                }
            }
            _ => {
                let code = Open::Known(Code::BadMessage);
                let message = ControlMessage::Cancel {
                    id,
                    code: code.clone(),
                };
                self.send(&message);
                if let Some(receiving) = self.receiving.remove(&id) {
                    let by_partner = true;
                    let outcome = Outcome::Cancelled { by_partner, code };
                    self.end(id, Role::Receiver, receiving.key, message, outcome);
                }
            }
        }
    }

    fn on_accept(&mut self, id: TransferId, secret: Secret) {
        let Some(sending) = self.sending.get_mut(&id) else {
            return;
        };
        let key = ResumeKey::new(&sending.offer.secret, &secret, &id);
        if sending.key.is_some() {
            // Repeated, or of somebody who was not offered it.
            return;
        }
        sending.key = Some(key);
        sending.recognised = true;
        self.event(Event::Accepted(id, secret));
        self.event(Event::Changed(id, Role::Sender));
    }

    fn on_want(&mut self, id: TransferId, entry: u32, wanted: &Wanted) {
        let Some(sending) = self
            .sending
            .get_mut(&id)
            .filter(|of| of.recognised && of.key.is_some())
        else {
            return;
        };
        let Some(size) = sending.size(entry) else {
            return;
        };
        let result = match wanted {
            Wanted::Count(count) => sending.wanted.want_entries(entry, *count, &sending.sizes),
            Wanted::Groups(groups) => {
                let groups: Vec<GroupRange> = groups
                    .iter()
                    .filter(|range| size != super::FOLDER && range.first < group_count(size))
                    .copied()
                    .collect();
                sending.wanted.want_groups(entry, &groups, size)
            }
        };
        if result.is_err() {
            let (id, entry, text) = (Some(id), None, String::new());
            let code = Open::Known(Code::Limit);
            self.send(&ControlMessage::Error {
                id,
                entry,
                code,
                text,
            });
        }
    }

    fn on_paused(&mut self, id: TransferId, paused: bool) {
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

    fn on_error(&mut self, id: TransferId, entry: Option<u32>, code: Open<Code>) {
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
            Role::Sender => self.sending.get_mut(&id).is_some_and(|sending| {
                sending.wanted.drop_entry(entry);
                sending.size(entry).is_some()
                    && sending.failed.insert(entry, code.clone()).is_none()
            }),
            Role::Receiver => self
                .receiving
                .get_mut(&id)
                .is_some_and(|receiving| receiving.on_entry_failed(entry, code.clone())),
        };
        if new {
            self.event(Event::EntryFailed {
                id,
                role,
                entry,
                code,
            });
        }
    }

    fn on_cancel(&mut self, id: TransferId, code: Open<Code>) {
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
}

/// The transfer that a message is about.
const fn id_of(message: &ControlMessage) -> Option<TransferId> {
    match message {
        ControlMessage::List { id, .. }
        | ControlMessage::Want { id, .. }
        | ControlMessage::Verify { id, .. }
        | ControlMessage::Durable { id, .. }
        | ControlMessage::Pause { id }
        | ControlMessage::Resume { id }
        | ControlMessage::Cancel { id, .. }
        | ControlMessage::Error { id: Some(id), .. }
        | ControlMessage::Done { id } => Some(*id),
        _ => None,
    }
}
