//! Ordered and unordered data channels over a path that loses packets. Virtual time.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{Channel, ChannelReceiver, ChannelSender, Message};
use support::path::route;
use support::{Side, loopback, negotiated, numbered, pair, soon};

const MESSAGES: usize = 300;

/// A message that shows if it was altered, of 8 bytes to about 40 KB.
fn message(index: usize) -> Message {
    Message::Binary(numbered(index, index * 7919 % 40_000))
}

/// Sends all messages in one direction, and returns the indices in the order in which they arrived.
async fn transfer(sender: ChannelSender, receiver: &mut ChannelReceiver) -> Vec<usize> {
    let send = async {
        for index in 0..MESSAGES {
            sender.send(message(index)).await.unwrap();
        }
    };
    let receive = async {
        let mut arrived = Vec::new();
        while arrived.len() < MESSAGES {
            let received = receiver.recv().await.unwrap();
            let Message::Binary(data) = &received else {
                panic!("{received:?}");
            };
            let index = u64::from_be_bytes(data[..8].try_into().unwrap());
            let index = usize::try_from(index).unwrap();
            assert_eq!(received, message(index));
            arrived.push(index);
        }
        arrived
    };
    tokio::join!(send, receive).1
}

/// The orders of arrival in both directions.
async fn both_directions(ordered: bool) -> [Vec<usize>; 2] {
    let path = Conditions {
        delay_ms: 10,
        rate: 50_000_000,
        loss: 0.02,
        ..Conditions::default()
    };
    let route = route(&Arc::new(Mutex::new(path)), 5);
    let (one, two): (Side, Side) = pair(loopback(), loopback(), Some(route)).await;
    let mut channels: Vec<Channel> = Vec::new();
    for side in [&one, &two] {
        let options = negotiated(1, ordered);
        channels.push(side.peer.create_channel(options).await.unwrap());
    }
    one.ready();
    for channel in &channels {
        soon("a channel", channel.opened()).await.unwrap();
    }
    let (to_one, mut from_one) = channels.pop().unwrap().split();
    let (to_two, mut from_two) = channels.pop().unwrap().split();
    let orders = soon("all messages", async {
        tokio::join!(
            transfer(to_two, &mut from_one),
            transfer(to_one, &mut from_two)
        )
    })
    .await;
    for receiver in [&mut from_one, &mut from_two] {
        let more = tokio::time::timeout(Duration::from_secs(10), receiver.recv());
        assert!(more.await.is_err(), "more messages than were sent");
    }
    one.close().await;
    two.close().await;
    orders.into()
}

#[tokio::test(start_paused = true)]
async fn messages_of_an_unordered_channel_overtake_each_other_and_arrive_once() {
    for mut order in both_directions(false).await {
        assert!(!order.is_sorted());
        order.sort_unstable();
        assert_eq!(order, Vec::from_iter(0..MESSAGES));
    }
}

#[tokio::test(start_paused = true)]
async fn messages_of_an_ordered_channel_do_not_overtake_each_other() {
    for order in both_directions(true).await {
        assert_eq!(order, Vec::from_iter(0..MESSAGES));
    }
}
