//! Back-pressure and cancellation of data channels, through two real peers.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use maru_peer::{Channel, Config, ConnectionState, Error, Kind, Message};
use support::{Side, channel, frame, index_of, loopback, pair, soon, write};

/// Messages that wait for a reader that does not read: 16 before it, 256 in the stack for the channel, and 512 for the
/// connection, up to two datagrams more.
const QUEUED: usize = 16 + 256 + 512 + 64;
/// Messages between a sender and its stack: in the queue, and one in the hands of the task.
const UNSENT: usize = 4 + 1;
/// How long a sender must have been waiting to be called stalled. The remote peer's SCTP delays acknowledgments by 0.2 s.
const STALLED: Duration = Duration::from_secs(2);

async fn connected(first: Config, second: Config) -> (Side, Side, Channel, Channel) {
    let (one, mut two) = pair(first, second, None).await;
    let ours = one.peer.create_channel(channel("maru")).await.unwrap();
    one.ready();
    soon("the channel", ours.opened()).await.unwrap();
    let theirs = soon("the channel", two.channels.recv()).await.unwrap();
    (one, two, ours, theirs)
}

fn numbered(index: usize, size: usize) -> Message {
    let mut data = vec![0; size.max(8)];
    data[..8].copy_from_slice(&(index as u64).to_be_bytes());
    Message::Binary(data.into())
}

fn number(message: &Message) -> usize {
    let Message::Binary(data) = message else {
        panic!("{message:?}");
    };
    usize::try_from(u64::from_be_bytes(data[..8].try_into().unwrap())).unwrap()
}

/// Sends numbered messages until a send waits for [`STALLED`]. Returns how many were sent.
async fn send_until_stalled(channel: &Channel, size: usize) -> usize {
    let mut sent = 0;
    let fill = async {
        loop {
            match tokio::time::timeout(STALLED, channel.send(numbered(sent, size))).await {
                Ok(Ok(())) => sent += 1,
                Ok(Err(error)) => panic!("{error} after {sent}"),
                Err(_) => return,
            }
        }
    };
    soon("the sender to stall", fill).await;
    sent
}

async fn expect_numbers(channel: &mut Channel, numbers: std::ops::Range<usize>) {
    for expected in numbers {
        let message = soon("a message", channel.recv()).await;
        assert_eq!(message.as_ref().map(number), Some(expected));
    }
}

#[tokio::test]
async fn a_paused_reader_stalls_the_sender_and_not_the_media() {
    const SIZE: usize = 16 << 10;
    let (mut one, mut two, ours, mut theirs) = connected(loopback(), loopback()).await;
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    write(&camera, frame(0, true, 5000), 0).await;
    let mut video = soon("the track", two.tracks.recv()).await.unwrap();
    soon("the first frame", video.recv()).await.unwrap();

    let sent = send_until_stalled(&ours, SIZE).await;
    let config = Config::default();
    let in_sctp = (config.send_buffer + config.receive_window as usize).div_ceil(SIZE);
    assert!(sent <= UNSENT + QUEUED + in_sctp + 2, "{sent}");

    let mut frames = tokio::time::interval(Duration::from_millis(33));
    for index in 1..60 {
        frames.tick().await;
        write(&camera, frame(index, false, 3000), 3000 * index).await;
        let got = tokio::time::timeout(Duration::from_secs(2), video.recv()).await;
        assert_eq!(index_of(&got.unwrap().unwrap().data), index);
    }
    assert_eq!(*one.state.borrow_and_update(), ConnectionState::Connected);

    let more = async {
        for index in sent..sent + 200 {
            ours.send(numbered(index, SIZE)).await.unwrap();
        }
    };
    let all = expect_numbers(&mut theirs, 0..sent + 200);
    tokio::join!(soon("the sender to go on", more), all);
}

#[tokio::test]
async fn a_flood_of_small_messages_stays_within_the_bound() {
    const SIZE: usize = 64;
    let small = || Config {
        receive_window: 128 << 10,
        ..loopback()
    };
    let (one, _two, ours, mut theirs) = connected(small(), small()).await;
    one.peer.set_send_buffer(64 << 10).await;
    let sent = send_until_stalled(&ours, SIZE).await;
    let in_sctp = ((64 << 10) + (128 << 10)) / SIZE;
    assert!(sent > 1024, "{sent}");
    assert!(sent <= UNSENT + QUEUED + in_sctp + 64, "{sent}");
    expect_numbers(&mut theirs, 0..sent).await;
}

/// On one thread the stack's driver does not run between sends that do not wait, so that its own send yields after it has
/// queued its message.
#[tokio::test]
async fn a_cancelled_send_sent_nothing() {
    const SENDS: usize = 5000;
    let (_one, _two, ours, mut theirs) = connected(loopback(), loopback()).await;
    let (report, mut sent) = tokio::sync::mpsc::unbounded_channel();
    let sender = tokio::spawn(async move {
        let mut cancelled = 0;
        for index in 0..SENDS {
            tokio::select! {
                biased;
                result = ours.send(numbered(index, 1000)) => {
                    result.unwrap();
                    report.send(index).unwrap();
                }
                () = std::future::ready(()) => {
                    cancelled += 1;
                    if cancelled % 3 == 0 {
                        tokio::task::yield_now().await;
                    }
                }
            }
        }
        (ours, cancelled)
    });
    let mut received = 0;
    while let Some(index) = soon("the sender", sent.recv()).await {
        expect_numbers(&mut theirs, index..index + 1).await;
        received += 1;
    }
    let (ours, cancelled) = soon("the sender", sender).await.unwrap();
    assert!(received > 100 && cancelled > 100, "{received} {cancelled}");
    assert_eq!(received + cancelled, SENDS);
    ours.send(numbered(SENDS, 8)).await.unwrap();
    expect_numbers(&mut theirs, SENDS..SENDS + 1).await;
}

#[tokio::test]
async fn a_full_channel_returns_the_message_and_is_writable_again_later() {
    let (_one, _two, ours, mut theirs) = connected(loopback(), loopback()).await;
    let sent = send_until_stalled(&ours, 64 << 10).await;
    // The last one may have been cancelled just before there was room.
    let mut index = sent;
    let error = loop {
        match ours.try_send(numbered(index, 64 << 10)) {
            Ok(()) => index += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.error, Error::Full);
    assert_eq!(error.message, numbered(index, 64 << 10));
    let (ours, _receiver) = ours.split();
    // 4 messages are queued, one waits for its turn, and others are unacknowledged.
    assert!(ours.buffered().await > 5 * (64 << 10));
    let refill = async {
        ours.writable().await.unwrap();
        ours.try_send(error.message).unwrap();
    };
    let all = expect_numbers(&mut theirs, 0..index + 1);
    tokio::join!(soon("room", refill), all);

    let large = numbered(0, Channel::MAX_MESSAGE + 1);
    let error = ours.try_send(large.clone()).unwrap_err();
    assert_eq!(error.error, Error::MessageSize(Channel::MAX_MESSAGE + 1));
    assert_eq!(error.message, large);
}

#[tokio::test]
async fn what_was_queued_before_a_close_is_sent() {
    let (_one, _two, ours, mut theirs) = connected(loopback(), loopback()).await;
    for index in 0..4 {
        ours.try_send(numbered(index, 200_000)).unwrap();
    }
    ours.close();
    assert_eq!(ours.send(numbered(4, 8)).await, Err(Error::Closed));
    expect_numbers(&mut theirs, 0..4).await;
    assert_eq!(soon("the end", theirs.recv()).await, None);
}
