//! A client that does not read fast enough is told so and disconnected; its queue never grows without end.

mod support;

use std::time::Duration;

use serde_json::json;
use support::{config, frame, start};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

#[tokio::test]
async fn a_slow_reader_that_reads_on_finds_whole_messages_then_the_reason_then_the_close() {
    let mut config = config();
    config.message_rate = 0;
    // Until this test has read everything, however slow the machine.
    config.timeouts.close = Duration::from_secs(60);
    let server = start(config);
    let (mut a, _) = server.joined("daily", "A").await;
    let mut slow = server.raw("maru.v1").await;
    let join = br#"{"type":"join","room":"daily","name":"slow"}"#;
    slow.write_all(&frame(0x81, join)).await.expect("writes");
    let target = a.expect("participant-joined").await["participant"]["id"].clone();
    let data = "x".repeat(30_000);
    while server.state.rooms().connected_participants() == 2 {
        a.send(json!({"type": "signal", "to": target, "data": data}))
            .await;
    }
    let mut received = Vec::new();
    timeout(support::PATIENCE, slow.read_to_end(&mut received))
        .await
        .expect("ends")
        .expect("without a reset");
    // The server keeps its end open until this one is closed, or `linger` is over.
    drop(slow);
    let frames = server_frames(&received);
    let [messages @ .., (1, error), (8, close)] = frames.as_slice() else {
        panic!("{} frames without an error and a close", frames.len());
    };
    assert!(error.windows(13).any(|part| part == b"\"slow-reader\""));
    assert_eq!(close.get(..2), Some(&4413_u16.to_be_bytes()[..]));
    let whole = |part: &&(u8, &[u8])| part.1.starts_with(br#"{"type":"signal""#);
    assert!(
        messages.iter().filter(whole).count() >= 16,
        "512 KiB of them were waiting"
    );
    server
        .until("it is counted", |state| {
            state
                .metrics
                .render(state.gauges())
                .contains("maru_errors_total{code=\"slow-reader\"} 1\n")
        })
        .await;
    server.stop().await;
}

/// Opcode and payload of each unmasked frame; panics on anything cut short.
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
