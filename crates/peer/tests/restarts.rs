//! ICE restarts while the remote peer cannot be reached by signaling, and before the path has recovered. Virtual time.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{Channel, ConnectionState, Message};
use support::path::{Shared, route};
use support::{Side, channel, loopback, pair, soon};

async fn connected(conditions: &Shared) -> (Side, Side, [Channel; 2]) {
    let (mut one, mut two) = pair(loopback(), loopback(), Some(route(conditions, 7))).await;
    let ours = one.peer.create_channel(channel("maru")).await.unwrap();
    one.ready();
    soon("ours", ours.opened()).await.unwrap();
    let theirs = soon("theirs", two.channels.recv()).await.unwrap();
    two.ready();
    let offered = two.offers.wait_for(|count| *count > 0);
    soon("the offer made at once", offered).await.unwrap();
    // Virtual time: until it is answered.
    tokio::time::sleep(Duration::from_secs(1)).await;
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    (one, two, [ours, theirs])
}

async fn expect_messages_both_ways(channels: &mut [Channel; 2], text: &str) {
    let [one, two] = channels;
    let message = Message::Text(text.into());
    one.send(message.clone()).await.unwrap();
    assert_eq!(soon("a message", two.recv()).await, Some(message.clone()));
    two.send(message.clone()).await.unwrap();
    assert_eq!(soon("a message", one.recv()).await, Some(message));
}

async fn offer_restart(side: &mut Side) {
    let before = *side.offers.borrow();
    side.restart_ice();
    let offered = side.offers.wait_for(|count| *count > before);
    soon("the offer", offered).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_restart_without_an_answer_does_not_interrupt_the_path() {
    for polite in [false, true] {
        let (mut one, mut two, mut channels) = connected(&Shared::default()).await;
        let (offerer, answerer) = if polite {
            (&mut two, &one)
        } else {
            (&mut one, &two)
        };
        answerer.set_drop_signals(true);
        offer_restart(offerer).await;
        for second in 0..30 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            expect_messages_both_ways(&mut channels, &format!("{second}")).await;
        }
        assert_eq!(*offerer.state.borrow(), ConnectionState::Connected);
        // Another restart does not make a second offer while one is pending.
        assert_eq!(
            offerer.peer.create_offer(true).await,
            Err(maru_peer::Error::OfferPending)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_polite_peer_rolls_its_unanswered_restart_back_for_the_others() {
    let (mut one, mut two, mut channels) = connected(&Shared::default()).await;
    one.set_drop_signals(true);
    offer_restart(&mut two).await;
    one.set_drop_signals(false);
    offer_restart(&mut one).await;
    expect_messages_both_ways(&mut channels, "after the glare").await;
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
}

/// The path recovers long after the restart was negotiated: its checks must still be going on.
#[tokio::test(start_paused = true)]
async fn a_path_that_recovers_after_a_restart_needs_no_other_restart() {
    for first_offers in [true, false] {
        let conditions = Arc::new(Mutex::new(Conditions::default()));
        let (mut one, mut two, mut channels) = connected(&conditions).await;
        conditions.lock().unwrap().loss = 1.0;
        one.reaches(ConnectionState::Reconnecting).await;
        offer_restart(if first_offers { &mut one } else { &mut two }).await;
        // Longer than the stack's default checks a pair (1.6 s), shorter than until ICE fails.
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
        expect_messages_both_ways(&mut channels, "recovered").await;
    }
}

/// Longer than SCTP's retransmissions, whose last one comes after 31 s.
#[tokio::test(start_paused = true)]
async fn a_channel_goes_on_after_a_path_was_lost_for_40_s() {
    for messages in [1, 60] {
        let conditions = Arc::new(Mutex::new(Conditions::default()));
        let (mut one, mut two, [ours, mut theirs]) = connected(&conditions).await;
        conditions.lock().unwrap().loss = 1.0;
        let text = |index: usize| Message::Text(format!("{index:16000}"));
        // Not all are taken at once: little is before anything was acknowledged.
        let (ours, _receiver) = ours.split();
        let sender = ours.clone();
        tokio::spawn(async move {
            for index in 0..messages {
                sender.send(text(index)).await.unwrap();
            }
        });
        tokio::time::sleep(Duration::from_secs(40)).await;
        conditions.lock().unwrap().loss = 0.0;
        offer_restart(&mut one).await;
        one.reaches(ConnectionState::Connected).await;
        two.reaches(ConnectionState::Connected).await;
        let restored = tokio::time::Instant::now();
        for index in 0..messages {
            let message = soon("a message", theirs.recv()).await;
            assert_eq!(message, Some(text(index)), "{index} of {messages}");
        }
        println!(
            "{messages} messages {:?} after the path",
            restored.elapsed()
        );
        ours.send(text(messages)).await.unwrap();
        assert_eq!(
            soon("a new message", theirs.recv()).await,
            Some(text(messages))
        );
        let repeated = tokio::time::timeout(Duration::from_secs(5), theirs.recv()).await;
        assert!(repeated.is_err(), "{repeated:?}");
    }
}
