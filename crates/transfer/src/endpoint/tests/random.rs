//! Anything that is valid by itself, in any order and state.

use std::time::Duration;

use proptest::prelude::*;

use super::{
    super::*,
    lone::{HERE, Lone, data, id_of, manifest, offer},
};
use crate::{
    Piece,
    bulk::Content,
    control::{GroupRange, Secret, Tag, ToVerify, Wanted},
    hash::GROUP_BYTES,
};

const SIZES: [u64; 5] = [0, 10, GROUP_BYTES, GROUP_BYTES + 1, 90 * GROUP_BYTES];

#[derive(Debug, Clone)]
enum Step {
    Say(u8, u8, u64, u64),
    Send(u16, u32, u8, u64, u64),
    Ask(u8, u8),
    Disk(bool),
    Connection(bool),
    Pass(u64),
    Poll,
}

fn step() -> impl Strategy<Value = Step> {
    let small = || prop_oneof![4 => 0..12_u64, 1 => any::<u64>().prop_map(|it| it >> 11)];
    prop_oneof![
        8 => (0..20_u8, 1..4_u8, small(), small()).prop_map(|(a, b, c, d)| Step::Say(a, b, c, d)),
        6 => (1..4_u16, 0..6_u32, 0..4_u8, small(), small())
            .prop_map(|(a, b, c, d, e)| Step::Send(a, b, c, d, e)),
        4 => (0..8_u8, 1..4_u8).prop_map(|(a, b)| Step::Ask(a, b)),
        6 => prop::bool::weighted(0.8).prop_map(Step::Disk),
        1 => any::<bool>().prop_map(Step::Connection),
        1 => (1..12_000_u64).prop_map(Step::Pass),
        4 => Just(Step::Poll),
    ]
}

fn message(kind: u8, number: u8, a: u64, b: u64) -> ControlMessage {
    let id = id_of(number);
    let entry = u32::try_from(a.min(20)).unwrap();
    let code = Open::Known(Code::Changed);
    match kind {
        0 => super::lone::hello(),
        1 | 2 => offer(number, &SIZES).to_message(),
        3 => manifest(number, 0, &SIZES, true),
        4 => {
            let first = entry.min(4) as usize;
            let until = first.max((b as usize).min(5));
            manifest(number, first as u32, &SIZES[first..until], until == 5)
        }
        5 => ControlMessage::Accept {
            id,
            secret: Secret([7; 32]),
        },
        6 => ControlMessage::Decline { id, code },
        7 => ControlMessage::List { id, first: entry },
        8 | 9 => ControlMessage::Want {
            id,
            entry,
            wanted: Wanted::Count(None),
        },
        10 => ControlMessage::Want {
            id,
            entry,
            wanted: Wanted::Groups(vec![GroupRange {
                first: b,
                count: 1 + a % 7,
            }]),
        },
        11 => ControlMessage::Verify {
            id,
            entry,
            to_verify: if a.is_multiple_of(2) {
                ToVerify::Groups(GroupRange { first: b, count: 1 })
            } else {
                ToVerify::Entries { count: 1 }
            },
        },
        12 | 13 => ControlMessage::Credit {
            bytes: a << 20,
            messages: b,
            arrived: a,
            delay: Some(b as u32),
        },
        14 => ControlMessage::Durable { id, bytes: a },
        15 if a.is_multiple_of(2) => ControlMessage::Pause { id },
        15 => ControlMessage::Resume { id },
        16 => ControlMessage::Error {
            id: Some(id),
            entry: (a < 9).then_some(entry),
            code,
            text: String::new(),
        },
        17 if a == 0 => ControlMessage::Cancel { id, code },
        17 if a == 1 => ControlMessage::Done { id },
        18 => {
            let key = ResumeKey::new(&Secret([number; 32]), &Secret([7; 32]), &id);
            let tags = [Role::Sender, Role::Receiver].map(|of| key.partner_tag(of, &HERE));
            let tags = tags.into_iter().chain([Tag([0; 16])]).collect();
            ControlMessage::Known { tags }
        }
        _ => ControlMessage::Ping { at: a },
    }
}

fn content(kind: u8, entry: u32, a: u64, b: u64) -> Content {
    let size = SIZES.get(entry as usize).copied().unwrap_or(9);
    let max = crate::limits::MAX_FILE_BYTES;
    match kind {
        0 => data(a.min(max - 20) / 16 * 16, 1 + (b % 16) as usize),
        1 => Content::Zeros {
            offset: a.min(max / 2),
            length: (b % (max / 2)).max(1),
        },
        2 => Content::Digests {
            first: a % 95,
            digests: vec![1; 32].into(),
        },
        _ if b.is_multiple_of(3) => Content::End {
            size,
            hash: Some([0; 32]),
        },
        _ => data(0, 10),
    }
}

fn disk(lone: &mut Lone, succeeds: bool) {
    if lone.disk.is_empty() {
        return;
    }
    let (now, request) = (lone.now, lone.disk.remove(0));
    let id = request.id();
    let endpoint = &mut lone.endpoint;
    match request {
        DiskRequest::Manifest { first, .. } => {
            let from = (first as usize).min(SIZES.len());
            let ControlMessage::Manifest { entries, last, .. } =
                manifest(1, first, &SIZES[from..], true)
            else {
                unreachable!()
            };
            endpoint.on_manifest(id, first, Ok((entries, last)), now);
        }
        DiskRequest::Read { read, length, .. } if succeeds => {
            let bytes = vec![0; length as usize];
            endpoint.on_read(read, Ok(vec![Piece::Bytes(bytes.into())]), now);
        }
        DiskRequest::Read { read, .. } => endpoint.on_read(read, Err(Code::Missing), now),
        DiskRequest::Write {
            write, id, piece, ..
        } => {
            endpoint.on_written(write, id, piece.len(), now);
            if !succeeds {
                endpoint.on_disk_problem(id, Code::DiskFull, now);
            }
        }
        DiskRequest::Finish { entry, .. } if succeeds => endpoint.on_finished(id, entry, now),
        DiskRequest::Finish { entry, .. } => {
            endpoint.on_entry_refused(id, entry, Code::Unwritable, now);
        }
        DiskRequest::Checkpoint { .. } => endpoint.on_checkpoint(id, 5, now),
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
        DiskRequest::Store { .. } | DiskRequest::Verified { .. } | DiskRequest::Fail { .. } => {}
    }
    lone.drain();
}

fn ask(lone: &mut Lone, what: u8, number: u8) {
    let (id, now) = (id_of(number), lone.now);
    let role = if what.is_multiple_of(2) {
        Role::Sender
    } else {
        Role::Receiver
    };
    let endpoint = &mut lone.endpoint;
    match what {
        0 => return lone.give_offer(number, &SIZES),
        1 => endpoint.accept(id, Secret([7; 32]), now),
        2 | 3 => endpoint.set_paused(id, role, number == 1, now),
        4 if number == 3 => endpoint.cancel(id, Role::Sender, now),
        5 if number == 3 => endpoint.decline(id, Code::Declined, now),
        6 => endpoint.on_disk_mended(id, Restored::default(), now),
        _ => endpoint.set_yielding(number == 1),
    }
    lone.drain();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_breaks_an_endpoint(
        compares: bool,
        steps in prop::collection::vec(step(), 1..150),
    ) {
        let mut lone = Lone::new();
        lone.endpoint.set_comparing(compares);
        lone.connect();
        for step in steps {
            lone.control.clear();
            lone.events.clear();
            let disk_before = lone.disk.len();
            match step {
                Step::Say(kind, number, a, b) => {
                    if let Ok(text) = message(kind, number, a, b).encode() {
                        lone.say_text(text.as_bytes());
                    }
                }
                Step::Send(number, entry, kind, a, b) => {
                    lone.send(&[(number, entry, content(kind, entry, a, b))]);
                }
                Step::Ask(what, number) => ask(&mut lone, what, number),
                Step::Disk(succeeds) => disk(&mut lone, succeeds),
                Step::Connection(is_new) => {
                    lone.endpoint.on_disconnected();
                    if is_new {
                        lone.connect();
                    }
                    lone.drain();
                }
                Step::Pass(milliseconds) => lone.pass(Duration::from_millis(milliseconds)),
                Step::Poll => {
                    for _ in 0..3 {
                        let message = lone.endpoint.poll_bulk(lone.now);
                        prop_assert!(message.is_none_or(|of| of.len() <= 64 << 10));
                    }
                }
            }
            // A read-ahead of 512 parts, or the groups of a hole.
            prop_assert!(lone.disk.len() - disk_before.min(lone.disk.len()) <= 700);
            prop_assert!(lone.control.len() + lone.events.len() <= 1_200);
            for number in 1..4 {
                for role in [Role::Sender, Role::Receiver] {
                    if let Some(progress) = lone.endpoint.progress(id_of(number), role) {
                        prop_assert!(progress.transferred <= SIZES.iter().sum());
                        prop_assert!(progress.files_done + progress.files_failed <= 5);
                    }
                }
            }
            // What was closed is opened again.
            if lone.closed.take().is_some() {
                lone.connect();
            }
        }
    }
}
