//! What is in flight arrives, or the connection is given up.

use std::time::Duration;

use bytes::Bytes;

use super::{
    super::*,
    lone::{HERE, Lone, id_of},
};
use crate::{
    Piece,
    control::{Secret, Wanted},
};

const SIZE: u64 = 8 << 20;

/// Permits so much, says that so much arrived, and takes all messages.
fn permit(lone: &mut Lone, bytes: u64, arrived: u64) {
    lone.say(&ControlMessage::Credit {
        bytes,
        messages: 1_000,
        arrived,
        delay: Some(0),
    });
    loop {
        while lone.endpoint.poll_bulk(lone.now).is_some() {}
        lone.drain();
        if !read(lone) {
            return;
        }
    }
}

/// The disk reads what it was asked for. Whether that was something.
fn read(lone: &mut Lone) -> bool {
    let mut any = false;
    for request in std::mem::take(&mut lone.disk) {
        if let DiskRequest::Read { read, length, .. } = request {
            let bytes = Bytes::from(vec![1; usize::try_from(length).unwrap()]);
            let outcome = Ok(vec![Piece::Bytes(bytes)]);
            lone.endpoint.on_read(read, outcome, lone.now);
            any = true;
        }
    }
    lone.drain();
    any
}

/// The partner asks for the file.
fn want(lone: &mut Lone) {
    lone.say(&ControlMessage::Want {
        id: id_of(1),
        entry: 0,
        wanted: Wanted::Count(Some(1)),
    });
}

/// The partner answers pings for so many seconds. Returns after how many the connection was closed.
fn answer(lone: &mut Lone, seconds: u64) -> Option<u64> {
    for second in 1..=seconds {
        lone.pass(Duration::from_secs(1));
        if lone.closed.is_some() {
            return Some(second);
        }
        lone.say(&ControlMessage::Pong { at: 0 });
    }
    None
}

fn connect_again(lone: &mut Lone) {
    lone.closed = None;
    lone.connect();
    let own = super::lone::offer(1, &[SIZE]).secret;
    let key = ResumeKey::new(&own, &Secret([7; 32]), &id_of(1));
    let tags = vec![key.partner_tag(Role::Sender, &HERE)];
    lone.say(&ControlMessage::Known { tags });
    want(lone);
}

#[test]
fn a_connection_that_answers_and_delivers_nothing_is_given_up() {
    let mut lone = Lone::sending(&[SIZE]);
    want(&mut lone);
    permit(&mut lone, 1 << 20, 0);
    assert_eq!(answer(&mut lone, 20), Some(10));
    assert_eq!(lone.closed, Some(CloseReason::Silent));
}

#[test]
fn a_connection_after_one_that_stalled_gets_more_time_until_much_arrives() {
    let mut lone = Lone::sending(&[SIZE]);
    want(&mut lone);
    for seconds in [10, 20, 40, 80, 160, 160] {
        permit(&mut lone, 1 << 20, 0);
        assert_eq!(answer(&mut lone, 200), Some(seconds));
        connect_again(&mut lone);
    }
    // A megabyte arrives slowly: the path needs the time.
    permit(&mut lone, 1 << 20, 0);
    assert_eq!(answer(&mut lone, 30), None);
    permit(&mut lone, 3 << 20, 1 << 20);
    assert_eq!(answer(&mut lone, 30), None);
    // Another one arrives at once, and what follows does not.
    for arrived in [(1 << 20) + 1, 2 << 20, (2 << 20) + 1] {
        permit(&mut lone, 3 << 20, arrived);
    }
    assert_eq!(answer(&mut lone, 30), Some(10));
}

#[test]
fn a_connection_that_delivers_is_kept() {
    let mut lone = Lone::sending(&[SIZE]);
    want(&mut lone);
    permit(&mut lone, 1 << 20, 0);
    for arrived in 1..=10 {
        // Slowly.
        assert_eq!(answer(&mut lone, 9), None);
        permit(&mut lone, 1 << 20, arrived);
    }
    permit(&mut lone, 1 << 20, 1 << 20);
    assert_eq!(answer(&mut lone, 60), None, "nothing is in flight");
}

#[test]
fn without_a_path_nothing_can_arrive() {
    let mut lone = Lone::sending(&[SIZE]);
    want(&mut lone);
    permit(&mut lone, 1 << 20, 0);
    lone.endpoint.set_path_works(false, lone.now);
    lone.pass(Duration::from_secs(60));
    assert_eq!(lone.closed, None);
    lone.endpoint.set_path_works(true, lone.now);
    assert_eq!(answer(&mut lone, 20), Some(10));
}
