//! What is wanted: asked for once, within the sender's limit, and as often as it has to be.

use super::{
    super::*,
    lone::{Lone, data, id_of},
};
use crate::{
    bulk::Content,
    control::{GroupRange, Secret, Wanted},
    hash::Digest,
    limits::MAX_WANTED,
};

const GROUP: u64 = crate::hash::GROUP_BYTES;
/// Credits are not sent one right after the other.
const SOON: std::time::Duration = std::time::Duration::from_millis(10);

fn resumed(sizes: Vec<u64>, partial: Vec<(u32, Vec<u64>)>) -> (Lone, ResumeKey) {
    let mut lone = Lone::new();
    let offer = super::lone::offer(1, &sizes);
    let secret = Secret([7; 32]);
    let key = ResumeKey::new(&offer.secret, &secret, &offer.id);
    let partial = partial
        .into_iter()
        .map(|(entry, groups)| {
            let groups = groups.into_iter().map(|at| (at, Digest([0; 32])));
            (entry, groups.collect())
        })
        .collect();
    let restored = Restored {
        sizes,
        manifest_complete: true,
        partial,
        ..Restored::default()
    };
    let incoming = Incoming {
        offer,
        secret,
        restored,
        paused: false,
    };
    lone.endpoint.receive_transfer(incoming, lone.now);
    lone.drain();
    (lone, key)
}

fn find(lone: &mut Lone, key: &ResumeKey) {
    lone.connect();
    let tag = key.partner_tag(Role::Receiver, &super::lone::HERE);
    lone.say(&ControlMessage::Known { tags: vec![tag] });
}

#[test]
fn many_partial_files_do_not_exceed_what_may_be_wanted() {
    // Every second group of each file is there: 60 ranges for each of 40 files.
    let groups: Vec<u64> = (0..120).step_by(2).collect();
    let count = 40u32;
    let partial = (0..count)
        .map(|entry| (entry * 2, groups.clone()))
        .collect();
    let (mut lone, key) = resumed(vec![120 * GROUP; 80], partial);
    find(&mut lone, &key);
    let mut sender = super::super::wanted::Wanted::default();
    let sizes = vec![120 * GROUP; 80];
    let mut read = vec![0u32; 80 * 120];
    // The sender reads all that is wanted, and more is asked for as entries are over.
    while lone.endpoint.progress(id_of(1), Role::Receiver).is_some() {
        let heard = lone.heard();
        for message in heard {
            let ControlMessage::Want { entry, wanted, .. } = message else {
                continue;
            };
            let accepted = match wanted {
                Wanted::Count(count) => sender.want_entries(entry, count, &sizes),
                Wanted::Groups(groups) => sender.want_groups(entry, &groups, 120 * GROUP),
            };
            assert_eq!(accepted, Ok(()), "within the limit");
        }
        if sender.is_empty() {
            break;
        }
        while let Some(chunk) = sender.next(&sizes, &crate::endpoint::AtHand::default()) {
            read[chunk.entry as usize * 120 + (chunk.offset / GROUP) as usize] += 1;
            if chunk.last {
                // It cannot be sent, which ends it as well.
                lone.say(&ControlMessage::Error {
                    id: Some(id_of(1)),
                    entry: Some(chunk.entry),
                    code: Open::Known(Code::Changed),
                    text: String::new(),
                });
                break;
            }
        }
    }
    for (at, times) in read.iter().enumerate() {
        let (entry, group) = (at / 120, at % 120);
        let there = entry % 2 == 0 && group % 2 == 0;
        assert_eq!(*times, u32::from(!there), "group {group} of {entry}");
    }
}

#[test]
fn a_long_manifest_is_asked_for_in_few_messages_and_as_a_whole() {
    let sizes = vec![0; 100_000];
    let mut lone = Lone::connected();
    let id = id_of(1);
    lone.say(&super::lone::offer(1, &sizes).to_message());
    lone.endpoint.accept(id, Secret([7; 32]), lone.now);
    let mut asked = crate::Ranges::new();
    let mut messages = 0;
    let hash = Some(*blake3::hash(b"").as_bytes());
    for first in (0..100_000u32).step_by(200) {
        let last = first == 99_800;
        lone.say(&super::lone::manifest(1, first, &sizes[..200], last));
        for message in lone.heard() {
            let ControlMessage::Want { entry, wanted, .. } = message else {
                continue;
            };
            let Wanted::Count(Some(count)) = wanted else {
                panic!("{wanted:?}")
            };
            messages += 1;
            let range = u64::from(entry)..u64::from(entry + count);
            assert_eq!(asked.insert(range), u64::from(count), "once");
        }
        if first == 50_000 {
            // The sender catches up: what was held back is asked for, although the manifest goes on.
            for entry in asked.clone().iter().flatten() {
                let end = Content::End { size: 0, hash };
                lone.send(&[(1, u32::try_from(entry).unwrap(), end)]);
                lone.write_all();
            }
            let rest = asked.total()..50_200;
            let heard = lone.heard();
            let is_rest = |of: &ControlMessage| matches!(of, ControlMessage::Want { entry, .. } if u64::from(*entry) == rest.start);
            assert!(heard.iter().any(is_rest), "{rest:?}");
            asked.insert(rest.clone());
        }
    }
    assert_eq!(asked.total(), 100_000);
    assert!(messages < 60, "{messages}");
}

#[test]
fn a_file_with_many_gaps_is_not_sent_again() {
    let groups: Vec<u64> = (0..300).step_by(2).collect();
    let (mut lone, key) = resumed(vec![300 * GROUP], vec![(0, groups)]);
    find(&mut lone, &key);
    let wanted: u64 = lone
        .heard()
        .iter()
        .map(|message| match message {
            ControlMessage::Want {
                wanted: Wanted::Groups(groups),
                ..
            } => groups.iter().map(|range| range.count).sum(),
            ControlMessage::Want { .. } => 300,
            _ => 0,
        })
        .sum();
    assert_eq!(wanted, 150);
}

#[test]
fn wants_beyond_the_limit_are_not_kept() {
    let size = 1 << 50;
    let mut wanted = super::super::wanted::Wanted::default();
    let ranges = |from: u64| -> Vec<GroupRange> {
        (0..MAX_WANTED as u64)
            .map(|at| GroupRange {
                first: (from + at) * 2,
                count: 1,
            })
            .collect()
    };
    assert_eq!(wanted.want_groups(0, &ranges(0), size), Ok(()));
    for from in 1..50 {
        let result = wanted.want_groups(0, &ranges(from * 2_000), size);
        assert!(result.is_err());
        let other = wanted.want_groups(u32::try_from(from).unwrap(), &ranges(0), size);
        assert!(other.is_err());
        assert!(wanted.want_entries(7, Some(1), &[size; 9]).is_err());
    }
    // What was wanted within the limit stays, and ranges that make it smaller are taken.
    let all = [GroupRange {
        first: 0,
        count: MAX_WANTED as u64 * 2,
    }];
    assert_eq!(wanted.want_groups(0, &all, size), Ok(()));
    let mut chunks = 0;
    while wanted
        .next(&[size; 9], &crate::endpoint::AtHand::default())
        .is_some()
    {
        chunks += 1;
    }
    assert_eq!(chunks, MAX_WANTED * 2);
}

#[test]
fn content_that_is_not_used_gives_its_credit_back() {
    let mut lone = Lone::receiving(&[100, 3 * GROUP]);
    let (before, _) = lone.permitted().unwrap();
    // Of no transfer, of an entry that failed, twice, and of a transfer that was cancelled with writes under way.
    lone.send(&[(9, 0, data(0, 50))]);
    lone.say(&ControlMessage::Error {
        id: Some(id_of(1)),
        entry: Some(0),
        code: Open::Known(Code::Changed),
        text: String::new(),
    });
    lone.send(&[(1, 0, data(0, 50))]);
    lone.send(&[(1, 1, data(0, 1_000)), (1, 1, data(0, 1_000))]);
    lone.send(&[(1, 1, data(500, 10))]);
    let message = super::lone::encode(&[(1, 1, data(5_000, 10))]);
    lone.endpoint.on_bulk(message, lone.now);
    lone.endpoint.cancel(id_of(1), Role::Receiver, lone.now);
    lone.write_all();
    lone.send(&[(1, 1, data(9_000, 10))]);
    lone.write_all();
    lone.pass(SOON);
    let sent = 50 + 50 + 2_000 + 10 + 10 + 10;
    assert_eq!(lone.permitted().unwrap().0, before + sent);
}

#[test]
fn what_an_earlier_connection_left_unwritten_counts() {
    let mut lone = Lone::receiving(&[100 * GROUP]);
    let (window, _) = lone.permitted().unwrap();
    let bytes = 250_000;
    for at in 0..20 {
        lone.send(&[(1, 0, data(at * GROUP, bytes))]);
    }
    lone.endpoint.on_disconnected();
    lone.heard();
    lone.connect();
    let unwritten = 20 * bytes as u64;
    assert_eq!(lone.permitted().unwrap().0, window - unwritten);
    lone.heard();
    lone.write_all();
    lone.pass(SOON);
    assert_eq!(lone.permitted().unwrap().0, window);
}

#[test]
fn a_disk_that_is_mended_while_the_person_pauses_stays_paused() {
    let mut lone = Lone::receiving(&[5]);
    let id = id_of(1);
    lone.endpoint.set_paused(id, Role::Receiver, true, lone.now);
    lone.endpoint.on_disk_problem(id, Code::DiskFull, lone.now);
    lone.drain();
    lone.heard();
    lone.endpoint
        .on_disk_mended(id, Restored::default(), lone.now);
    lone.drain();
    let heard = lone.heard();
    let at = |message: ControlMessage| heard.iter().position(|of| *of == message);
    let (resume, pause) = (
        at(ControlMessage::Resume { id }),
        at(ControlMessage::Pause { id }),
    );
    assert!(resume.is_some() && resume < pause, "{heard:?}");
}

#[test]
fn groups_that_are_sent_again_leave_the_hashes_of_other_files() {
    let sizes = vec![2 * GROUP; 200];
    let mut lone = Lone::sending(&sizes);
    let id = id_of(1);
    let (bytes, messages) = (1 << 40, 1 << 30);
    lone.say(&ControlMessage::Credit {
        bytes,
        messages,
        arrived: 0,
        delay: None,
    });
    let mut ends = Vec::new();
    for entry in 0..200 {
        // Of most files one group only.
        let groups = vec![GroupRange {
            first: 0,
            count: if entry < 199 { 1 } else { 2 },
        }];
        let wanted = Wanted::Groups(groups);
        lone.say(&ControlMessage::Want { id, entry, wanted });
        for request in std::mem::take(&mut lone.disk) {
            if let DiskRequest::Read { read, length, .. } = request {
                let bytes = vec![0; usize::try_from(length).unwrap()];
                let pieces = vec![crate::Piece::Bytes(bytes.into())];
                lone.endpoint.on_read(read, Ok(pieces), lone.now);
            }
        }
        while let Some(message) = lone.endpoint.poll_bulk(lone.now) {
            let message = crate::bulk::BulkMessage::decode(message).unwrap();
            ends.extend(message.records().filter_map(|of| match of.content {
                Content::End { hash, .. } => Some((of.entry, hash.is_some())),
                _ => None,
            }));
        }
    }
    assert_eq!(ends.len(), 200);
    assert_eq!(ends[0], (0, false));
    assert_eq!(ends[199], (199, true));
}
