//! A message of an ordered channel beside another channel of the connection that is always full. Virtual time.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{Channel, Message};
use support::path::route;
use support::{Side, loopback, negotiated, numbered, pair, soon};
use tokio::time::{sleep, timeout};

const MESSAGE: usize = 60_000;
/// 1 MiB takes 0.9 s on a path of 10 Mbit/s, and its queue 0.3 s.
const LATE: Duration = Duration::from_secs(3);

/// Sends a message when the other channel has been full for so long, over a path of so many bits per second. Returns how many
/// bytes arrived on the other channel before it did; `None` if it did not arrive in time.
async fn bytes_before(rate: u64, full_for: Duration, late: Duration) -> Option<usize> {
    let path = Conditions {
        delay_ms: 10,
        rate,
        ..Conditions::default()
    };
    let route = route(&Arc::new(Mutex::new(path)), 5);
    let (one, two): (Side, Side) = pair(loopback(), loopback(), Some(route)).await;
    let mut channels: Vec<Channel> = Vec::new();
    for side in [&one, &two] {
        for id in [0, 1] {
            let options = negotiated(id, true);
            channels.push(side.peer.create_channel(options).await.unwrap());
        }
    }
    one.ready();
    for channel in &channels {
        soon("a channel", channel.opened()).await.unwrap();
    }
    let mut channels = channels.into_iter().map(Channel::split);
    let (to_two, _one) = channels.next().unwrap();
    let (bulk, _two) = channels.next().unwrap();
    let (_three, mut from_one) = channels.next().unwrap();
    let (_four, mut received) = channels.next().unwrap();
    let sends = tokio::spawn(async move {
        for index in 0.. {
            let message = Message::Binary(numbered(index, MESSAGE));
            if bulk.send(message).await.is_err() {
                return;
            }
        }
    });
    let bytes = Arc::new(AtomicUsize::new(0));
    let arrived_bytes = Arc::clone(&bytes);
    let receives = tokio::spawn(async move {
        while let Some(Message::Binary(data)) = received.recv().await {
            arrived_bytes.fetch_add(data.len(), Relaxed);
        }
    });
    sleep(full_for).await;
    let before = bytes.load(Relaxed);
    to_two.send(Message::Text("now".into())).await.unwrap();
    let arrived = timeout(late, from_one.recv()).await;
    let meanwhile = bytes.load(Relaxed) - before;
    sends.abort();
    receives.abort();
    one.close().await;
    two.close().await;
    assert!(before > 0, "nothing arrived before");
    let message = arrived.ok()?;
    assert_eq!(message, Some(Message::Text("now".into())));
    Some(meanwhile)
}

/// On a path of 150 kB/s, 1 MiB would take 7 s.
#[tokio::test(start_paused = true)]
async fn a_message_overtakes_most_of_what_waits_in_front_of_a_slow_path() {
    for seconds in [2, 5] {
        let full_for = Duration::from_secs(seconds);
        let bytes = bytes_before(1_200_000, full_for, Duration::from_secs(30)).await;
        // The limit, the message that goes beyond it, and one whose turn it was.
        let bytes = bytes.expect("the message arrives");
        assert!(bytes <= 50_000 + 2 * MESSAGE, "{bytes} after {seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_does_not_wait_for_the_end_of_what_another_ordered_channel_sends() {
    let full_for = Duration::from_secs(3);
    let bytes = bytes_before(10_000_000, full_for, LATE).await;
    assert!(bytes.is_some(), "it did not arrive in time");
}
