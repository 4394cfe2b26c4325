//! What the fuzzer and the tests that replay its corpus do with an input.

use std::time::Duration;

use bytes::Bytes;
use maru_transfer::{
    Piece, Time,
    bulk::{BulkEncoder, BulkMessage, PushError},
    control::{Code, ControlMessage, FEATURE_VERIFY, Secret, TransferId},
    endpoint::{DiskRequest, Endpoint, Identity, Offer, Outgoing, Output, Restored},
    limits::MAX_BULK_BYTES,
    resume::{Fingerprints, Role},
};

/// What is decoded is encoded to something that is decoded to the same.
pub(crate) fn control(input: &[u8]) {
    let Ok(Some(message)) = ControlMessage::decode(input) else {
        return;
    };
    // Unknown fields are left out and escapes are resolved, but names may need longer escapes.
    if let Ok(text) = message.encode() {
        assert_eq!(ControlMessage::decode(text.as_bytes()), Ok(Some(message)));
    }
}

/// The records that are decoded are encoded to a message that has the same.
pub(crate) fn bulk(input: &[u8]) {
    let Ok(message) = BulkMessage::decode(Bytes::copy_from_slice(input)) else {
        return;
    };
    let mut encoder = BulkEncoder::new(MAX_BULK_BYTES);
    for record in message.records() {
        match encoder.push(&record) {
            Ok(()) => {}
            Err(PushError::Full) => return,
            Err(error) => panic!("{error}: {record:?}"),
        }
    }
    if let Some(again) = encoder.finish(message.sent_ms()) {
        let again = BulkMessage::decode(again).expect("valid");
        assert!(again.records().eq(message.records()));
    }
}

const SIZES: [u64; 3] = [10, 0, (3 << 20) + 1];

/// An endpoint that gets messages, outcomes and requests as the input says: one byte for what comes next, and for a message
/// two more for its length.
pub(crate) fn endpoint(input: &[u8]) {
    let mut state = State::new();
    let mut rest = input;
    while let Some((kind, tail)) = rest.split_first() {
        rest = tail;
        if matches!(kind % 8, 0 | 1) {
            let Some((length, tail)) = rest.split_at_checked(2) else {
                return;
            };
            let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
            let (message, tail) = tail.split_at(length.min(tail.len()));
            rest = tail;
            let now = state.now;
            match kind % 8 {
                0 => state.endpoint.on_control(message, now),
                _ => state.endpoint.on_bulk(Bytes::copy_from_slice(message), now),
            }
        } else {
            state.step(*kind);
        }
        state.drain();
    }
}

struct State {
    endpoint: Endpoint,
    identity: Identity,
    disk: Vec<DiskRequest>,
    now: Time,
}

impl State {
    fn new() -> Self {
        let id = serde_json::Value::from("00000000-0000-4000-8000-000000000001");
        let identity = Identity {
            participant: serde_json::from_value(id.clone()).expect("valid"),
            incarnation: serde_json::from_value(id).expect("valid"),
        };
        let mut endpoint = Endpoint::new(identity);
        endpoint.set_comparing(true);
        let mut state = Self {
            endpoint,
            identity,
            disk: Vec::new(),
            now: Time::new(Duration::from_secs(1)),
        };
        state.connect();
        state
    }

    fn connect(&mut self) {
        let fingerprints = Fingerprints {
            own: [1; 32],
            partner: [2; 32],
        };
        self.endpoint
            .on_connected(fingerprints, Vec::new(), self.now);
        let hello = ControlMessage::Hello {
            version: 1,
            participant: self.identity.participant,
            incarnation: self.identity.incarnation,
            features: vec![FEATURE_VERIFY.to_owned()],
        };
        let hello = hello.encode().expect("short");
        self.endpoint.on_control(hello.as_bytes(), self.now);
    }

    fn step(&mut self, kind: u8) {
        let (now, argument) = (self.now, kind / 8);
        let id = TransferId([argument % 4; 16]);
        let role = if argument < 16 {
            Role::Sender
        } else {
            Role::Receiver
        };
        let endpoint = &mut self.endpoint;
        match kind % 8 {
            2 => endpoint.accept(id, Secret([7; 32]), now),
            3 => endpoint.set_paused(id, role, argument % 8 < 4, now),
            4 if argument % 8 < 4 => endpoint.send_transfer(outgoing(id), now),
            4 => endpoint.cancel(id, role, now),
            5 => self.on_disk(argument != 0),
            6 if argument == 0 => {
                endpoint.on_disconnected();
                self.connect();
            }
            6 if argument == 1 => endpoint.on_disk_mended(id, Restored::default(), now),
            6 => {
                self.now += Duration::from_millis(u64::from(argument) * 100);
                endpoint.on_timeout(self.now);
            }
            _ => while endpoint.poll_bulk(now).is_some() {},
        }
    }

    fn on_disk(&mut self, succeeds: bool) {
        if self.disk.is_empty() {
            return;
        }
        let (now, request) = (self.now, self.disk.remove(0));
        let id = request.id();
        let endpoint = &mut self.endpoint;
        match request {
            DiskRequest::Read { read, length, .. } => {
                let bytes = vec![0; usize::try_from(length).expect("a group")];
                let pieces = Ok(vec![Piece::Bytes(bytes.into())]);
                let outcome = if succeeds { pieces } else { Err(Code::Missing) };
                endpoint.on_read(read, outcome, now);
            }
            DiskRequest::Write { write, piece, .. } => {
                endpoint.on_written(write, id, piece.len(), now);
                if !succeeds {
                    endpoint.on_disk_problem(id, Code::DiskFull, now);
                }
            }
            DiskRequest::Manifest { first, .. } => {
                endpoint.on_manifest(id, first, Err(Code::Missing), now);
            }
            DiskRequest::Finish { entry, .. } => endpoint.on_finished(id, entry, now),
            DiskRequest::Checkpoint { .. } => endpoint.on_checkpoint(id, 1, now),
            DiskRequest::Conclude { .. } => endpoint.on_concluded(id, now),
            DiskRequest::Find { first, count, .. } => {
                let found: Vec<u32> = (first..first + count).collect();
                endpoint.on_found(id, first, if succeeds { &found } else { &[] }, now);
            }
            DiskRequest::Compare {
                write,
                entry,
                expected,
                ..
            } => endpoint.on_compared(write, (id, entry), &expected, succeeds, now),
            DiskRequest::Keep { entry, .. } if succeeds => endpoint.on_finished(id, entry, now),
            DiskRequest::Keep { entry, .. } => endpoint.on_not_kept(id, entry, now),
            DiskRequest::Store { .. } | DiskRequest::Verified { .. } | DiskRequest::Fail { .. } => {
            }
        }
    }

    fn drain(&mut self) {
        let mut outputs = 0;
        let mut closed = false;
        while let Some(output) = self.endpoint.poll_output(self.now) {
            outputs += 1;
            match output {
                Output::Control(text) => {
                    self.endpoint.on_control_sent(1, self.now);
                    let message = ControlMessage::decode(text.as_bytes());
                    assert!(matches!(message, Ok(Some(_))), "{text}");
                }
                Output::Disk(request) => self.disk.push(request),
                Output::Close(_) => closed = true,
                Output::Event(_) => {}
            }
        }
        assert!(outputs < 20_000, "{outputs} outputs for one input");
        if closed {
            self.connect();
        }
    }
}

fn outgoing(id: TransferId) -> Outgoing {
    Outgoing {
        offer: Offer {
            id,
            number: id.0[0].into(),
            files: 3,
            folders: 0,
            bytes: SIZES.iter().sum(),
            names: Vec::new(),
            skipped: 0,
            secret: Secret([1; 32]),
        },
        sizes: SIZES.into(),
        partner_secret: None,
        paused: false,
        failed: maru_transfer::FailedEntries::default(),
    }
}
