//! The memory that the application permits, and what is in memory for others.

use super::super::{AtHand, wanted::Wanted as ToRead};
use super::lone::{Lone, data, id_of};
use crate::{
    Piece,
    bulk::{BulkMessage, Content},
    control::{ControlMessage, GroupRange, ToVerify, Wanted},
    endpoint::{DiskRequest, Event, Memory},
    hash::GROUP_BYTES,
    limits::MAX_WANTED,
};

const MB: u64 = 1 << 20;

fn permit(lone: &mut Lone, reading: u64, receiving: u64) {
    let memory = Memory { reading, receiving };
    lone.endpoint.set_memory(memory, lone.now);
    lone.drain();
}

fn want_all(lone: &mut Lone) {
    let (id, entry, wanted) = (id_of(1), 0, Wanted::Count(None));
    lone.say(&ControlMessage::Want { id, entry, wanted });
}

/// Answers all reads; returns the groups that were read.
fn read(lone: &mut Lone) -> Vec<(u32, u64)> {
    let mut groups = Vec::new();
    for request in std::mem::take(&mut lone.disk) {
        if let DiskRequest::Read {
            read,
            entry,
            offset,
            length,
            ..
        } = request
        {
            groups.push((entry, offset / GROUP_BYTES));
            let bytes = vec![0; usize::try_from(length).unwrap()];
            let pieces = vec![Piece::Bytes(bytes.into())];
            lone.endpoint.on_read(read, Ok(pieces), lone.now);
            lone.drain();
        }
    }
    groups
}

#[test]
fn the_credit_follows_what_the_application_permits() {
    let mut lone = Lone::receiving(&[100 * MB]);
    let (bytes, _) = lone.permitted().unwrap();
    assert_eq!(bytes, 16 * MB);
    assert_eq!(lone.endpoint.memory().receiving, 16 * MB);
    // What was permitted stays permitted, and nothing comes to it before most of it is written.
    permit(&mut lone, 0, MB);
    assert_eq!(lone.endpoint.memory().receiving, 16 * MB);
    let mut sent = 0;
    while sent < 15 * MB {
        lone.send(&[(1, 0, data(sent, 65_536))]);
        sent += 65_536;
        lone.write_all();
        lone.pass(std::time::Duration::from_millis(10));
        assert!(lone.closed.is_none());
    }
    assert_eq!(lone.permitted().unwrap().0, 16 * MB);
    // From here on it is a window of what is permitted.
    while sent < 40 * MB {
        lone.send(&[(1, 0, data(sent, 65_536))]);
        sent += 65_536;
        lone.write_all();
        lone.pass(std::time::Duration::from_millis(10));
        assert!(lone.closed.is_none());
        let (bytes, _) = lone.permitted().unwrap();
        assert!((1..=MB).contains(&(bytes - sent)), "{}", bytes - sent);
    }
    permit(&mut lone, 0, 8 * MB);
    assert_eq!(lone.permitted().unwrap().0, sent + 8 * MB);
}

#[test]
fn bytes_that_wait_for_earlier_ones_of_their_group_count() {
    let mut lone = Lone::receiving(&[100 * MB]);
    // All but the first bytes of each group: written, and kept to be hashed in order.
    for group in 0..8 {
        for piece in 1..16 {
            let offset = group * GROUP_BYTES + piece * 65_536;
            lone.send(&[(1, 0, data(offset, 65_536))]);
            lone.write_all();
        }
        lone.pass(std::time::Duration::from_millis(30));
    }
    let (bytes, _) = lone.permitted().unwrap();
    let sent = 8 * 15 * 65_536;
    assert!(bytes - sent <= 9 * MB, "{}", bytes - sent);
    assert!(lone.endpoint.memory().receiving >= 16 * MB - 65_536);
    // The rest comes: all of the window is there again.
    for group in 0..8 {
        lone.send(&[(1, 0, data(group * GROUP_BYTES, 65_536))]);
        lone.write_all();
    }
    lone.pass(std::time::Duration::from_millis(30));
    let (bytes, _) = lone.permitted().unwrap();
    assert_eq!(bytes, 8 * MB + 16 * MB);
}

#[test]
fn what_is_read_beyond_the_memory_is_dropped_and_read_again() {
    let mut lone = Lone::sending(&[40 * MB]);
    permit(&mut lone, 16 * MB, MB);
    want_all(&mut lone);
    assert_eq!(read(&mut lone).len(), 8);
    // Others need some of it: not at once, but if nothing is sent.
    permit(&mut lone, 3 * MB, MB);
    assert!(lone.endpoint.memory().reading > 7 * MB);
    lone.pass(std::time::Duration::from_secs(2));
    permit(&mut lone, 3 * MB, MB);
    let held = lone.endpoint.memory().reading;
    assert!(held <= 3 * MB, "{held}");
    assert!(held > MB, "{held}");
    permit(&mut lone, 16 * MB, MB);
    // With credit, all of it is sent in the end, and nothing twice.
    credit(&mut lone);
    loop {
        let mut done = read(&mut lone).is_empty();
        while lone.endpoint.poll_bulk(lone.now).is_some() {
            lone.drain();
            done = false;
        }
        lone.drain();
        if done {
            break;
        }
    }
    let sent = lone.events.iter().filter_map(|event| match event {
        Event::Sent(_, hash) => Some(*hash),
        _ => None,
    });
    let zeros = blake3::hash(&vec![0; 40 << 20]);
    assert_eq!(
        sent.collect::<Vec<_>>(),
        [crate::hash::FileHash(*zeros.as_bytes())]
    );
    let role = crate::resume::Role::Sender;
    let progress = lone.endpoint.progress(id_of(1), role).unwrap();
    assert_eq!(progress.transferred, 40 * MB);
}

#[test]
fn what_a_slow_stripe_has_packed_of_its_group_leaves_room_for_the_others() {
    let mut lone = Lone::sending(&[40 * MB]);
    permit(&mut lone, 4 * MB, MB);
    want_all(&mut lone);
    credit(&mut lone);
    read(&mut lone);
    // Each stops close to the end of its group.
    for stripe in 0..16 {
        for message in 0..14 {
            let polled = lone.endpoint.poll_stripe(stripe, lone.now);
            assert!(polled.is_some(), "{message} of {stripe}");
            lone.drain();
            read(&mut lone);
        }
        assert!(lone.endpoint.memory().reading <= 6 * MB);
    }
}

fn credit(lone: &mut Lone) {
    lone.say(&ControlMessage::Credit {
        bytes: 1 << 40,
        messages: 1 << 30,
        arrived: 0,
        delay: None,
    });
}

#[test]
fn what_only_the_digests_are_asked_for_of_stays_so_if_it_is_dropped() {
    let mut lone = Lone::sending(&[40 * MB]);
    permit(&mut lone, 16 * MB, MB);
    let groups = GroupRange {
        first: 0,
        count: 40,
    };
    lone.say(&ControlMessage::Verify {
        id: id_of(1),
        entry: 0,
        to_verify: ToVerify::Groups(groups),
    });
    // Nothing is read yet when others need the memory.
    let reading = lone.endpoint.memory().reading;
    assert!(reading > 7 * MB, "{reading}");
    lone.pass(std::time::Duration::from_secs(2));
    permit(&mut lone, 3 * MB, MB);
    assert!(lone.endpoint.memory().reading <= 3 * MB);
    permit(&mut lone, 16 * MB, MB);
    credit(&mut lone);
    let mut digests = Vec::new();
    let mut bytes = 0;
    loop {
        let mut done = read(&mut lone).is_empty();
        while let Some(message) = lone.endpoint.poll_bulk(lone.now) {
            bytes += message.len();
            for record in BulkMessage::decode(message).unwrap().records() {
                if let Content::Digests { first, .. } = record.content {
                    digests.push(first);
                }
            }
            lone.drain();
            done = false;
        }
        lone.drain();
        if done {
            break;
        }
    }
    digests.sort_unstable();
    assert_eq!(digests, (0..40).collect::<Vec<_>>());
    assert!(bytes < 10_000, "{bytes} bytes");
    let role = crate::resume::Role::Sender;
    let progress = lone.endpoint.progress(id_of(1), role).unwrap();
    assert_eq!((progress.files_done, progress.files_present), (1, 1));
}

#[test]
fn with_the_least_memory_a_sender_still_reads() {
    let mut lone = Lone::sending(&[3 * MB, 0, 1]);
    permit(&mut lone, 0, 0);
    want_all(&mut lone);
    assert_eq!(read(&mut lone), [(0, 0)]);
}

#[test]
fn an_endpoint_wants_no_memory_for_what_it_does_not_do() {
    let lone = Lone::connected();
    assert_eq!(lone.endpoint.memory_wanted(), Memory::default());
    let mut lone = Lone::receiving(&[3 * MB]);
    let wanted = lone.endpoint.memory_wanted();
    assert!((3 * MB..5 * MB).contains(&wanted.receiving), "{wanted:?}");
    let role = crate::resume::Role::Receiver;
    lone.endpoint.set_paused(id_of(1), role, true, lone.now);
    assert_eq!(lone.endpoint.memory_wanted().receiving, 0);
    let mut lone = Lone::sending(&[3 * MB]);
    assert_eq!(lone.endpoint.memory_wanted().reading, 0);
    want_all(&mut lone);
    let wanted = lone.endpoint.memory_wanted();
    assert!((3 * MB..5 * MB).contains(&wanted.reading), "{wanted:?}");
}

#[test]
fn what_is_at_hand_is_read_first() {
    let sizes = [6 * MB, 3 * MB, 10, 20, 0];
    let mut wanted = ToRead::default();
    wanted.want_entries(0, None, &sizes).unwrap();
    let mut at_hand = AtHand::default();
    let mut next = |at_hand: &AtHand| {
        let chunk = wanted.next(&sizes, at_hand)?;
        Some((chunk.entry, chunk.offset / GROUP_BYTES, chunk.last))
    };
    assert_eq!(next(&at_hand), Some((0, 0, false)));
    at_hand.insert(0, 4 * MB, 6 * MB);
    at_hand.insert(0, 5 * MB, 6 * MB);
    assert_eq!(next(&at_hand), Some((0, 4, false)));
    assert_eq!(next(&at_hand), Some((0, 5, false)));
    // What is at hand was read: it goes on where it was.
    assert_eq!(next(&at_hand), Some((0, 1, false)));
    at_hand.insert(1, MB, 3 * MB);
    assert_eq!(next(&at_hand), Some((1, 1, false)));
    at_hand.insert(3, 0, 20);
    assert_eq!(next(&at_hand), Some((3, 0, true)));
    at_hand.remove(1, MB);
    let rest: Vec<_> = std::iter::from_fn(|| next(&at_hand)).collect();
    assert_eq!(
        rest,
        [
            (0, 2, false),
            (0, 3, true),
            (1, 0, false),
            (1, 2, true),
            (2, 0, true),
            (4, 0, true)
        ]
    );
}

#[test]
fn what_is_at_hand_makes_a_bounded_number_of_ranges() {
    let size = 4_000 * MB;
    let mut wanted = ToRead::default();
    wanted.want_entries(0, None, &[size]).unwrap();
    let mut read = std::collections::BTreeSet::new();
    let mut out_of_order = 0;
    for group in (0..4_000).step_by(2) {
        let mut at_hand = AtHand::default();
        at_hand.insert(0, group * MB, size);
        let chunk = wanted.next(&[size], &at_hand).unwrap();
        out_of_order += u32::from(chunk.offset == group * MB);
        read.insert(chunk.offset / MB);
        assert!(wanted.ranges() <= 257);
    }
    assert!(out_of_order > 200, "{out_of_order}");
    // The other side may want as many ranges as ever.
    let groups: Vec<_> = (0..MAX_WANTED as u64 - 1)
        .map(|first| crate::control::GroupRange {
            first: first * 2,
            count: 1,
        })
        .collect();
    assert_eq!(wanted.want_groups(1, &groups, size), Ok(()));
    let rest = std::iter::from_fn(|| wanted.next(&[size, size], &AtHand::default()));
    let rest = rest.filter(|chunk| chunk.entry == 0);
    read.extend(rest.map(|chunk| chunk.offset / MB));
    assert_eq!(read.len(), 4_000);
}
