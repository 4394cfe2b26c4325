//! The state of an [`Endpoint`], and its connections.

use std::collections::{BTreeMap, VecDeque};

use maru_protocol::{Incarnation, Open, ParticipantId};

use super::output::{CloseReason, Event, Output, Violation};
use super::{
    connection::{Connection, RECEIVE_WINDOW, Unwritten},
    delayed::Delayed,
    delivery::Stalls,
    ended::Ended,
    pipeline::Pipeline,
    receiving::Receiving,
    sending::Sending,
};
use crate::{
    Time, Totals,
    control::{Code, ControlMessage, FEATURE_SMALL_SOCKET, FEATURE_VERIFY, TransferId, VERSION},
    resume::{Fingerprints, ResumeKey, Role},
};

/// Who this side is, in `hello`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The participant ID.
    pub participant: ParticipantId,
    /// The incarnation of the room that it belongs to.
    pub incarnation: Incarnation,
}

/// All transfers with one participant: see [`crate::endpoint`].
#[derive(Debug)]
pub struct Endpoint {
    pub(super) identity: Identity,
    pub(super) connection: Option<Connection>,
    pub(super) sending: BTreeMap<TransferId, Sending>,
    pub(super) receiving: BTreeMap<TransferId, Receiving>,
    /// Unfinished transfers with somebody: this participant, if they know them.
    pub(super) candidates: Vec<(TransferId, Role, ResumeKey)>,
    /// Messages about candidates that were found and not added yet.
    pub(super) delayed: Delayed,
    /// Connections that delivered nothing, until one did.
    pub(super) stalls: Stalls,
    pub(super) unwritten: Unwritten,
    pub(super) ended: VecDeque<Ended>,
    pub(super) pipeline: Pipeline,
    /// The transfer whose turn it is to be read.
    pub(super) turn: Option<TransferId>,
    pub(super) yields: bool,
    /// What may be received and not written.
    pub(super) window: Totals,
    pub(super) compares: bool,
    has_small_socket: bool,
    pub(super) next_write: u64,
    pub(super) holes_wait: bool,
    pub(super) outputs: VecDeque<Output>,
}

impl Endpoint {
    /// Without a connection, and without transfers.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            connection: None,
            sending: BTreeMap::new(),
            receiving: BTreeMap::new(),
            candidates: Vec::new(),
            delayed: Delayed::default(),
            stalls: Stalls::default(),
            unwritten: Unwritten::default(),
            ended: VecDeque::new(),
            pipeline: Pipeline::new(),
            turn: None,
            yields: false,
            window: RECEIVE_WINDOW,
            compares: false,
            has_small_socket: false,
            next_write: 0,
            holes_wait: false,
            outputs: VecDeque::new(),
        }
    }

    /// Both channels of a new connection are open. `candidates`: all unfinished transfers that were accepted and are not of
    /// an endpoint, also those that were found on an earlier connection and are not added yet. For later ones there is
    /// [`Self::add_candidate`].
    pub fn on_connected(
        &mut self,
        fingerprints: Fingerprints,
        candidates: Vec<(TransferId, Role, ResumeKey)>,
        now: Time,
    ) {
        self.on_disconnected();
        self.candidates = candidates;
        self.connection = Some(Connection::new(
            fingerprints,
            self.window,
            self.unwritten.bytes(),
            now,
        ));
        self.send_hello();
        self.send_known();
        self.send_unsent();
        let offers: Vec<TransferId> = self
            .sending
            .iter()
            .filter(|(_, sending)| sending.key.is_none())
            .map(|(id, _)| *id)
            .collect();
        for id in offers {
            self.send_offer(id);
        }
        self.after(now);
    }

    /// The connection is gone. What is on its way to the disk still counts; what is on its way from it does not.
    pub fn on_disconnected(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        connection.into_unwritten(&mut self.unwritten);
        // They were for that connection.
        self.outputs
            .retain(|output| matches!(output, Output::Disk(_) | Output::Event(_)));
        self.pipeline.clear();
        self.delayed = Delayed::default();
        let mut changed = Vec::new();
        for (id, sending) in &mut self.sending {
            sending.on_disconnected();
            changed.push(Output::Event(Event::Changed(*id, Role::Sender)));
        }
        for (id, receiving) in &mut self.receiving {
            receiving.on_disconnected();
            changed.push(Output::Event(Event::Changed(*id, Role::Receiver)));
        }
        self.outputs.extend(changed);
    }

    /// This side has another participant ID.
    pub fn set_identity(&mut self, identity: Identity, now: Time) {
        if self.identity != identity {
            self.identity = identity;
            if self.connection.is_some() {
                self.send_hello();
            }
            self.after(now);
        }
    }

    /// Whether media runs with anyone, to which transfers yield. Afterwards call [`Self::poll_bulk`].
    pub fn set_yielding(&mut self, yields: bool) {
        if let Some(connection) = &mut self.connection
            && yields
            && !self.yields
        {
            connection.pacing.restart();
        }
        self.yields = yields;
    }

    /// The disk can look for files that are there already: [`DiskRequest::Find`](super::DiskRequest::Find), `Compare` and
    /// `Keep`. Without that, everything is received. To be called before the first connection.
    pub const fn set_comparing(&mut self, compares: bool) {
        self.compares = compares;
    }

    /// The socket has a receive buffer of 64 KiB, which cannot be changed. To be called before the first connection.
    pub const fn set_small_socket(&mut self, is_small: bool) {
        self.has_small_socket = is_small;
    }

    pub(super) fn send_hello(&mut self) {
        let mut features = vec![FEATURE_VERIFY.to_owned()];
        if self.has_small_socket {
            features.push(FEATURE_SMALL_SOCKET.to_owned());
        }
        self.send(&ControlMessage::Hello {
            version: VERSION,
            participant: self.identity.participant,
            incarnation: self.identity.incarnation,
            features,
        });
    }

    pub(super) fn send_offer(&mut self, id: TransferId) {
        let Some(sending) = self
            .sending
            .get_mut(&id)
            .filter(|_| self.connection.is_some())
        else {
            return;
        };
        sending.recognised = true;
        sending.next_listed = Some(0);
        let offer = sending.offer.to_message();
        let paused = sending.pauses.here;
        self.send(&offer);
        if paused {
            self.send(&ControlMessage::Pause { id });
        }
    }

    /// Queues a message of the control channel. All that are made here fit, but for an offer whose names are too long.
    pub(super) fn send(&mut self, message: &ControlMessage) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        let text = match (message.encode(), message) {
            (Ok(text), _) => text,
            (
                Err(_),
                ControlMessage::Offer {
                    id,
                    number,
                    files,
                    folders,
                    bytes,
                    skipped,
                    secret,
                    ..
                },
            ) => {
                let without_names = ControlMessage::Offer {
                    id: *id,
                    number: *number,
                    files: *files,
                    folders: *folders,
                    bytes: *bytes,
                    names: Vec::new(),
                    skipped: *skipped,
                    secret: *secret,
                };
                without_names.encode().unwrap_or_default()
            }
            (Err(_), _) => return,
        };
        connection.unsent += 1;
        self.outputs.push_back(Output::Control(text));
    }

    pub(super) fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(super) fn say_present(&mut self, id: TransferId, role: Role, files: u64) {
        let files = u32::try_from(files).unwrap_or(u32::MAX);
        if files > 0 {
            self.event(Event::Present { id, role, files });
        }
    }

    /// Ends the connection because of a violation.
    pub(super) fn violate(&mut self, violation: Violation) {
        self.send(&ControlMessage::Error {
            id: None,
            entry: None,
            code: Open::Known(Code::BadMessage),
            text: violation.to_string(),
        });
        self.close(CloseReason::Violation(violation));
    }

    pub(super) fn close(&mut self, reason: CloseReason) {
        if self.connection.is_some() {
            let outputs = std::mem::take(&mut self.outputs);
            self.on_disconnected();
            let events = std::mem::replace(&mut self.outputs, outputs);
            self.outputs.extend(events);
            self.outputs.push_back(Output::Close(reason));
        }
    }
}
