//! What is sent on negotiated channels as soon as they are open arrives, on both sides. Virtual time.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{Channel, Message};
use support::path::{route, tapped_route};
use support::{data_only, negotiated, pair, soon};
use tokio::time::Instant;

/// DTLS content type of data (RFC 5246 §6.2.1).
const DATA: u8 = 23;
/// The datagram of COOKIE ACK, 16 bytes of SCTP, with AES-GCM. The next larger is that of an acknowledgment.
const COOKIE_ACK: usize = 13 + 8 + 16 + 16;

/// Two messages each as soon as the channel is open, and those of the other side. Returns when both have arrived.
async fn talk(channel: &mut Channel, first: &str, expected: &str) -> Duration {
    let text = |from: &str, number| Message::Text(format!("{number} from {from}"));
    soon("the channel", channel.opened()).await.unwrap();
    let opened = Instant::now();
    for number in 0..2 {
        channel.send(text(first, number)).await.unwrap();
    }
    for number in 0..2 {
        let message = soon("a message", channel.recv()).await;
        assert_eq!(message, Some(text(expected, number)));
    }
    opened.elapsed()
}

async fn both_talk_at_once(lost: usize) {
    let path = Conditions {
        delay_ms: 10,
        ..Conditions::default()
    };
    let conditions = Arc::new(Mutex::new(path));
    let (changed, left) = (Arc::clone(&conditions), Arc::new(AtomicUsize::new(lost)));
    let to_lose = Arc::clone(&left);
    let tap = move |datagram: &[u8]| {
        let is_lost = datagram[0] == DATA
            && datagram.len() == COOKIE_ACK
            && to_lose
                .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
                .is_ok();
        changed.lock().unwrap().loss = f64::from(u8::from(is_lost));
    };
    let route = tapped_route(&conditions, 5, Arc::new(tap));
    let (one, two) = pair(data_only(), data_only(), Some(route)).await;
    let mut ours = one.peer.create_channel(negotiated(0, true)).await.unwrap();
    let mut theirs = two.peer.create_channel(negotiated(0, true)).await.unwrap();
    one.ready();
    let (of_one, of_two) = tokio::join!(
        talk(&mut ours, "one", "two"),
        talk(&mut theirs, "two", "one")
    );
    assert_eq!(left.load(Relaxed), 0, "COOKIE ACK was not recognised");
    if lost == 0 {
        // Neither waits for a timer.
        for time in [of_one, of_two] {
            assert!(time < Duration::from_secs(1), "{time:?}");
        }
    }
    one.close().await;
    two.close().await;
}

#[tokio::test(start_paused = true)]
async fn both_sides_may_send_at_once() {
    both_talk_at_once(0).await;
}

#[tokio::test(start_paused = true)]
async fn both_sides_may_send_at_once_although_the_end_of_the_handshake_is_lost() {
    both_talk_at_once(1).await;
}

/// The responder cannot know when the initiator is ready. The answering side is the responder.
#[tokio::test(start_paused = true)]
async fn a_responder_that_receives_nothing_sends_all_the_same() {
    let path = Arc::new(Mutex::new(Conditions::default()));
    let (one, two) = pair(data_only(), data_only(), Some(route(&path, 5))).await;
    let mut ours = one.peer.create_channel(negotiated(0, true)).await.unwrap();
    let theirs = two.peer.create_channel(negotiated(0, true)).await.unwrap();
    one.ready();
    soon("ours", ours.opened()).await.unwrap();
    soon("theirs", theirs.opened()).await.unwrap();
    let message = Message::Text("only one way".into());
    theirs.send(message.clone()).await.unwrap();
    assert_eq!(soon("a message", ours.recv()).await, Some(message));
    one.close().await;
    two.close().await;
}
