//! Manifests on their way.

use super::{
    super::*,
    lone::{Lone, id_of, manifest, offer},
};
use crate::{control::Secret, limits::MAX_CONTROL_BYTES};

fn listed(lone: &mut Lone) -> Vec<(u32, bool)> {
    let listed = |message: ControlMessage| match message {
        ControlMessage::Manifest { first, last, .. } => Some((first, last)),
        _ => None,
    };
    lone.heard().into_iter().filter_map(listed).collect()
}

fn requests(lone: &mut Lone) -> Vec<u32> {
    let request = |request: DiskRequest| match request {
        DiskRequest::Manifest { first, .. } => Some(first),
        _ => None,
    };
    std::mem::take(&mut lone.disk)
        .into_iter()
        .filter_map(request)
        .collect()
}

fn answer(lone: &mut Lone, first: u32, count: u32, last: bool) {
    let ControlMessage::Manifest { entries, .. } =
        manifest(1, first, &vec![1; count as usize], last)
    else {
        unreachable!()
    };
    lone.endpoint
        .on_manifest(id_of(1), first, Ok((entries, last)), lone.now);
    lone.drain();
}

#[test]
fn a_manifest_of_an_earlier_connection_is_not_read_twice_for_ever() {
    let mut lone = Lone::connected();
    lone.give_offer(1, &[1; 30]);
    assert_eq!(requests(&mut lone), [0]);
    lone.endpoint.on_disconnected();
    lone.connect();
    assert_eq!(requests(&mut lone), [0]);
    let secret = Secret([7; 32]);
    lone.say(&ControlMessage::Accept {
        id: id_of(1),
        secret,
    });
    lone.heard();
    // Both outcomes come, and then one request at a time.
    answer(&mut lone, 0, 10, false);
    assert_eq!(requests(&mut lone), [10]);
    answer(&mut lone, 0, 10, false);
    assert_eq!(requests(&mut lone), [0; 0], "one is under way");
    answer(&mut lone, 10, 20, true);
    assert_eq!(requests(&mut lone), [0; 0]);
    assert_eq!(listed(&mut lone), [(0, false), (10, true)]);
}

#[test]
fn a_manifest_that_cannot_be_sent_ends_the_transfer() {
    for entries in [
        Vec::new(),
        vec![super::lone::file("a", 1); MAX_CONTROL_BYTES / 10],
    ] {
        let mut lone = Lone::connected();
        lone.give_offer(1, &[1; 30]);
        requests(&mut lone);
        let outcome = Ok((entries, false));
        lone.endpoint.on_manifest(id_of(1), 0, outcome, lone.now);
        lone.drain();
        assert_eq!(requests(&mut lone), [0; 0], "not once more");
        let cancelled = lone
            .heard()
            .iter()
            .any(|of| matches!(of, ControlMessage::Cancel { .. }));
        assert!(cancelled);
        assert!(lone.endpoint.progress(id_of(1), Role::Sender).is_none());
    }
}

#[test]
fn entries_that_there_are_not_are_not_listed() {
    let mut lone = Lone::sending(&[1; 3]);
    requests(&mut lone);
    answer(&mut lone, 0, 3, true);
    for first in [4, 1_000_000] {
        let id = id_of(1);
        lone.say(&ControlMessage::List { id, first });
        assert_eq!(requests(&mut lone), [0; 0]);
    }
    let id = id_of(1);
    lone.say(&ControlMessage::List { id, first: 2 });
    assert_eq!(requests(&mut lone), [2]);
}

#[test]
fn entries_on_their_way_while_the_disk_is_mended_end_nothing() {
    let mut lone = Lone::connected();
    let id = id_of(1);
    lone.say(&offer(1, &[1; 6]).to_message());
    lone.endpoint.accept(id, Secret([7; 32]), lone.now);
    lone.say(&manifest(1, 0, &[1; 2], false));
    lone.endpoint.on_disk_problem(id, Code::DiskFull, lone.now);
    lone.say(&manifest(1, 2, &[1; 2], false));
    let restored = Restored::default();
    lone.endpoint.on_disk_mended(id, restored, lone.now);
    lone.drain();
    let list = ControlMessage::List { id, first: 0 };
    assert!(lone.heard().contains(&list));
    // It was sent before the request arrived.
    lone.say(&manifest(1, 4, &[1; 2], true));
    assert!(lone.endpoint.progress(id, Role::Receiver).is_some());
    lone.disk.clear();
    lone.say(&manifest(1, 0, &[1; 4], false));
    lone.say(&manifest(1, 4, &[1; 2], true));
    let stored: Vec<(u32, usize)> = lone
        .disk
        .iter()
        .filter_map(|request| match request {
            DiskRequest::Store { first, entries, .. } => Some((*first, entries.len())),
            _ => None,
        })
        .collect();
    assert_eq!(stored, [(0, 4), (4, 2)]);
}
