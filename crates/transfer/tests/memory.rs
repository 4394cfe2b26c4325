//! What a sender can make a receiver keep in memory, counted by the allocator, while the receiver's disk does nothing.

#![expect(unsafe_code, reason = "an allocator is unsafe")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    time::Duration,
};

use bytes::Bytes;
use maru_transfer::{
    Time,
    bulk::{BulkEncoder, Content, Record},
    control::{ControlMessage, Entry, EntryKind, Modified, RelativePath, Secret, TransferId},
    endpoint::{DiskRequest, Endpoint, Identity, Offer, Output},
    hash::GROUP_BYTES,
    limits::{MAX_BULK_BYTES, MAX_RECORDS},
    resume::Fingerprints,
};

struct Counting;

thread_local! {
    /// Bytes that this thread holds.
    static HELD: Cell<isize> = const { Cell::new(0) };
}

fn change(bytes: usize, sign: isize) {
    HELD.set(HELD.get() + sign * isize::try_from(bytes).unwrap_or(isize::MAX));
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        change(layout.size(), 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        change(layout.size(), -1);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Of docs/transfer.md, "Credit and yielding".
const MAX_HELD: isize = 64 << 20;

const SIZE: u64 = 1 << 52;

/// A receiver that accepted files of [`SIZE`] or fewer bytes, and what its sender may send.
struct Receiver {
    endpoint: Endpoint,
    /// What the disk has to do, and does not.
    disk: Vec<DiskRequest>,
    sent: (u64, u64),
    permitted: (u64, u64),
    closed: bool,
    writes: bool,
    now: Time,
}

impl Receiver {
    fn new(files: u32, size: u64) -> Self {
        let id = "00000000-0000-4000-8000-000000000001";
        let identity = Identity {
            participant: serde_json::from_value(id.into()).expect("valid"),
            incarnation: serde_json::from_value(id.into()).expect("valid"),
        };
        let mut receiver = Self {
            endpoint: Endpoint::new(identity),
            disk: Vec::new(),
            sent: (0, 0),
            permitted: (0, 0),
            closed: false,
            writes: false,
            now: Time::new(Duration::from_secs(1)),
        };
        let fingerprints = Fingerprints {
            own: [1; 32],
            partner: [2; 32],
        };
        let now = receiver.now;
        receiver
            .endpoint
            .on_connected(fingerprints, Vec::new(), now);
        receiver.say(&ControlMessage::Hello {
            version: 1,
            participant: identity.participant,
            incarnation: identity.incarnation,
            features: Vec::new(),
        });
        let offer = Offer {
            id: TransferId([1; 16]),
            number: 1,
            files,
            folders: 0,
            bytes: u64::from(files) * size,
            names: Vec::new(),
            skipped: 0,
            secret: Secret([1; 32]),
        };
        receiver.say(&ControlMessage::Offer {
            id: offer.id,
            number: 1,
            files,
            folders: 0,
            bytes: offer.bytes,
            names: Vec::new(),
            skipped: 0,
            secret: offer.secret,
        });
        receiver.endpoint.accept(offer.id, Secret([2; 32]), now);
        receiver.drain();
        for first in (0..files).step_by(200) {
            let count = (files - first).min(200);
            let entry = |at: u32| Entry {
                path: RelativePath::new(&format!("{}", first + at)).expect("valid"),
                kind: EntryKind::File { size },
                modified: Modified {
                    seconds: 0,
                    nanoseconds: 0,
                },
            };
            receiver.say(&ControlMessage::Manifest {
                id: offer.id,
                first,
                entries: (0..count).map(entry).collect(),
                last: first + count == files,
            });
        }
        receiver.disk.clear();
        receiver
    }

    fn say(&mut self, message: &ControlMessage) {
        let text = message.encode().expect("valid");
        self.endpoint.on_control(text.as_bytes(), self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.endpoint.poll_output(self.now) {
            match output {
                Output::Control(text) => {
                    self.endpoint.on_control_sent(1, self.now);
                    if let Ok(Some(ControlMessage::Credit {
                        bytes, messages, ..
                    })) = ControlMessage::decode(text.as_bytes())
                    {
                        self.permitted = (bytes, messages);
                    }
                }
                Output::Disk(DiskRequest::Write {
                    write, id, piece, ..
                }) if self.writes => {
                    let bytes = piece.len();
                    drop(piece);
                    self.endpoint.on_written(write, id, bytes, self.now);
                }
                Output::Disk(DiskRequest::Verified { .. }) if self.writes => {}
                Output::Disk(request) => self.disk.push(request),
                Output::Close(_) => self.closed = true,
                Output::Event(_) => {}
            }
        }
    }

    /// False if it may not be sent, or the connection is closed.
    fn send(&mut self, message: Bytes, content: u64) -> bool {
        self.now += Duration::from_millis(1);
        self.sent = (self.sent.0 + content, self.sent.1 + 1);
        if self.sent.0 > self.permitted.0 || self.sent.1 > self.permitted.1 {
            return false;
        }
        self.endpoint.on_bulk(message, self.now);
        self.drain();
        !self.closed
    }
}

/// A message full of these records, and how many bytes of content it has.
fn pack(records: &mut std::iter::Peekable<Records>) -> Option<(Bytes, u64)> {
    let mut encoder = BulkEncoder::new(MAX_BULK_BYTES);
    for _ in 0..MAX_RECORDS {
        let Some((entry, content)) = records.peek() else {
            break;
        };
        let record = Record {
            number: 1,
            entry: *entry,
            content: content.clone(),
        };
        if encoder.push(&record).is_err() {
            break;
        }
        records.next();
    }
    let content = encoder.content_bytes() as u64;
    Some((encoder.finish(0)?, content))
}

fn data(offset: u64, length: usize) -> Content {
    Content::Data {
        offset,
        bytes: vec![1; length].into(),
    }
}

fn digests(first: u64, count: usize) -> Content {
    Content::Digests {
        first,
        digests: vec![9; count * 32].into(),
    }
}

type Records = Box<dyn Iterator<Item = (u32, Content)>>;

fn attacks() -> Vec<(&'static str, u32, u64, Records)> {
    let groups = SIZE / GROUP_BYTES;
    vec![
        (
            "bytes that wait, one by one",
            1,
            SIZE,
            Box::new((0..).map(|at: u64| {
                let group = at / 500_000;
                (0, data(group * GROUP_BYTES + 2 * (at % 500_000) + 1, 1))
            })),
        ),
        (
            "bytes that wait, in large pieces",
            1_000,
            GROUP_BYTES,
            Box::new((0..).map(|at: u64| {
                let entry = u32::try_from(at / 8 % 1_000).expect("valid");
                (entry, data(100_000 * (at % 8) + 1, 100_000))
            })),
        ),
        (
            "a byte of each group of many files",
            1_000,
            GROUP_BYTES * 64,
            Box::new((0..).map(|at: u64| {
                let entry = u32::try_from(at % 1_000).expect("valid");
                (entry, data(at / 1_000 * GROUP_BYTES, 1))
            })),
        ),
        (
            "a byte of each file",
            2_000,
            10,
            Box::new((0..2_000).map(|at: u32| (at, data(0, 1)))),
        ),
        (
            "the end of each file",
            2_000,
            3 * GROUP_BYTES,
            Box::new((0..2_000).map(|at: u32| {
                let size = 3 * GROUP_BYTES;
                (at, Content::End { size, hash: None })
            })),
        ),
        (
            "digests of groups that never come",
            1,
            SIZE,
            Box::new((0..).map(|at: u64| (0, digests(at * 128, 128)))),
        ),
        (
            "holes at every second group",
            1,
            SIZE,
            Box::new((0..groups / 2).map(|at: u64| {
                let (offset, length) = (at * 2 * GROUP_BYTES, GROUP_BYTES);
                (0, Content::Zeros { offset, length })
            })),
        ),
        (
            "one hole with wrong digests",
            1,
            SIZE,
            Box::new(
                std::iter::once((
                    0,
                    Content::Zeros {
                        offset: 0,
                        length: SIZE,
                    },
                ))
                .chain((0..2_000).map(|at: u64| (0, digests(at * 8, 8)))),
            ),
        ),
        (
            "bytes of no transfer",
            1,
            10,
            Box::new((0..).map(|at: u64| (0, data(at % 10, 1)))),
        ),
    ]
}

#[test]
fn a_sender_cannot_make_a_receiver_hold_more_than_64_mib() {
    for writes in [false, true] {
        for (name, files, size, records) in attacks() {
            let mut records = records.peekable();
            let mut receiver = Receiver::new(files, size);
            receiver.writes = writes;
            let before = HELD.get();
            let mut messages = 0;
            while messages < 500
                && let Some((message, content)) = pack(&mut records)
                && receiver.send(message, content)
            {
                messages += 1;
            }
            let held = HELD.get() - before;
            println!("{name}, writes {writes}: {held} bytes, {messages} messages");
            assert!(held < MAX_HELD, "{name}, writes {writes}: {held} bytes");
        }
    }
}
