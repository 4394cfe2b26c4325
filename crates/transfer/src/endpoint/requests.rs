//! What the person asks for.

use std::time::Duration;

use maru_protocol::Open;

use super::{
    DiskRequest, Endpoint, Event, Offer, Outcome, Outgoing, Output,
    connection::Connection,
    receiving::{Incoming, Receiving},
    sending::Sending,
};
use crate::{
    Time,
    control::{Code, ControlMessage, Secret, StripeSignal, TransferId},
    resume::{ResumeKey, Role},
};

impl Endpoint {
    /// Offers a transfer, now and on each connection until it is answered; or adds one that was accepted earlier. One that
    /// is there stays as it is.
    pub fn send_transfer(&mut self, outgoing: Outgoing, now: Time) {
        let id = outgoing.offer.id;
        if self.sending.contains_key(&id) {
            self.end_problem(id);
            return self.take_delayed(id, now);
        }
        let sending = Sending::new(outgoing);
        let key = sending.key.clone();
        self.sending.insert(id, sending);
        match key {
            None => self.send_offer(id),
            Some(key) => self.on_added(id, Role::Sender, &key, now),
        }
        self.after(now);
    }

    /// Adds a transfer that was accepted earlier. One that is there and accepted stays as it is.
    pub fn receive_transfer(&mut self, incoming: Incoming, now: Time) {
        let id = incoming.offer.id;
        let before = self.receiving.get(&id);
        if before.is_some_and(|of| of.key.is_some()) {
            self.end_problem(id);
            return self.take_delayed(id, now);
        }
        // It was offered again before it was loaded.
        let offered = before.filter(|of| of.recognised).map(|of| of.offer.clone());
        let receiving = Receiving::resumed(incoming);
        let key = receiving.key.clone();
        self.receiving.insert(id, receiving);
        if let Some(key) = key {
            self.on_added(id, Role::Receiver, &key, now);
        }
        if let Some(offer) = offered {
            self.on_offer(offer);
        }
        self.after(now);
    }

    fn on_added(&mut self, id: TransferId, role: Role, key: &ResumeKey, now: Time) {
        self.candidates
            .retain(|(of, of_role, _)| (*of, *of_role) != (id, role));
        self.end_problem(id);
        // One that was being loaded when this connection began.
        self.send_known();
        if self.is_known(role, key) {
            self.recognise(id, role);
        }
        self.take_delayed(id, now);
    }

    /// A transfer that could not be added can be now.
    fn end_problem(&mut self, id: TransferId) {
        if self.delayed.take_problem(id) {
            self.send(&ControlMessage::Resume { id });
        }
    }

    fn take_delayed(&mut self, id: TransferId, now: Time) {
        for message in self.delayed.take(id) {
            self.on_message(message, 0, now);
        }
    }

    /// What was offered to this side and is not answered, or was accepted.
    #[must_use]
    pub fn incoming(&self, id: TransferId) -> Option<&Offer> {
        self.receiving.get(&id).map(|receiving| &receiving.offer)
    }

    /// The person wants what was offered. `secret` is random. The disk takes requests about it from now on.
    pub fn accept(&mut self, id: TransferId, secret: Secret, now: Time) {
        let Some(receiving) = self.receiving.get_mut(&id).filter(|of| of.key.is_none()) else {
            return;
        };
        receiving.accept(secret);
        let early = std::mem::take(&mut receiving.early);
        let recognised = receiving.recognised;
        let last = receiving.manifest_complete;
        if !early.is_empty() || last {
            self.store(id, 0, early, last);
        }
        if recognised {
            self.send(&ControlMessage::Accept { id, secret });
        }
        self.event(Event::Changed(id, Role::Receiver));
        self.after(now);
    }

    /// It is not wanted, or not possible.
    pub fn decline(&mut self, id: TransferId, code: Code, now: Time) {
        if self.receiving.get(&id).is_none_or(|of| of.key.is_some()) {
            return;
        }
        let Some(receiving) = self.receiving.remove(&id) else {
            return;
        };
        let code = Open::Known(code);
        let message = ControlMessage::Decline {
            id,
            code: code.clone(),
        };
        if receiving.recognised {
            self.send(&message);
        }
        self.end(id, Role::Receiver, None, message, Outcome::Declined(code));
        self.after(now);
    }

    /// The person pauses a transfer, or no longer.
    pub fn set_paused(&mut self, id: TransferId, role: Role, paused: bool, now: Time) {
        let of = match role {
            Role::Sender => self
                .sending
                .get_mut(&id)
                .map(|of| (&mut of.pauses, of.recognised)),
            Role::Receiver => self
                .receiving
                .get_mut(&id)
                .map(|of| (&mut of.pauses, of.recognised)),
        };
        let Some((pauses, recognised)) = of else {
            return;
        };
        if pauses.here != paused {
            pauses.here = paused;
            let resumes = pauses.problem_here.is_none();
            if recognised && (paused || resumes) {
                self.send(&if paused {
                    ControlMessage::Pause { id }
                } else {
                    ControlMessage::Resume { id }
                });
            }
            if role == Role::Sender {
                self.pause_reading(id);
            }
            self.event(Event::Changed(id, role));
        }
        self.after(now);
    }

    /// The person ends a transfer.
    pub fn cancel(&mut self, id: TransferId, role: Role, now: Time) {
        self.cancel_because(id, role, Code::Cancelled);
        self.after(now);
    }

    pub(super) fn cancel_because(&mut self, id: TransferId, role: Role, code: Code) {
        let (recognised, key) = match role {
            Role::Sender => {
                let Some(sending) = self.sending.remove(&id) else {
                    return;
                };
                self.pipeline.forget(id);
                (sending.recognised, sending.key)
            }
            Role::Receiver => {
                let Some(receiving) = self.receiving.remove(&id) else {
                    return;
                };
                (receiving.recognised, receiving.key)
            }
        };
        let code = Open::Known(code);
        let message = ControlMessage::Cancel {
            id,
            code: code.clone(),
        };
        if recognised {
            self.send(&message);
        }
        self.drop_requests(id);
        let by_partner = false;
        // If the message is lost, the receiver has no tag that this side knows.
        let is_unsent = role == Role::Sender && key.is_none();
        self.end(
            id,
            role,
            key,
            message,
            Outcome::Cancelled { by_partner, code },
        );
        if let Some(ended) = self.ended.back_mut() {
            ended.is_unsent = is_unsent;
        }
    }

    /// The disk has nothing more to do for a transfer.
    pub(super) fn drop_requests(&mut self, id: TransferId) {
        for output in std::mem::take(&mut self.outputs) {
            match output {
                Output::Disk(
                    DiskRequest::Write { id: of, write, .. }
                    | DiskRequest::Compare { id: of, write, .. },
                ) if of == id => {
                    self.release(write);
                }
                Output::Disk(request) if request.id() == id => {}
                output => self.outputs.push_back(output),
            }
        }
    }

    /// Negotiates a stripe. A description that does not fit a message is not sent.
    pub fn send_stripe(&mut self, index: u8, signal: StripeSignal) {
        self.send(&ControlMessage::Stripe { index, signal });
    }

    /// The last round trip that was measured; `None` without a connection.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        self.connection.as_ref().map(Connection::round_trip)
    }

    /// All transfers, offered ones included.
    pub fn transfers(&self) -> impl Iterator<Item = (TransferId, Role)> {
        let sending = self.sending.keys().map(|id| (*id, Role::Sender));
        sending.chain(self.receiving.keys().map(|id| (*id, Role::Receiver)))
    }

    /// Whether content is to be sent or received.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let sends = self.sending.values();
        let receives = self.receiving.values();
        sends
            .map(|of| (of.recognised && of.key.is_some(), &of.pauses))
            .chain(receives.map(|of| (of.recognised && of.key.is_some(), &of.pauses)))
            .any(|(active, pauses)| active && !pauses.any())
    }
}
