//! What is sent on negotiated channels as soon as they are open arrives.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use maru_lab::Conditions;
use maru_peer::{Channel, Config, ConnectionState, Kind, Message, Peer};
use support::coturn::{Coturn, Over};
use support::path::tapped_route;
use support::{Route, Side, data_only, loopback, negotiated, pair, soon};

/// DTLS content type of data (RFC 6347 §4.1), and the datagram of COOKIE ACK: 16 bytes of SCTP with AES-GCM. That of
/// every other chunk is larger.
const DATA: u8 = 23;
const COOKIE_ACK: usize = 13 + 8 + 16 + 16;
/// The fault that this is about lost messages in one of three connections over loopback.
const CONNECTIONS: usize = 16;

/// An ordered and an unordered channel.
async fn channels(peer: &Peer) -> [Channel; 2] {
    [
        peer.create_channel(negotiated(0, true)).await.unwrap(),
        peer.create_channel(negotiated(1, false)).await.unwrap(),
    ]
}

/// Sends on each channel as soon as it is open, and receives as much.
async fn talk(channels: &mut [Channel; 2], messages: usize) {
    let text = |number: usize| Message::Text(format!("message {number}"));
    for channel in &mut *channels {
        soon("an open channel", channel.opened()).await.unwrap();
        for number in 0..messages {
            channel.send(text(number)).await.unwrap();
        }
    }
    for channel in channels {
        let mut arrived = Vec::new();
        for _ in 0..messages {
            arrived.push(soon("a message", channel.recv()).await.unwrap());
        }
        arrived.sort_by_key(|message| match message {
            Message::Text(text) => text.clone(),
            Message::Binary(_) => String::new(),
        });
        assert_eq!(arrived, Vec::from_iter((0..messages).map(text)));
    }
}

async fn both_talk(config: Config, route: Option<Route>, messages: usize) {
    let media = config.media;
    let (one, two) = pair(config.clone(), config, route).await;
    if media {
        one.peer.add_track(Kind::Audio).await.unwrap();
    }
    let (mut ours, mut theirs) = (channels(&one.peer).await, channels(&two.peer).await);
    one.ready();
    tokio::join!(talk(&mut ours, messages), talk(&mut theirs, messages));
    one.close().await;
    two.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_on_each_channel() {
    for _ in 0..CONNECTIONS {
        both_talk(data_only(), None, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_messages_on_each_channel() {
    for _ in 0..CONNECTIONS {
        both_talk(data_only(), None, 5).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_beside_media() {
    for _ in 0..CONNECTIONS {
        both_talk(loopback(), None, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_over_a_relay() {
    let server = Coturn::start(Over::Udp).await;
    let config = Config {
        media: false,
        ..server.only()
    };
    // Each takes seconds.
    for _ in 0..CONNECTIONS / 4 {
        both_talk(config.clone(), None, 1).await;
    }
}

/// The messages arrive before the end of the SCTP handshake.
#[tokio::test(start_paused = true)]
async fn messages_that_overtake_a_lost_cookie_ack() {
    let conditions = Arc::new(Mutex::new(Conditions {
        delay_ms: 10,
        ..Conditions::default()
    }));
    let (changed, lost) = (Arc::clone(&conditions), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&lost);
    let tap = move |datagram: &[u8]| {
        let is_lost =
            datagram[0] == DATA && datagram.len() == COOKIE_ACK && count.fetch_add(1, Relaxed) == 0;
        changed.lock().unwrap().loss = f64::from(u8::from(is_lost));
    };
    let route = tapped_route(&conditions, 5, Arc::new(tap));
    both_talk(data_only(), Some(route), 2).await;
    assert!(lost.load(Relaxed) > 1, "COOKIE ACK was not recognised");
}

async fn connected() -> (Side, Side, [Channel; 2], [Channel; 2]) {
    let (mut one, mut two) = pair(data_only(), data_only(), None).await;
    let (mut ours, mut theirs) = (channels(&one.peer).await, channels(&two.peer).await);
    one.ready();
    tokio::join!(talk(&mut ours, 1), talk(&mut theirs, 1));
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    (one, two, ours, theirs)
}

#[tokio::test]
async fn channels_of_a_connection_that_is_established() {
    let (one, two, _ours, _theirs) = connected().await;
    let late = async |peer: &Peer| peer.create_channel(negotiated(7, true)).await.unwrap();
    let (mut ours, mut theirs) = (late(&one.peer).await, late(&two.peer).await);
    for (from, to) in [(0, 1), (1, 0)] {
        let sides = [&mut ours, &mut theirs];
        let message = Message::Text(format!("from {from}"));
        soon("an open channel", sides[from].opened()).await.unwrap();
        sides[from].send(message.clone()).await.unwrap();
        assert_eq!(soon("a message", sides[to].recv()).await, Some(message));
    }
    one.close().await;
    two.close().await;
}

/// A channel that was closed before there was a connection is not made.
#[tokio::test]
async fn a_channel_that_was_closed_before_the_connection() {
    let (one, two) = pair(data_only(), data_only(), None).await;
    let closed = one.peer.create_channel(negotiated(7, true)).await.unwrap();
    closed.close();
    assert_eq!(closed.opened().await, Err(maru_peer::Error::Closed));
    let (mut ours, mut theirs) = (channels(&one.peer).await, channels(&two.peer).await);
    one.ready();
    tokio::join!(talk(&mut ours, 1), talk(&mut theirs, 1));
    one.close().await;
    two.close().await;
}
