//! Offers, manifests and answers.

use maru_protocol::Open;

use super::super::{
    Endpoint,
    offer::Offer,
    output::{Event, Outcome},
    receiving::Receiving,
};
use crate::{
    control::{Code, ControlMessage, Entry, Secret, TransferId},
    limits::MAX_TRANSFERS,
    resume::{ResumeKey, Role},
};

/// Offers of one sender without an answer.
const MAX_OFFERED: usize = 8;

impl Endpoint {
    pub(in crate::endpoint) fn on_offer(&mut self, offer: Offer) {
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

    pub(super) fn on_listed(
        &mut self,
        id: TransferId,
        first: u32,
        entries: Vec<Entry>,
        last: bool,
    ) {
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
                } else if !entries.is_empty() || last {
                    let first = u32::try_from(have).unwrap_or(u32::MAX);
                    self.store(id, first, entries, last);
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

    pub(super) fn on_accept(&mut self, id: TransferId, secret: Secret) {
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
}
