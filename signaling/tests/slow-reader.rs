//! A client that does not read is closed; its queue is bounded, and the others do not wait for it.

mod support;

use std::time::Duration;

use maru_signaling::client::MAX_QUEUED_BYTES;
use support::{config, start};
use tokio::{io::AsyncReadExt, time::timeout};

const DATA_BYTES: usize = 30_000;

#[tokio::test]
async fn a_slow_reader_receives_whole_messages_then_the_error_then_the_close() {
    let mut config = config();
    config.message_rate = 0;
    // Longer than this test needs to read everything, however slow the machine.
    config.timeouts.close = Duration::from_secs(60);
    let server = start(config);
    let (mut a, _) = server.join("daily", "A").await;
    let mut slow = server.raw_participant().await;
    let target = a.expect("participant-joined").await["participant"]["id"].clone();
    let data = "x".repeat(DATA_BYTES);
    while server.state.rooms().connected_participants() == 2 {
        a.signal(&target, data.as_str()).await;
    }
    let mut received = Vec::new();
    timeout(support::TIMEOUT, slow.read_to_end(&mut received))
        .await
        .expect("ends")
        .expect("without a reset");
    // The server waits for this close, or for its close time-out.
    drop(slow);
    let frames = server_frames(&received);
    let [messages @ .., (1, error), (8, close)] = frames.as_slice() else {
        panic!("{} frames without an error and a close", frames.len());
    };
    assert!(error.windows(13).any(|part| part == b"\"slow-reader\""));
    assert_eq!(close.get(..2), Some(&4413_u16.to_be_bytes()[..]));
    let signals = messages
        .iter()
        .filter(|(_, payload)| payload.starts_with(br#"{"type":"signal""#));
    assert!(
        signals.count() >= MAX_QUEUED_BYTES / DATA_BYTES - 1,
        "the whole queue arrives"
    );
    server
        .wait_until("the error is counted", |state| {
            state
                .metrics
                .render(state.gauges())
                .contains("maru_errors_total{code=\"slow-reader\"} 1\n")
        })
        .await;
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_never_reads_is_removed_and_the_others_do_not_wait_for_it() {
    let mut config = config();
    config.message_rate = 0;
    let server = start(config);
    let [(mut a, joined), (mut b, _)] = server.join_two().await;
    let _slow = server.raw_participant().await;
    let target = a.expect("participant-joined").await["participant"]["id"].clone();
    b.expect("participant-joined").await;
    let data = "x".repeat(DATA_BYTES);
    // More than the socket buffers and the queue hold together.
    for _ in 0..2000 {
        a.signal(&target, data.as_str()).await;
        if server.state.rooms().connected_participants() < 3 {
            break;
        }
    }
    server
        .wait_until("the slow reader is disconnected", |state| {
            state.rooms().connected_participants() == 2
        })
        .await;
    b.signal(&joined["self"], "still here").await;
    // Signals after the disconnect may have been refused.
    loop {
        let message = a.next().await.expect("open");
        if message["type"] == "signal" {
            break;
        }
        assert_eq!(message["code"], "unknown-participant", "{message}");
    }
    server.stop().await;
}

/// Opcode and payload of each unmasked frame; panics if one is incomplete.
fn server_frames(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut frames = Vec::new();
    while let [first, second, ..] = *bytes {
        assert_eq!(first & 0xf0, 0x80, "final, no reserved bits");
        let (length, header) = match second {
            126 => (usize::from(u16::from_be_bytes([bytes[2], bytes[3]])), 4),
            short @ 0..126 => (usize::from(short), 2),
            _ => panic!("nothing sent here is that long"),
        };
        frames.push((first & 0x0f, &bytes[header..header + length]));
        bytes = &bytes[header + length..];
    }
    frames
}
