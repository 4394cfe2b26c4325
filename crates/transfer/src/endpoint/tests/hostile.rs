//! What a partner may not do, and what it gets for it.

use std::time::Duration;

use super::{
    super::*,
    lone::{HERE, Lone, data, encode, file, id_of, manifest, offer},
};
use crate::{
    Piece,
    bulk::Content,
    control::{Secret, Wanted},
    hash::GROUP_BYTES,
    limits::{MAX_BULK_BYTES, MAX_TRANSFERS},
};

fn end(size: u64) -> Content {
    let hash = Some([0; 32]);
    Content::End { size, hash }
}

fn digests(first: u64, count: usize) -> Content {
    Content::Digests {
        first,
        digests: vec![9; count * 32].into(),
    }
}

fn writes(lone: &Lone) -> usize {
    let is_write = |request: &&DiskRequest| matches!(request, DiskRequest::Write { .. });
    lone.disk.iter().filter(is_write).count()
}

fn violation(lone: &Lone) -> Option<Violation> {
    match lone.closed {
        Some(CloseReason::Violation(violation)) => Some(violation),
        _ => None,
    }
}

#[test]
fn nothing_comes_before_hello() {
    let mut lone = Lone::new();
    lone.endpoint.on_connected(HERE, Vec::new(), lone.now);
    lone.say(&offer(1, &[5]).to_message());
    assert_eq!(violation(&lone), Some(Violation::NoHello));
    let mut lone = Lone::new();
    lone.endpoint.on_connected(HERE, Vec::new(), lone.now);
    lone.send(&[(1, 0, data(0, 1))]);
    assert_eq!(violation(&lone), Some(Violation::Credit));
}

#[test]
fn content_that_does_not_fit_ends_the_connection() {
    let two_groups = 2 * GROUP_BYTES;
    for (sizes, entry, content) in [
        (&[10][..], 0, data(5, 6)),
        (&[10], 1, data(0, 1)),
        (&[0], 0, data(0, 1)),
        (&[10], 0, end(11)),
        (&[10], 0, digests(0, 1)),
        (&[two_groups], 0, digests(2, 1)),
        (&[two_groups], 0, digests(1, 2)),
        (
            &[two_groups],
            0,
            Content::Zeros {
                offset: 1,
                length: two_groups,
            },
        ),
    ] {
        let mut lone = Lone::receiving(sizes);
        lone.send(&[(1, entry, content.clone())]);
        assert_eq!(violation(&lone), Some(Violation::Content), "{content:?}");
        assert_eq!(writes(&lone), 0);
        let progress = lone.endpoint.progress(id_of(1), Role::Receiver);
        assert!(progress.is_some(), "it may go on later");
    }
}

#[test]
fn content_of_what_is_not_received_is_not_written() {
    let mut lone = Lone::connected();
    lone.say(&offer(1, &[10]).to_message());
    lone.say(&manifest(1, 0, &[10], true));
    lone.send(&[(1, 0, data(0, 10)), (9, 0, data(0, 10))]);
    assert_eq!((writes(&lone), lone.closed), (0, None), "not accepted");
    lone.endpoint.accept(id_of(1), Secret([7; 32]), lone.now);
    lone.drain();
    lone.send(&[(1, 0, data(0, 10))]);
    assert_eq!(writes(&lone), 1);
    lone.write_all();
    let code = Open::Known(Code::Cancelled);
    lone.say(&ControlMessage::Cancel { id: id_of(1), code });
    lone.send(&[(1, 0, data(0, 10))]);
    assert_eq!((writes(&lone), lone.closed), (0, None), "cancelled");
}

#[test]
fn a_group_that_never_agrees_fails_the_file_and_no_more() {
    let mut lone = Lone::receiving(&[10, 10]);
    for _ in 0..3 {
        assert!(lone.events.iter().all(|of| !is_failure(of)));
        lone.send(&[(1, 0, end(10)), (1, 0, data(0, 10))]);
        lone.write_all();
    }
    assert!(lone.events.iter().any(is_failure));
    lone.send(&[(1, 0, data(0, 10)), (1, 0, end(10))]);
    assert_eq!(writes(&lone), 0);
    let hash = Some(*blake3::hash(&[0; 10]).as_bytes());
    // The end may come first.
    let end = Content::End { size: 10, hash };
    lone.send(&[(1, 1, end), (1, 1, data(0, 10))]);
    let done = |of: &Event| matches!(of, Event::EntryDone { entry: 1, .. });
    assert!(lone.events.iter().any(done));
}

fn is_failure(event: &Event) -> bool {
    let corrupt = Open::Known(Code::Corrupt);
    matches!(event, Event::EntryFailed { entry: 0, code, .. } if *code == corrupt)
}

#[test]
fn a_manifest_that_contradicts_the_offer_ends_the_transfer() {
    for (first, sizes, last) in [
        (0, &[5, 5, 5][..], false),
        (0, &[5, 6], false),
        (0, &[5], true),
        (0, &[5, 4], true),
        (1, &[5], false),
    ] {
        let mut lone = Lone::connected();
        lone.say(&offer(1, &[5, 5]).to_message());
        lone.endpoint.accept(id_of(1), Secret([7; 32]), lone.now);
        lone.say(&manifest(1, first, sizes, last));
        assert!(lone.endpoint.progress(id_of(1), Role::Receiver).is_none());
        assert_eq!(lone.closed, None);
        let cancel = ControlMessage::Cancel {
            id: id_of(1),
            code: Open::Known(Code::BadMessage),
        };
        assert!(lone.heard().contains(&cancel), "{first} {sizes:?} {last}");
    }
}

/// Otherwise a person, or a rule that takes no programs, would accept one thing and get another.
#[test]
fn what_comes_is_what_the_offer_named() {
    let entries = |manifest: ControlMessage| match manifest {
        ControlMessage::Manifest { entries, .. } => entries,
        other => panic!("{other:?}"),
    };
    let named = entries(manifest(1, 0, &[5, 6], true));
    let mut renamed = named.clone();
    renamed[1] = file("program.exe", 6);
    let mut swapped = named.clone();
    swapped.swap(0, 1);
    let is_there = |lone: &Lone| lone.endpoint.progress(id_of(1), Role::Receiver).is_some();
    for (parts, is_good) in [
        (vec![named.clone()], true),
        (vec![named[..1].to_vec(), named[1..].to_vec()], true),
        (vec![renamed.clone()], false),
        (vec![renamed[..1].to_vec(), renamed[1..].to_vec()], false),
        (vec![swapped], false),
    ] {
        for accepts_first in [true, false] {
            let mut lone = Lone::connected();
            let mut offer = offer(1, &[5, 6]);
            offer.names.clone_from(&named);
            lone.say(&offer.to_message());
            if accepts_first || parts.len() > 1 {
                lone.endpoint.accept(id_of(1), Secret([7; 32]), lone.now);
            }
            let mut first = 0;
            for (number, entries) in parts.iter().enumerate() {
                let count = u32::try_from(entries.len()).unwrap();
                lone.say(&ControlMessage::Manifest {
                    id: id_of(1),
                    first,
                    entries: entries.clone(),
                    last: number + 1 == parts.len(),
                });
                first += count;
            }
            assert_eq!(is_there(&lone), is_good, "{parts:?}");
            assert_eq!(lone.closed, None);
        }
    }
    // Names of what is not in it.
    let mut lone = Lone::connected();
    let mut offer = offer(1, &[5]);
    offer.names = named;
    lone.say(&offer.to_message());
    lone.say(&manifest(1, 0, &[5], true));
    assert!(!is_there(&lone));
}

#[test]
fn before_it_is_accepted_there_is_one_message_of_the_manifest() {
    let mut lone = Lone::connected();
    lone.say(&offer(1, &[5; 9]).to_message());
    lone.say(&manifest(1, 0, &[5; 3], false));
    // Repeated, and with other sizes: the first count.
    lone.say(&manifest(1, 0, &[1; 4], false));
    lone.say(&manifest(1, 4, &[5; 3], false));
    assert!(lone.endpoint.progress(id_of(1), Role::Receiver).is_none());
    let mut lone = Lone::connected();
    lone.say(&offer(1, &[5; 3]).to_message());
    lone.say(&manifest(1, 0, &[5; 2], false));
    lone.say(&manifest(1, 0, &[1, 1, 5], true));
    lone.endpoint.accept(id_of(1), Secret([7; 32]), lone.now);
    lone.drain();
    lone.say(&manifest(1, 0, &[1, 1, 1], true));
    lone.send(&[(1, 0, data(4, 1)), (1, 2, data(4, 1))]);
    assert_eq!((writes(&lone), lone.closed), (2, None));
}

#[test]
fn offers_are_limited_and_have_numbers_of_their_own() {
    let mut lone = Lone::connected();
    let declined = |lone: &mut Lone| {
        lone.heard().into_iter().find_map(|of| match of {
            ControlMessage::Decline { code, .. } => Some(code),
            _ => None,
        })
    };
    lone.say(&offer(1, &[5]).to_message());
    let mut same = offer(2, &[5]);
    same.number = 1;
    lone.say(&same.to_message());
    assert_eq!(declined(&mut lone), Some(Open::Known(Code::BadMessage)));
    for number in 2..=8 {
        lone.say(&offer(number, &[5]).to_message());
    }
    assert_eq!(declined(&mut lone), None);
    lone.say(&offer(9, &[5]).to_message());
    assert_eq!(declined(&mut lone), Some(Open::Known(Code::Limit)));
    // Those that are accepted count as well, later.
    let most = u8::try_from(MAX_TRANSFERS).unwrap();
    for number in 1..=most {
        lone.take_offer(number, &[5]);
    }
    assert_eq!(declined(&mut lone), None);
    lone.say(&offer(most + 1, &[5]).to_message());
    assert_eq!(declined(&mut lone), Some(Open::Known(Code::Limit)));
    assert_eq!(lone.closed, None);
    let hash = Some(*blake3::hash(&[0; 5]).as_bytes());
    for number in 1..=most {
        let end = Content::End { size: 5, hash };
        let number = number.into();
        lone.send(&[(number, 0, data(0, 5)), (number, 0, end)]);
    }
    let done = |of: &&Event| matches!(of, Event::EntryDone { .. });
    assert_eq!(lone.events.iter().filter(done).count(), MAX_TRANSFERS);
}

#[test]
fn whatever_credit_says_no_more_is_sent_than_was_wanted() {
    let mut lone = Lone::sending(&[10]);
    let most = (1 << 53) - 1;
    for (bytes, messages, arrived) in [(most, most, most), (0, 0, 0), (5, most, 7)] {
        lone.say(&ControlMessage::Credit {
            bytes,
            messages,
            arrived,
            delay: Some(u32::MAX),
        });
    }
    assert_eq!(lone.endpoint.poll_bulk(lone.now), None);
    let (id, entry, wanted) = (id_of(1), 0, Wanted::Count(None));
    lone.say(&ControlMessage::Want { id, entry, wanted });
    let mut bytes = 0;
    while let Some(DiskRequest::Read { read, length, .. }) = {
        lone.disk
            .retain(|of| matches!(of, DiskRequest::Read { .. }));
        lone.disk.pop()
    } {
        let pieces = vec![Piece::Bytes(vec![0; length as usize].into())];
        lone.endpoint.on_read(read, Ok(pieces), lone.now);
        lone.drain();
    }
    while let Some(message) = lone.endpoint.poll_bulk(lone.now) {
        bytes += message.len();
    }
    assert!((10..200).contains(&bytes), "{bytes}");
}

#[test]
fn answers_that_are_not_taken_end_the_connection() {
    let mut lone = Lone::connected();
    let ping = ControlMessage::Ping { at: 1 }.encode().unwrap();
    let mut answers = 0;
    for _ in 0..10_000 {
        lone.endpoint.on_control(ping.as_bytes(), lone.now);
        while let Some(output) = lone.endpoint.poll_output(lone.now) {
            match output {
                Output::Control(_) => answers += 1,
                Output::Close(reason) => lone.closed = Some(reason),
                _ => {}
            }
        }
    }
    assert_eq!(violation(&lone), Some(Violation::TooMuchAtOnce));
    assert!(answers < 5_000, "{answers}");
}

#[test]
fn reads_that_fail_wait_for_their_messages() {
    let sizes = vec![1; 10_000];
    let mut lone = Lone::sending(&sizes);
    let (id, entry, wanted) = (id_of(1), 0, Wanted::Count(None));
    lone.say(&ControlMessage::Want { id, entry, wanted });
    // The drive is gone, and the channel is slow.
    let mut unsent = 0;
    let mut reads = std::mem::take(&mut lone.disk);
    while let Some(request) = reads.pop() {
        let DiskRequest::Read { read, .. } = request else {
            continue;
        };
        lone.endpoint.on_read(read, Err(Code::Missing), lone.now);
        while let Some(output) = lone.endpoint.poll_output(lone.now) {
            match output {
                Output::Control(_) => unsent += 1,
                Output::Disk(request) => reads.push(request),
                _ => {}
            }
        }
    }
    assert!(unsent < 1_000, "{unsent}");
    lone.endpoint.on_control_sent(unsent, lone.now);
    lone.drain();
    let is_read = |of: &DiskRequest| matches!(of, DiskRequest::Read { .. });
    assert!(lone.disk.iter().any(is_read), "it goes on");
}

#[test]
fn what_cannot_be_decoded_ends_the_connection_and_no_transfer() {
    let mut lone = Lone::receiving(&[10]);
    lone.say_text(b"{");
    assert_eq!(violation(&lone), Some(Violation::Control));
    for message in [vec![], vec![1; 40], vec![1; MAX_BULK_BYTES + 1]] {
        let mut lone = Lone::receiving(&[10]);
        lone.endpoint.on_bulk(message.into(), lone.now);
        lone.drain();
        assert_eq!(violation(&lone), Some(Violation::Bulk));
        assert!(lone.endpoint.progress(id_of(1), Role::Receiver).is_some());
    }
    // After that nothing counts.
    lone.endpoint
        .on_bulk(encode(&[(1, 0, data(0, 1))]), lone.now);
    lone.pass(Duration::from_secs(100));
    assert_eq!(writes(&lone), 0);
}
