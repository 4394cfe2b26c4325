//! What is still to be sent, for the time that is left: without files that failed, or are there already.

use super::{
    super::*,
    disk::{Destination, Node},
    lone::{Lone, data, id_of, offer},
    progress::{error, pump, want_all},
    sending::{pattern, source},
    world::World,
};
use crate::{FailedEntries, bulk::Content, control::Secret, hash::GROUP_BYTES};

fn of(lone: &Lone, role: Role) -> Progress {
    lone.endpoint.progress(id_of(1), role).unwrap()
}

#[test]
fn a_receiver_does_not_wait_for_files_that_failed() {
    let mut lone = Lone::receiving(&[10, 20, 40]);
    let left = |lone: &Lone| of(lone, Role::Receiver).bytes_left;
    assert_eq!(left(&lone), 70);
    lone.send(&[(1, 1, data(0, 5))]);
    assert_eq!(left(&lone), 65);
    lone.say(&error(1, Code::Changed));
    assert_eq!(left(&lone), 50);
    lone.say(&error(1, Code::Changed));
    assert_eq!(left(&lone), 50, "once");
    let hash = Some(*blake3::hash(&[0; 10]).as_bytes());
    let end = Content::End { size: 10, hash };
    lone.send(&[(1, 0, data(0, 10)), (1, 0, end)]);
    assert_eq!(left(&lone), 40);
    // It fails after all, by the disk here.
    lone.endpoint
        .on_entry_refused(id_of(1), 0, Code::Unwritable, lone.now);
    lone.drain();
    assert_eq!(left(&lone), 40);
    assert_eq!(of(&lone, Role::Receiver).transferred, 0);
}

#[test]
fn a_receiver_that_begins_again_knows_what_failed() {
    let mut lone = Lone::connected();
    let restored = Restored {
        sizes: vec![10, 20, FOLDER, 40],
        manifest_complete: true,
        done: std::iter::once(0..1).collect(),
        failed: [(1, Open::Known(Code::Changed))].into(),
        ..Restored::default()
    };
    let incoming = Incoming {
        offer: offer(1, &[10, 20, 40]),
        secret: Secret([7; 32]),
        restored,
        paused: false,
    };
    lone.endpoint.receive_transfer(incoming, lone.now);
    assert_eq!(of(&lone, Role::Receiver).bytes_left, 40);
}

/// Of a file that fails, nothing that was sent counts.
#[test]
fn a_sender_does_not_count_what_it_sent_of_files_that_failed() {
    let sizes = [40 * GROUP_BYTES, 10 * GROUP_BYTES];
    let mut lone = Lone::sending(&sizes);
    want_all(&mut lone);
    pump(&mut lone, 30);
    let before = of(&lone, Role::Sender);
    assert!((1..sizes[0]).contains(&before.transferred));
    assert_eq!(before.bytes_left, 50 * GROUP_BYTES - before.transferred);
    lone.say(&error(0, Code::Unwritable));
    let failed = of(&lone, Role::Sender);
    assert_eq!((failed.transferred, failed.bytes_left), (0, sizes[1]));
    pump(&mut lone, 100_000);
    let sent = of(&lone, Role::Sender);
    assert_eq!(sent.bytes_left, 0);
    assert!(sent.transferred >= sizes[1], "{sent:?}");
    assert!(sent.transferred < sizes[0], "{sent:?}");
}

#[test]
fn a_sender_does_not_count_a_whole_file_that_failed_and_counts_it_when_it_is_sent_again() {
    let sizes = [3 * GROUP_BYTES, GROUP_BYTES];
    let mut lone = Lone::sending(&sizes);
    want_all(&mut lone);
    pump(&mut lone, 100_000);
    assert_eq!(of(&lone, Role::Sender).transferred, 4 * GROUP_BYTES);
    lone.say(&error(0, Code::Corrupt));
    let failed = of(&lone, Role::Sender);
    assert_eq!((failed.transferred, failed.bytes_left), (GROUP_BYTES, 0));
    want_all(&mut lone);
    pump(&mut lone, 100_000);
    let again = of(&lone, Role::Sender);
    assert_eq!(again.transferred, 4 * GROUP_BYTES);
    assert_eq!((again.bytes_left, again.files_failed), (0, 0));
}

#[test]
fn a_sender_that_begins_again_knows_what_failed() {
    let mut lone = Lone::connected();
    let mut failed = FailedEntries::default();
    // More than there are, as from a damaged record.
    failed.insert_range(1..u64::MAX, &Open::Known(Code::Changed));
    let outgoing = Outgoing {
        offer: offer(1, &[10, 20, 40]),
        sizes: [10, 20, 40].into(),
        partner_secret: Some(Secret([7; 32])),
        paused: false,
        failed,
    };
    lone.endpoint.send_transfer(outgoing, lone.now);
    assert_eq!(of(&lone, Role::Sender).bytes_left, 10);
}

/// While files are compared that are probably there, they are not waited for; those that are different are.
#[test]
fn what_is_there_already_is_not_left() {
    let (mut present, mut different) = (false, false);
    for seed in 1..9 {
        let mut world = World::new(seed);
        world.connect();
        let (same, new) = (pattern(3 << 20, 1), pattern(50_000, 2));
        let mut other = pattern(70_000, 3);
        let sent = source(vec![
            ("same", Node::File(same.clone())),
            ("other", Node::File(other.clone())),
            ("new", Node::File(new)),
        ]);
        other[0] ^= 1;
        let existing = [("same".to_owned(), same), ("other".to_owned(), other)];
        let id = sent.outgoing(1).offer.id;
        let destination = Destination::with(existing.into());
        world.sides[1].destinations.insert(id, destination);
        world.offer(0, 1, sent);
        while world.step() {
            let Some(of) = world.sides[1].endpoint.progress(id, Role::Receiver) else {
                continue;
            };
            assert!(of.transferred + of.bytes_left <= (3 << 20) + 120_000);
            // The one that is the same is not even compared.
            present |= of.transferred < 120_000 && of.bytes_left <= 120_000;
            different |= of.transferred >= 3 << 20 && of.bytes_left >= 70_000;
        }
        world.run();
        assert_eq!(world.sides[1].ended(), [id]);
    }
    assert!(present && different);
}
