//! What is shown of transfers: sums that stay true when content is sent again, and entries that fail.

use std::collections::BTreeMap;

use super::{
    super::*,
    lone::{Lone, data, id_of},
};
use crate::{
    Piece, Ranges,
    bulk::Content,
    control::{GroupRange, Secret, Wanted},
    hash::{GROUP_BYTES, GroupHash, hash_zeros},
};

fn received(lone: &Lone) -> Progress {
    lone.endpoint.progress(id_of(1), Role::Receiver).unwrap()
}

fn sent(lone: &Lone) -> Progress {
    lone.endpoint.progress(id_of(1), Role::Sender).unwrap()
}

fn digest_of_zeros(size: u64, group: u64) -> Content {
    let GroupHash::Digest(digest) = hash_zeros(size, group).unwrap() else {
        unreachable!()
    };
    Content::Digests {
        first: group,
        digests: digest.0.to_vec().into(),
    }
}

pub(super) fn error(entry: u32, code: Code) -> ControlMessage {
    ControlMessage::Error {
        id: Some(id_of(1)),
        entry: Some(entry),
        code: Open::Known(code),
        text: String::new(),
    }
}

#[test]
fn a_group_that_disagrees_counts_once() {
    let size = 2 * GROUP_BYTES;
    let group = usize::try_from(GROUP_BYTES).unwrap();
    let eighth = group / 8;
    let mut lone = Lone::receiving(&[size]);
    let wrong = Content::Digests {
        first: 0,
        digests: vec![9; 32].into(),
    };
    for at in 0..8 {
        lone.send(&[(1, 0, data((at * eighth) as u64, eighth))]);
    }
    assert_eq!(received(&lone).transferred, GROUP_BYTES);
    lone.send(&[(1, 0, wrong)]);
    assert_eq!(received(&lone).transferred, 0, "it is to be sent again");
    let wanted = Wanted::Groups(vec![GroupRange { first: 0, count: 1 }]);
    let (id, entry) = (id_of(1), 0);
    assert!(
        lone.heard()
            .contains(&ControlMessage::Want { id, entry, wanted })
    );
    for at in 0..16 {
        lone.send(&[(1, 0, data((at * eighth) as u64, eighth))]);
        lone.write_all();
    }
    lone.send(&[(1, 0, digest_of_zeros(size, 0))]);
    lone.send(&[(1, 0, digest_of_zeros(size, 1))]);
    assert_eq!(received(&lone).transferred, size);
    lone.send(&[(1, 0, Content::End { size, hash: None })]);
    assert_eq!(received(&lone).transferred, size);
    let entry = lone.endpoint.entry_progress(id_of(1), Role::Receiver, 0);
    assert_eq!(entry, Some(EntryProgress::Arrived(0)), "being finished");
}

#[test]
fn an_entry_that_failed_and_is_done_counts_once() {
    let mut lone = Lone::new();
    let mut done = Ranges::new();
    done.insert(0..1);
    let failed = BTreeMap::from([(0, Open::Known(Code::Changed))]);
    let restored = Restored {
        sizes: [5, 5].into(),
        manifest_complete: true,
        done,
        failed,
        ..Restored::default()
    };
    let incoming = Incoming {
        offer: super::lone::offer(1, &[5, 5]),
        secret: Secret([7; 32]),
        restored,
        paused: false,
    };
    lone.endpoint.receive_transfer(incoming, lone.now);
    lone.drain();
    assert_eq!(lone.disk, [], "entry 1 is missing");
    assert_eq!(received(&lone).files_failed, 0);
}

#[test]
fn an_entry_fails_while_it_arrives_and_while_it_is_finished() {
    let mut lone = Lone::receiving(&[10, 10, 10]);
    let id = id_of(1);
    lone.send(&[(1, 0, data(0, 5))]);
    lone.say(&error(0, Code::Changed));
    assert_eq!(received(&lone).transferred, 0);
    // More of it, which was on its way.
    lone.send(&[(1, 0, data(5, 5))]);
    assert_eq!(received(&lone).transferred, 0);
    // All of it is there: an error of the sender comes too late, one of this side's disk does not.
    let hash = Some(*blake3::hash(&[0; 10]).as_bytes());
    let end = Content::End { size: 10, hash };
    for entry in [1, 2] {
        lone.send(&[(1, entry, data(0, 10)), (1, entry, end.clone())]);
        lone.say(&error(entry, Code::Changed));
    }
    assert_eq!(received(&lone).transferred, 20);
    lone.heard();
    lone.endpoint
        .on_entry_refused(id, 1, Code::Unwritable, lone.now);
    lone.drain();
    assert!(lone.heard().contains(&error(1, Code::Unwritable)));
    assert_eq!(received(&lone).transferred, 10);
    lone.endpoint.on_finished(id, 1, lone.now);
    lone.endpoint.on_finished(id, 2, lone.now);
    lone.drain();
    let progress = received(&lone);
    assert_eq!((progress.files_done, progress.files_failed), (1, 2));
    let conclude = DiskRequest::Conclude { id };
    let concluded = lone.disk.iter().filter(|of| **of == conclude).count();
    assert_eq!(concluded, 1);
    // The partner ends it at this moment: everything is there.
    let code = Open::Known(Code::Cancelled);
    lone.say(&ControlMessage::Cancel { id, code });
    lone.endpoint.on_concluded(id, lone.now);
    lone.drain();
    let (role, outcome) = (Role::Receiver, Outcome::Done);
    assert!(lone.events.contains(&Event::Ended { id, role, outcome }));
}

/// What is sent and read, without a disk.
pub(super) fn pump(lone: &mut Lone, messages: usize) {
    for _ in 0..messages {
        lone.drain();
        for request in std::mem::take(&mut lone.disk) {
            let DiskRequest::Read { read, length, .. } = request else {
                continue;
            };
            let bytes = vec![0; usize::try_from(length).unwrap()];
            let pieces = vec![Piece::Bytes(bytes.into())];
            lone.endpoint.on_read(read, Ok(pieces), lone.now);
        }
        if lone.endpoint.poll_bulk(lone.now).is_none() {
            return;
        }
    }
}

pub(super) fn want_all(lone: &mut Lone) {
    let (id, entry, wanted) = (id_of(1), 0, Wanted::Count(None));
    lone.say(&ControlMessage::Want { id, entry, wanted });
    let (bytes, messages) = (1 << 40, 1 << 30);
    lone.say(&ControlMessage::Credit {
        bytes,
        messages,
        arrived: 0,
        delay: None,
    });
}

#[test]
fn what_was_sent_and_lost_is_not_counted_by_the_sender() {
    let size = 40 * GROUP_BYTES;
    let mut lone = Lone::sending(&[size]);
    let id = id_of(1);
    want_all(&mut lone);
    pump(&mut lone, 200);
    let before = sent(&lone).transferred;
    assert!(before > 10 * GROUP_BYTES);
    lone.say(&ControlMessage::Durable {
        id,
        bytes: 3 * GROUP_BYTES,
    });
    assert_eq!(sent(&lone).transferred, before, "more is on its way");
    lone.endpoint.on_disconnected();
    lone.connect();
    let key = ResumeKey::new(&Secret([1; 32]), &Secret([7; 32]), &id);
    let tag = key.partner_tag(Role::Sender, &super::lone::HERE);
    lone.say(&ControlMessage::Known { tags: vec![tag] });
    let bytes = 4 * GROUP_BYTES;
    lone.say(&ControlMessage::Durable { id, bytes });
    assert_eq!(sent(&lone).transferred, bytes);
}

#[test]
fn what_a_pause_takes_back_is_not_counted_twice() {
    let size = 40 * GROUP_BYTES;
    let mut lone = Lone::sending(&[size]);
    let id = id_of(1);
    want_all(&mut lone);
    for _ in 0..30 {
        // In the middle of a group.
        pump(&mut lone, 6);
        lone.say(&ControlMessage::Pause { id });
        lone.say(&ControlMessage::Resume { id });
    }
    assert!(sent(&lone).transferred <= GROUP_BYTES, "no group was sent");
    pump(&mut lone, 100_000);
    assert_eq!(sent(&lone).transferred, size);
    assert_eq!(sent(&lone).files_done, 1);
    lone.say(&error(0, Code::Corrupt));
    let progress = sent(&lone);
    assert_eq!((progress.files_done, progress.files_failed), (0, 1));
}

#[test]
fn a_million_failures_are_few_bytes() {
    let mut failed = crate::FailedEntries::default();
    for entry in 0..1_000_000u32 {
        let code = match entry % 500_000 {
            0 => Open::Other("x".repeat(16_000)),
            _ => Open::Known(Code::Missing),
        };
        assert!(failed.insert(entry, &code));
    }
    for entry in 0..100 {
        let code = Open::Other(format!("code {entry}"));
        assert!(failed.insert(2_000_000 + entry * 2, &code));
        assert!(!failed.insert(2_000_000 + entry * 2, &code));
    }
    assert_eq!(failed.count(), 1_000_100);
    assert_eq!(failed.get(7), Some(&Open::Known(Code::Missing)));
    assert_eq!(failed.get(0), Some(&Open::Other("x".repeat(64))));
    assert_eq!(failed.get(1_999_999), None);
    assert!(failed.ranges().count() < 200);
    failed.remove(0..1_000_000);
    assert_eq!(failed.count(), 100);
}
