use bytes::Bytes;
use maru_transfer::{
    Piece, Time,
    control::Secret,
    endpoint::{CloseReason, DiskRequest, Event, Outcome, Output},
    resume::Role,
};
use serde_json::{Value, json};

use super::{Slot, Write};

/// What the page is to do next: JSON text, and the bytes of a write.
pub(crate) struct Polled {
    pub(crate) text: String,
    pub(crate) bytes: Bytes,
}

impl Slot {
    pub(crate) fn poll_output(&mut self, now: Time) -> Option<Polled> {
        let output = self.endpoint.poll_output(now)?;
        let mut bytes = Bytes::new();
        let value = match output {
            Output::Control(text) => json!({ "type": "control", "text": text }),
            Output::Disk(request) => self.disk(request, &mut bytes),
            Output::Event(event) => self.event(event),
            Output::Close(reason) => {
                let (reason, detail) = match reason {
                    CloseReason::Violation(violation) => ("violation", violation.to_string()),
                    CloseReason::Silent => ("silent", String::new()),
                    CloseReason::Idle => ("idle", String::new()),
                };
                json!({ "type": "close", "reason": reason, "detail": detail })
            }
        };
        let text = value.to_string();
        Some(Polled { text, bytes })
    }

    fn disk(&mut self, request: DiskRequest, bytes: &mut Bytes) -> Value {
        let id = request.id();
        match request {
            DiskRequest::Manifest {
                first,
                max_json_bytes,
                ..
            } => {
                json!({ "type": "manifest", "id": id, "first": first, "maxJsonBytes": max_json_bytes })
            }
            DiskRequest::Read {
                read,
                entry,
                offset,
                length,
                ..
            } => {
                let number = self.number();
                self.reads.insert(number, read);
                json!({ "type": "read", "id": id, "read": number, "entry": entry, "offset": offset, "length": length })
            }
            DiskRequest::Store {
                first,
                entries,
                last,
                ..
            } => {
                json!({ "type": "store", "id": id, "first": first, "entries": entries, "last": last })
            }
            // Pages do not look for what they have: their endpoints are never set to compare.
            DiskRequest::Find { .. } | DiskRequest::Compare { .. } | DiskRequest::Keep { .. } => {
                Value::Null
            }
            DiskRequest::Fail { entry, code, .. } => {
                json!({ "type": "fail", "id": id, "entry": entry, "code": code })
            }
            DiskRequest::Write {
                write,
                entry,
                offset,
                piece,
                ..
            } => {
                let number = self.number();
                let length = piece.len();
                self.writes.insert(
                    number,
                    Write {
                        write,
                        id,
                        bytes: length,
                    },
                );
                let zeros = match piece {
                    Piece::Bytes(content) => {
                        *bytes = content;
                        0
                    }
                    Piece::Zeros(length) => length,
                };
                json!({ "type": "write", "id": id, "write": number, "entry": entry, "offset": offset, "zeros": zeros })
            }
            DiskRequest::Verified {
                entry,
                group,
                digest,
                ..
            } => json!({
                "type": "verified",
                "id": id,
                "entry": entry,
                "group": group,
                "digest": Secret(digest.0),
            }),
            DiskRequest::Finish { entry, hash, .. } => json!({
                "type": "finish",
                "id": id,
                "entry": entry,
                "hash": hash.map(|hash| hash.to_string()),
            }),
            DiskRequest::Checkpoint { .. } => json!({ "type": "checkpoint", "id": id }),
            DiskRequest::Conclude { .. } => json!({ "type": "conclude", "id": id }),
        }
    }

    fn event(&self, event: Event) -> Value {
        match event {
            Event::Hello {
                participant,
                incarnation,
                ..
            } => {
                json!({ "type": "hello", "participant": participant, "incarnation": incarnation })
            }
            Event::Offered(id) => json!({ "type": "offered", "id": id }),
            Event::Accepted(id, secret) => {
                json!({ "type": "accepted", "id": id, "secret": secret })
            }
            Event::Found(id, role) => {
                json!({ "type": "found", "id": id, "direction": direction(role) })
            }
            Event::Changed(id, role) => {
                json!({ "type": "changed", "id": id, "direction": direction(role) })
            }
            // Pages have one connection for files with each participant.
            Event::Stripe(index, _) => json!({ "type": "stripe", "index": index }),
            Event::EntryFailed {
                id,
                role,
                entry,
                code,
            } => json!({
                "type": "entry-failed",
                "id": id,
                "direction": direction(role),
                "entry": entry,
                "code": code,
            }),
            Event::Sent(id, hash) => {
                json!({ "type": "sent", "id": id, "hash": hash.to_string() })
            }
            Event::Present { id, role, files } => json!({
                "type": "present",
                "id": id,
                "direction": direction(role),
                "files": files,
            }),
            Event::EntryDone { id, entry, hash } => json!({
                "type": "entry-done",
                "id": id,
                "entry": entry,
                "hash": hash.map(|hash| hash.to_string()),
            }),
            Event::Ended { id, role, outcome } => {
                let (outcome, code) = match outcome {
                    Outcome::Done => ("done", Value::Null),
                    Outcome::Declined(code) => ("declined", json!(code)),
                    Outcome::Cancelled { code, .. } => ("cancelled", json!(code)),
                };
                json!({
                    "type": "ended",
                    "id": id,
                    "direction": direction(role),
                    "outcome": outcome,
                    "code": code,
                })
            }
        }
    }
}

const fn direction(role: Role) -> &'static str {
    match role {
        Role::Sender => "send",
        Role::Receiver => "receive",
    }
}
