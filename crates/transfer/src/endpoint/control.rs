//! Messages of the control channel that arrive.

mod known;
mod offers;
mod requests;

use maru_protocol::Open;

use super::{
    Endpoint,
    offer::Offer,
    output::{Event, Outcome, Violation},
};
use crate::{
    Time, Totals,
    control::{
        Code, ControlMessage, DecodeError, FEATURE_SMALL_SOCKET, FEATURE_VERIFY, TransferId,
    },
    resume::Role,
};

impl Endpoint {
    /// A message of the control channel arrived.
    pub fn on_control(&mut self, message: &[u8], now: Time) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        connection.received_at = now;
        if !connection.may_answer() {
            self.violate(Violation::TooMuchAtOnce);
            return self.after(now);
        }
        match ControlMessage::decode(message) {
            Ok(Some(decoded)) => self.on_message(decoded, message.len(), now),
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

    /// `bytes` of JSON text.
    pub(super) fn on_message(&mut self, message: ControlMessage, bytes: usize, now: Time) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        if !connection.has_hello && !matches!(message, ControlMessage::Hello { .. }) {
            return self.violate(Violation::NoHello);
        }
        self.find_candidate(&message);
        if let Some(id) = id_of(&message)
            && self.delayed.contains(id)
        {
            if let ControlMessage::Cancel { code, .. } = &message
                && self.delayed.take_problem(id)
            {
                // It may wait for ever for its disk, and needs none any more.
                self.delayed.take(id);
                let (role, by_partner) = (Role::Receiver, true);
                let code = code.clone();
                let outcome = Outcome::Cancelled { by_partner, code };
                return self.event(Event::Ended { id, role, outcome });
            }
            if let Err(violation) = self.delayed.push(id, message, bytes) {
                self.violate(violation);
            }
            return;
        }
        let Some(connection) = &mut self.connection else {
            return;
        };
        match message {
            ControlMessage::Hello {
                participant,
                incarnation,
                features,
                ..
            } => {
                connection.has_hello = true;
                connection.verifies = features.iter().any(|of| of == FEATURE_VERIFY);
                self.event(Event::Hello {
                    participant,
                    incarnation,
                    has_small_socket: features.iter().any(|of| of == FEATURE_SMALL_SOCKET),
                });
            }
            ControlMessage::Credit {
                bytes,
                messages,
                arrived,
                delay,
            } => {
                connection.on_credit(Totals { bytes, messages }, arrived, delay, now);
                if connection.delivery.is_steady() {
                    self.stalls.clear();
                }
            }
            ControlMessage::Known { tags } => {
                connection.partner_tags = Some(tags);
                self.on_known();
            }
            ControlMessage::Ping { at } => self.send(&ControlMessage::Pong { at }),
            ControlMessage::Pong { at } => connection.on_pong(at, now),
            ControlMessage::Stripe { index, signal } => self.event(Event::Stripe(index, signal)),
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
                    && usize::try_from(first).is_ok_and(|first| first <= sending.sizes.len())
                {
                    sending.next_listed = Some(first);
                }
            }
            ControlMessage::Want { id, entry, wanted } => self.on_want(id, entry, &wanted),
            ControlMessage::Verify {
                id,
                entry,
                to_verify,
            } => self.on_verify(id, entry, &to_verify),
            ControlMessage::Durable { id, bytes } => {
                if let Some(sending) = self.sending.get_mut(&id) {
                    sending.on_durable(bytes);
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
                    self.say_present(id, Role::Sender, sending.present.total());
                    let again = ControlMessage::Cancel {
                        id,
                        code: Open::Known(Code::Cancelled),
                    };
                    self.end(id, Role::Sender, sending.key, again, Outcome::Done);
                }
            }
        }
    }
}

/// The transfer that a message is about.
const fn id_of(message: &ControlMessage) -> Option<TransferId> {
    match message {
        ControlMessage::Offer { id, .. }
        | ControlMessage::Manifest { id, .. }
        | ControlMessage::Accept { id, .. }
        | ControlMessage::Decline { id, .. }
        | ControlMessage::List { id, .. }
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
