//! Connections without media with a real browser: either peer offers, ordered and unordered channels, ICE restarts, and
//! messages that are sent as soon as the channels are open.
#![allow(clippy::unwrap_used)]

mod support;

use maru_peer::{Channel, Message};
use support::browser::installed;
use support::browser_call::BrowserCall;
use support::{data_only, negotiated, numbered, soon, written};

const MESSAGES: usize = 50;

/// 8 bytes to 60 kB.
fn message(index: usize) -> Message {
    Message::Binary(numbered(index, index * 7919 % 60_000))
}

/// The page sends back what arrives: in both directions nothing is lost, altered or doubled.
async fn echoes(call: &mut BrowserCall, channel: &mut Channel, ordered: bool) {
    soon("the channel", channel.opened()).await.unwrap();
    let (mut sent, mut arrived) = (0, Vec::new());
    soon("the echoes", async {
        while arrived.len() < MESSAGES {
            if sent < MESSAGES && channel.try_send(message(sent)).is_ok() {
                sent += 1;
                continue;
            }
            let echo = tokio::select! {
                echo = channel.recv() => echo.unwrap(),
                () = async { loop { call.step().await } } => unreachable!(),
            };
            let Message::Binary(data) = &echo else {
                panic!("{echo:?}");
            };
            let index = u64::from_be_bytes(data[..8].try_into().unwrap());
            let index = usize::try_from(index).unwrap();
            assert_eq!(echo, message(index));
            arrived.push(index);
        }
    })
    .await;
    if !ordered {
        arrived.sort_unstable();
    }
    assert_eq!(arrived, Vec::from_iter(0..MESSAGES));
}

async fn channels_work(mut call: BrowserCall, mut channels: [Channel; 2]) {
    call.until("the connection", |call| call.page == "connected")
        .await;
    let fingerprints = call.peer.fingerprints().await.unwrap();
    assert_eq!(Some(written(fingerprints.remote)), call.fingerprint);
    for round in 0..3 {
        let [control, bulk] = &mut channels;
        echoes(&mut call, control, true).await;
        echoes(&mut call, bulk, false).await;
        let before = call.offers_seen;
        match round {
            0 => {
                call.restart_ice().await;
                call.browser.act("restart").await;
                call.until("their offer", |call| call.offers_seen > before)
                    .await;
            }
            1 => call.restart_ice().await,
            _ => {}
        }
    }
    assert_eq!(call.peer.fingerprints().await, Some(fingerprints));
    call.end().await;
}

/// `action` makes the channels of the page.
async fn call(action: &str) -> Option<(BrowserCall, [Channel; 2])> {
    let mut call = BrowserCall::with(installed()?, data_only()).await;
    let channels = [
        call.peer.create_channel(negotiated(0, true)).await.unwrap(),
        call.peer
            .create_channel(negotiated(1, false))
            .await
            .unwrap(),
    ];
    call.browser.act(action).await;
    Some((call, channels))
}

/// The page sends two messages on each channel as soon as it is open.
async fn greetings_arrive(mut call: BrowserCall, channels: [Channel; 2]) {
    for mut channel in channels {
        let mut arrived = Vec::new();
        while arrived.len() < 2 {
            let message = tokio::select! {
                message = soon("a message", channel.recv()) => message.unwrap(),
                () = async { loop { call.step().await } } => unreachable!(),
            };
            arrived.push(message);
        }
        arrived.sort_by_key(|message| *message != Message::Text("one".into()));
        let expected = ["one", "two"].map(|text| Message::Text(text.into()));
        assert_eq!(arrived, expected);
    }
    call.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn we_offer() {
    let Some((mut call, channels)) = call("files").await else {
        return;
    };
    call.offer().await;
    channels_work(call, channels).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_offer() {
    let Some((call, channels)) = call("files").await else {
        return;
    };
    let mut call = call;
    call.browser.act("offer").await;
    channels_work(call, channels).await;
}

/// We are the DTLS client, to which messages arrive together with the end of the SCTP handshake.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_serve_and_send_at_once() {
    for _ in 0..3 {
        let Some((mut call, channels)) = call("greet").await else {
            return;
        };
        call.browser.act("serve").await;
        call.offer().await;
        greetings_arrive(call, channels).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_connect_and_send_at_once() {
    let Some((mut call, channels)) = call("greet").await else {
        return;
    };
    call.browser.act("offer").await;
    greetings_arrive(call, channels).await;
}
