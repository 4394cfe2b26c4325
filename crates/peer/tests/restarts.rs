//! ICE restarts where the other side cannot be asked, and where the path is not there yet. Virtual time.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{Channel, ChannelOptions, ConnectionState, Message};
use support::path::{Shared, route};
use support::{Side, loopback, pair, soon};

async fn connected(conditions: &Shared) -> (Side, Side, [Channel; 2]) {
    let (mut one, mut two) = pair(loopback(), loopback(), Some(route(conditions, 7))).await;
    let options = ChannelOptions {
        label: "maru".into(),
        negotiated: None,
    };
    let mut ours = one.peer.create_channel(options).await.unwrap();
    one.ready();
    soon("ours", ours.opened()).await.unwrap();
    let theirs = soon("theirs", two.channels.recv()).await.unwrap();
    two.ready();
    let offered = two.offers.wait_for(|count| *count > 0);
    soon("the offer of having begun", offered).await.unwrap();
    // Virtual: until it is answered.
    tokio::time::sleep(Duration::from_secs(1)).await;
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    (one, two, [ours, theirs])
}

async fn expect_texts_to_go_both_ways(channels: &mut [Channel; 2], word: &str) {
    let [one, two] = channels;
    let message = Message::Text(word.into());
    one.send(message.clone()).await.unwrap();
    assert_eq!(soon("a text", two.recv()).await, Some(message.clone()));
    two.send(message.clone()).await.unwrap();
    assert_eq!(soon("a text", one.recv()).await, Some(message));
}

async fn offered(side: &mut Side) {
    let before = *side.offers.borrow();
    side.peer.restart_ice().await;
    let offered = side.offers.wait_for(|count| *count > before);
    soon("the offer", offered).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_restart_that_nobody_answers_leaves_the_path_as_it_is() {
    for polite in [false, true] {
        let (mut one, mut two, mut channels) = connected(&Shared::default()).await;
        let (asking, asked) = if polite {
            (&mut two, &one)
        } else {
            (&mut one, &two)
        };
        asked.set_deaf(true);
        offered(asking).await;
        for second in 0..30 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            expect_texts_to_go_both_ways(&mut channels, &format!("{second}")).await;
        }
        assert_eq!(*asking.state.borrow(), ConnectionState::Connected);
        // Another asking does not put a second offer on top of the one that is open.
        asking.peer.restart_ice().await;
        assert_eq!(
            asking.peer.create_offer().await,
            Err(maru_peer::Error::OfferOpen)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_polite_side_gives_its_unanswered_restart_up_for_the_others() {
    let (mut one, mut two, mut channels) = connected(&Shared::default()).await;
    one.set_deaf(true);
    offered(&mut two).await;
    one.set_deaf(false);
    offered(&mut one).await;
    expect_texts_to_go_both_ways(&mut channels, "after the glare").await;
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
}

/// The restart is over long before the path is back: its checks must still be going on.
#[tokio::test(start_paused = true)]
async fn a_path_that_heals_after_a_restart_needs_no_other() {
    for asks_first in [true, false] {
        let conditions = Arc::new(Mutex::new(Conditions::default()));
        let (mut one, mut two, mut channels) = connected(&conditions).await;
        conditions.lock().unwrap().loss = 1.0;
        one.reaches(ConnectionState::Reconnecting).await;
        offered(if asks_first { &mut one } else { &mut two }).await;
        // More than the 1.6 s after which the stack would give every pair up, less than what ICE itself waits.
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_ne!(*one.state.borrow(), ConnectionState::Connected);
        conditions.lock().unwrap().loss = 0.0;
        for side in [&mut one, &mut two] {
            let back = side
                .state
                .wait_for(|state| *state == ConnectionState::Connected);
            tokio::time::timeout(Duration::from_secs(5), back)
                .await
                .expect("connected by the checks that go on")
                .unwrap();
        }
        expect_texts_to_go_both_ways(&mut channels, "healed").await;
    }
}
