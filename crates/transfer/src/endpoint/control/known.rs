//! How the other side proves to be the one of a transfer.

use maru_protocol::Open;

use super::super::{Endpoint, output::Event};
use crate::{
    Time,
    control::{ControlMessage, Tag, TransferId},
    limits::MAX_TRANSFERS,
    resume::{ResumeKey, Role},
};

impl Endpoint {
    /// Keys of all transfers that the other side may know.
    fn keys(&self) -> impl Iterator<Item = (Role, &ResumeKey)> {
        let sending = self.sending.values().filter_map(|of| of.key.as_ref());
        let receiving = self.receiving.values().filter_map(|of| of.key.as_ref());
        sending
            .map(|key| (Role::Sender, key))
            .chain(receiving.map(|key| (Role::Receiver, key)))
            .chain(self.candidates.iter().map(|(_, role, key)| (*role, key)))
    }

    /// Announces all transfers that the other side may know, if it was not told of one of them on this connection.
    pub(in crate::endpoint) fn send_known(&mut self) {
        let Some(connection) = &self.connection else {
            return;
        };
        let tags: Vec<Tag> = self
            .keys()
            .take(MAX_TRANSFERS)
            .map(|(role, key)| key.own_tag(role, &connection.fingerprints))
            .collect();
        if tags.iter().all(|tag| connection.announced.contains(tag)) {
            return;
        }
        self.send(&ControlMessage::Known { tags: tags.clone() });
        if let Some(connection) = &mut self.connection {
            connection.announced = tags;
        }
    }

    /// Whom the other side proves to be.
    pub(super) fn on_known(&mut self) {
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
            self.find(id, role);
        }
    }

    /// One more transfer that was accepted and is of no endpoint, such as one whose connection with the same participant was
    /// another. It is announced on this connection as well; the next one gets it with all others.
    pub fn add_candidate(&mut self, id: TransferId, role: Role, key: ResumeKey, now: Time) {
        let is_candidate =
            |(of, of_role, _): &(TransferId, Role, ResumeKey)| (*of, *of_role) == (id, role);
        if self.connection.is_none() || self.candidates.iter().any(is_candidate) {
            return;
        }
        // It may have been found on this connection before, when it was of another endpoint.
        let is_found = self.delayed.contains(id) || self.is_known(role, &key);
        self.candidates.push((id, role, key));
        self.send_known();
        if is_found {
            self.find(id, role);
        }
        self.after(now);
    }

    /// A candidate is a transfer with this partner. Messages about it wait until it is added.
    fn find(&mut self, id: TransferId, role: Role) {
        self.candidates
            .retain(|(of, of_role, _)| (*of, *of_role) != (id, role));
        self.delayed.begin(id);
        self.event(Event::Found(id, role));
    }

    /// Partners announce no transfer that is over for them, or of which they have no `accept`, but say so: IDs are known
    /// to nobody else.
    pub(super) fn find_candidate(&mut self, message: &ControlMessage) {
        let (id, roles): (_, &[Role]) = match message {
            ControlMessage::Offer { id, .. } => (*id, &[Role::Receiver]),
            ControlMessage::Done { id } | ControlMessage::Decline { id, .. } => {
                (*id, &[Role::Sender])
            }
            ControlMessage::Cancel { id, .. } => (*id, &[Role::Sender, Role::Receiver]),
            _ => return,
        };
        let candidate =
            |(of, role, _): &&(TransferId, Role, ResumeKey)| *of == id && roles.contains(role);
        if let Some(role) = self.candidates.iter().find(candidate).map(|of| of.1) {
            self.find(id, role);
        }
    }

    /// Whether the other side announced that it knows this transfer.
    pub(in crate::endpoint) fn is_known(&self, role: Role, key: &ResumeKey) -> bool {
        self.connection.as_ref().is_some_and(|connection| {
            let expected = key.partner_tag(role, &connection.fingerprints);
            let tags = connection.partner_tags.as_deref().unwrap_or_default();
            tags.iter()
                .fold(false, |found, tag| found | (*tag == expected))
        })
    }

    /// The other side is the one of this transfer: it goes on.
    pub(in crate::endpoint) fn recognise(&mut self, id: TransferId, role: Role) {
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
                    receiving.awaited = Some(first);
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
}
