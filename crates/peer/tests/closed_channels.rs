//! Channels that are closed while data arrives on them, and the other channels of their connection. Virtual time.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{Channel, Config, ConnectionState, Error, Message};
use support::path::{Shared, route};
use support::{Route, Side, channel, loopback, pair, soon};
use tokio::time::{Instant, sleep, timeout};

const SIZE: usize = 16 << 10;

/// A small window, so that little data fills it.
fn config() -> Config {
    Config {
        receive_window: 128 << 10,
        send_buffer: 64 << 10,
        ..loopback()
    }
}

/// Two peers and two channels, each as its two ends.
async fn connected() -> (Side, Side, [(Channel, Channel); 2]) {
    connected_by(config(), None).await
}

async fn connected_by(
    config: Config,
    route: Option<Route>,
) -> (Side, Side, [(Channel, Channel); 2]) {
    let (mut one, mut two) = pair(config.clone(), config, route).await;
    let first = one.peer.create_channel(channel("first")).await.unwrap();
    let second = one.peer.create_channel(channel("second")).await.unwrap();
    one.ready();
    soon("first", first.opened()).await.unwrap();
    soon("second", second.opened()).await.unwrap();
    let mut theirs = [
        soon("theirs", two.channels.recv()).await.unwrap(),
        soon("theirs", two.channels.recv()).await.unwrap(),
    ];
    theirs.sort_by_key(|channel| channel.label().to_owned());
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    let [their_first, their_second] = theirs;
    (one, two, [(first, their_first), (second, their_second)])
}

fn data() -> Message {
    Message::Binary(vec![0; SIZE].into())
}

/// More than the window passes through the channel.
async fn expect_messages((sender, receiver): &mut (Channel, Channel)) {
    let send = async {
        for _ in 0..50 {
            sender.send(data()).await.unwrap();
        }
    };
    let receive = async {
        for index in 0..50 {
            let message = timeout(Duration::from_secs(60), receiver.recv()).await;
            assert_eq!(
                message.unwrap_or_else(|_| panic!("stalled at {index}")),
                Some(data())
            );
        }
    };
    tokio::join!(send, receive);
}

/// Sends until the channel is closed, this many messages at most without a pause.
async fn flood(channel: Channel, messages: usize) {
    for _ in 0..messages {
        if channel.send(data()).await.is_err() {
            return;
        }
    }
    while channel.send(data()).await.is_ok() {
        sleep(Duration::from_secs(30)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn channels_closed_while_data_arrives_do_not_stall_the_others() {
    let (one, mut two, [first, mut other]) = connected().await;
    let (mut ours, mut theirs) = first;
    for round in 0..5 {
        let flooding = tokio::spawn(flood(ours, 200));
        soon("a message", theirs.recv()).await.unwrap();
        if round % 2 == 0 {
            theirs.close();
        }
        drop(theirs);
        soon("the close", flooding).await.unwrap();
        expect_messages(&mut other).await;
        ours = one.peer.create_channel(channel("next")).await.unwrap();
        soon("ours", ours.opened()).await.unwrap();
        theirs = soon("theirs", two.channels.recv()).await.unwrap();
    }
}

/// The probe with which the remote peer continues comes later.
#[tokio::test(start_paused = true)]
async fn a_reader_that_is_behind_for_20_s_loses_its_channel_and_no_other() {
    let (_one, mut two, [(ours, mut theirs), mut other]) = connected().await;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let start = Instant::now();
    let flooding = tokio::spawn(async move {
        for _ in 0..2000 {
            ours.send(data()).await.unwrap();
        }
        let _ = stop.send(());
        while ours.send(data()).await.is_ok() {
            sleep(Duration::from_secs(60)).await;
        }
    });
    let closed = async {
        while theirs.send(data()).await.is_ok() {
            sleep(Duration::from_secs(1)).await
        }
    };
    timeout(Duration::from_secs(25), closed).await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(19));
    let mut kept = 0;
    while theirs.recv().await.is_some() {
        kept += 1;
    }
    assert_eq!(kept, 16);
    soon("the sender", stopped).await.unwrap();
    expect_messages(&mut other).await;
    timeout(Duration::from_secs(120), flooding)
        .await
        .unwrap()
        .unwrap();
    expect_messages(&mut other).await;
    assert_eq!(*two.state.borrow_and_update(), ConnectionState::Connected);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_without_end_on_a_closed_channel_ends_the_connection() {
    let (mut one, mut two, [(ours, mut theirs), _other]) = connected().await;
    let flooding = tokio::spawn(async move {
        let mut sent = 0;
        while ours.send(data()).await.is_ok() {
            sent += 1;
            sleep(Duration::from_millis(500)).await;
        }
        sent
    });
    soon("a message", theirs.recv()).await.unwrap();
    drop(theirs);
    let closed = two
        .state
        .wait_for(|state| *state == ConnectionState::Closed);
    let start = Instant::now();
    soon("the end", closed).await.unwrap();
    assert!(start.elapsed() > Duration::from_secs(15));
    assert_eq!(
        soon("why", two.ended.recv()).await.as_deref(),
        Some("first")
    );
    assert!(soon("the sender", flooding).await.unwrap() > 30);
    one.reaches(ConnectionState::Failed).await;
}

/// The stack passes the close on before messages that wait in its queues.
#[tokio::test(start_paused = true)]
async fn what_was_sent_before_a_close_arrives_at_a_slow_reader() {
    slow_reader(false).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_a_close_arrives_at_a_slow_reader_that_replies() {
    slow_reader(true).await;
}

async fn slow_reader(replies: bool) {
    const MESSAGES: usize = 500;
    let (_one, _two, [(ours, mut theirs), mut other]) = connected().await;
    for index in 0..MESSAGES {
        ours.send(Message::Text(format!("{index}"))).await.unwrap();
    }
    ours.close();
    sleep(Duration::from_secs(10)).await;
    for index in 0..MESSAGES {
        let message = soon("a message", theirs.recv()).await;
        assert_eq!(message, Some(Message::Text(format!("{index}"))));
        if replies {
            // Nobody reads it. It must not cost what is to be read.
            let _ = theirs.send(Message::Text("thanks".into())).await;
            sleep(Duration::from_millis(1)).await;
        }
    }
    assert_eq!(soon("the end", theirs.recv()).await, None);
    assert_eq!(ours.send(data()).await, Err(Error::Closed));
    expect_messages(&mut other).await;
}

#[tokio::test(start_paused = true)]
async fn a_close_does_not_wait_for_a_reader_that_is_behind() {
    let (_one, _two, [(ours, mut theirs), _other]) = connected().await;
    let flooding = tokio::spawn(flood(ours, 1000));
    sleep(Duration::from_secs(5)).await;
    theirs.close();
    let start = Instant::now();
    let mut kept = 0;
    while soon("the end", theirs.recv()).await.is_some() {
        kept += 1;
    }
    // One more may have been on its way from the task.
    assert!((16..=17).contains(&kept), "{kept}");
    assert!(start.elapsed() < Duration::from_secs(1));
    timeout(Duration::from_secs(120), flooding)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn closed_channels_leave_no_tasks() {
    let (one, mut two, [(first, _), mut other]) = connected().await;
    first.close();
    sleep(Duration::from_secs(120)).await;
    let tasks = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let before = tasks();
    for _ in 0..20 {
        let ours = one.peer.create_channel(channel("next")).await.unwrap();
        soon("ours", ours.opened()).await.unwrap();
        let theirs = soon("theirs", two.channels.recv()).await.unwrap();
        ours.close();
        drop(theirs);
    }
    sleep(Duration::from_secs(120)).await;
    assert_eq!(tasks(), before);
    expect_messages(&mut other).await;
}

/// On a slow path the flush takes seconds. What arrives meanwhile must not fill the stack's queues.
#[tokio::test(start_paused = true)]
async fn a_channel_that_is_closed_with_much_to_send_does_not_stall_the_others() {
    let conditions: Shared = Arc::new(Mutex::new(Conditions {
        delay_ms: 10,
        rate: 1_000_000,
        queue_ms: 500,
        ..Conditions::default()
    }));
    let route = route(&conditions, 7);
    let (_one, _two, [(ours, theirs), (other_receiver, other_sender)]) =
        connected_by(loopback(), Some(route)).await;
    let (their_sender, mut their_receiver) = theirs.split();
    tokio::spawn(async move { while their_receiver.recv().await.is_some() {} });
    for _ in 0..8 {
        let message = Message::Binary(vec![0; Channel::MAX_MESSAGE].into());
        ours.send(message).await.unwrap();
    }
    ours.close();
    let text = || Message::Text("text".into());
    tokio::spawn(async move {
        sleep(Duration::from_secs(3)).await;
        for _ in 0..3000 {
            if their_sender.send(text()).await.is_err() {
                return;
            }
        }
    });
    let mut other_receiver = other_receiver;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        other_sender.send(text()).await.unwrap();
        let arrived = timeout(Duration::from_secs(4), other_receiver.recv()).await;
        assert_eq!(
            arrived.unwrap_or_else(|_| panic!("stalled after {:?}", start.elapsed())),
            Some(text())
        );
        sleep(Duration::from_millis(200)).await;
    }
}
