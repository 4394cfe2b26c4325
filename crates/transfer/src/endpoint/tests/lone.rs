//! One endpoint, and a partner that sends whatever a test makes up.

use std::time::Duration;

use bytes::Bytes;

use super::super::*;
use crate::{
    bulk::{BulkEncoder, Content, Record},
    control::{Entry, EntryKind, FEATURE_VERIFY, Modified, RelativePath, Secret},
    limits::MAX_BULK_BYTES,
};

pub(super) const HERE: Fingerprints = Fingerprints {
    own: [1; 32],
    partner: [2; 32],
};

/// See the module.
pub(super) struct Lone {
    pub(super) endpoint: Endpoint,
    pub(super) now: Time,
    /// What the endpoint sent.
    pub(super) control: Vec<ControlMessage>,
    pub(super) disk: Vec<DiskRequest>,
    pub(super) events: Vec<Event>,
    pub(super) closed: Option<CloseReason>,
}

pub(super) fn identity() -> Identity {
    let id = "00000000-0000-4000-8000-000000000001";
    Identity {
        participant: serde_json::from_value(id.into()).unwrap(),
        incarnation: serde_json::from_value(id.into()).unwrap(),
    }
}

pub(super) fn hello() -> ControlMessage {
    hello_with(&[FEATURE_VERIFY])
}

pub(super) fn hello_with(features: &[&str]) -> ControlMessage {
    ControlMessage::Hello {
        version: VERSION,
        participant: identity().participant,
        incarnation: identity().incarnation,
        features: features.iter().map(|of| (*of).to_owned()).collect(),
    }
}

pub(super) fn file(path: &str, size: u64) -> Entry {
    Entry {
        path: RelativePath::new(path).unwrap(),
        kind: EntryKind::File { size },
        modified: Modified {
            seconds: 0,
            nanoseconds: 0,
        },
    }
}

pub(super) fn id_of(number: u8) -> TransferId {
    TransferId([number; 16])
}

/// An offer of files of these sizes.
pub(super) fn offer(number: u8, sizes: &[u64]) -> Offer {
    Offer {
        id: id_of(number),
        number: number.into(),
        files: u32::try_from(sizes.len()).unwrap(),
        folders: 0,
        bytes: sizes.iter().sum(),
        names: Vec::new(),
        skipped: 0,
        secret: Secret([number; 32]),
    }
}

pub(super) fn manifest(number: u8, first: u32, sizes: &[u64], last: bool) -> ControlMessage {
    let entries = sizes
        .iter()
        .enumerate()
        .map(|(at, size)| file(&format!("{}", first as usize + at), *size))
        .collect();
    ControlMessage::Manifest {
        id: id_of(number),
        first,
        entries,
        last,
    }
}

impl Lone {
    pub(super) fn new() -> Self {
        Self {
            endpoint: Endpoint::new(identity()),
            now: Time::new(Duration::from_secs(100)),
            control: Vec::new(),
            disk: Vec::new(),
            events: Vec::new(),
            closed: None,
        }
    }

    pub(super) fn connected() -> Self {
        let mut lone = Self::new();
        lone.connect();
        lone
    }

    pub(super) fn connect(&mut self) {
        self.endpoint.on_connected(HERE, Vec::new(), self.now);
        self.say(&hello());
    }

    /// A connection on which a transfer is offered to the endpoint, accepted and listed.
    pub(super) fn receiving(sizes: &[u64]) -> Self {
        let mut lone = Self::connected();
        lone.take_offer(1, sizes);
        lone
    }

    /// As [`Self::receiving`], by an endpoint that compares, from a partner that can be asked for digests.
    pub(super) fn comparing(sizes: &[u64]) -> Self {
        let mut lone = Self::new();
        lone.endpoint.set_comparing(true);
        lone.connect();
        lone.take_offer(1, sizes);
        lone
    }

    pub(super) fn take_offer(&mut self, number: u8, sizes: &[u64]) {
        self.say(&offer(number, sizes).to_message());
        self.endpoint
            .accept(id_of(number), Secret([7; 32]), self.now);
        let mut first = 0;
        for some in sizes.chunks(300) {
            let next = first + some.len();
            let at = u32::try_from(first).unwrap();
            self.say(&manifest(number, at, some, next == sizes.len()));
            first = next;
        }
    }

    /// A connection on which the endpoint offers a transfer that is accepted.
    pub(super) fn sending(sizes: &[u64]) -> Self {
        let mut lone = Self::connected();
        lone.give_offer(1, sizes);
        let id = id_of(1);
        lone.say(&ControlMessage::Accept {
            id,
            secret: Secret([7; 32]),
        });
        lone
    }

    pub(super) fn give_offer(&mut self, number: u8, sizes: &[u64]) {
        let outgoing = Outgoing {
            offer: offer(number, sizes),
            sizes: sizes.into(),
            partner_secret: None,
            paused: false,
            failed: crate::FailedEntries::default(),
        };
        self.endpoint.send_transfer(outgoing, self.now);
        self.drain();
    }

    pub(super) fn say(&mut self, message: &ControlMessage) {
        self.say_text(message.encode().unwrap().as_bytes());
    }

    pub(super) fn say_text(&mut self, text: &[u8]) {
        self.endpoint.on_control(text, self.now);
        self.drain();
    }

    pub(super) fn send(&mut self, records: &[(u16, u32, Content)]) {
        self.endpoint.on_bulk(encode(records), self.now);
        self.drain();
    }

    pub(super) fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output(self.now) {
            match output {
                Output::Control(text) => {
                    self.endpoint.on_control_sent(1, self.now);
                    let message = ControlMessage::decode(text.as_bytes()).unwrap().unwrap();
                    self.control.push(message);
                }
                Output::Disk(request) => self.disk.push(request),
                Output::Event(event) => self.events.push(event),
                Output::Close(reason) => self.closed = Some(reason),
            }
        }
    }

    /// Time goes by, with nothing from the partner.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(due) = self.endpoint.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.endpoint.on_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// What the partner got since the last call.
    pub(super) fn heard(&mut self) -> Vec<ControlMessage> {
        std::mem::take(&mut self.control)
    }

    /// All writes are done.
    pub(super) fn write_all(&mut self) {
        for request in std::mem::take(&mut self.disk) {
            if let DiskRequest::Write {
                write, id, piece, ..
            } = request
            {
                self.endpoint.on_written(write, id, piece.len(), self.now);
            }
        }
        self.drain();
    }

    /// Bytes and messages that the partner may send beyond what it sent, by the last credit.
    pub(super) fn permitted(&self) -> Option<(u64, u64)> {
        self.control.iter().rev().find_map(|message| match message {
            ControlMessage::Credit {
                bytes, messages, ..
            } => Some((*bytes, *messages)),
            _ => None,
        })
    }
}

pub(super) fn encode(records: &[(u16, u32, Content)]) -> Bytes {
    let mut encoder = BulkEncoder::new(MAX_BULK_BYTES);
    for (number, entry, content) in records {
        let record = Record {
            number: *number,
            entry: *entry,
            content: content.clone(),
        };
        encoder.push(&record).unwrap();
    }
    encoder.finish(0).unwrap()
}

/// Zeros as bytes.
pub(super) fn data(offset: u64, length: usize) -> Content {
    Content::Data {
        offset,
        bytes: Bytes::from(vec![0; length]),
    }
}
