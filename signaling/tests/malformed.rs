//! Malformed input gets a typed error or a close, never a panic, and does not affect the other participants.

mod support;

use serde_json::Value;
use support::{Client, FINAL_TEXT, TestServer, config, masked_frame, start};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

const FIRST_FRAGMENT: u8 = 0x01;
const NEXT_FRAGMENT: u8 = 0x00;
const LAST_FRAGMENT: u8 = 0x80;
const FINAL_BINARY: u8 = 0x82;
const PING: u8 = 0x89;
const RESERVED_BIT: u8 = 0x40;

/// Checks that `from` and the participant `to` can still signal.
async fn assert_unaffected(from: &mut Client, to: &mut Client, to_id: &Value) {
    from.signal(to_id, "still here").await;
    assert_eq!(to.expect("signal").await["data"], "still here");
    from.expect_no_message().await;
}

#[tokio::test]
async fn malformed_messages_are_refused_and_the_connection_goes_on() {
    let server = start(config());
    let [(mut a, joined), (mut b, _)] = server.join_two().await;
    let id = &joined["self"];
    let mut malformed = server.connect().await;
    let deep = format!(
        r#"{{"type":"signal","to":{id},"data":{}{}}}"#,
        "[".repeat(9000),
        "]".repeat(9000)
    );
    let large = format!(
        r#"{{"type":"signal","to":{id},"data":"{}"}}"#,
        "x".repeat(40_000)
    );
    let cases: [(&str, &str); 14] = [
        ("", "bad-message"),
        ("{", "bad-message"),
        ("null", "bad-message"),
        ("[]", "bad-message"),
        ("42", "bad-message"),
        (r#"{"type":"dance"}"#, "bad-message"),
        (r#"{"type":7}"#, "bad-message"),
        (r#"{"type":"join"}"#, "bad-message"),
        (r#"{"type":"join","room":{},"name":"x"}"#, "bad-message"),
        (
            r#"{"type":"join","room":"a","name":"x","room":"b"}"#,
            "bad-message",
        ),
        (
            r#"{"type":"signal","to":"nobody","data":1}"#,
            "unknown-participant",
        ),
        (r#"{"type":"ping"} trailing"#, "bad-message"),
        (&deep, "bad-message"),
        (&large, "too-large"),
    ];
    for (text, code) in cases {
        malformed.send_text(text).await;
        let error = malformed.expect("error").await;
        assert_eq!(error["code"], code, "{}", &text[..text.len().min(60)]);
        assert!(
            !error["message"].as_str().expect("text").contains("dance"),
            "input is not echoed"
        );
    }
    malformed.expect_no_message().await;
    assert_unaffected(&mut b, &mut a, id).await;
    server.stop().await;
}

/// Sends raw bytes, and expects an error of this code and then this close code.
async fn assert_closed(server: &TestServer, what: &str, bytes: &[u8], code: &str, close_code: u16) {
    let mut raw = server.raw_websocket().await;
    raw.write_all(bytes).await.expect("writes");
    let mut received = Vec::new();
    timeout(support::TIMEOUT, raw.read_to_end(&mut received))
        .await
        .expect("closes")
        .expect("readable");
    let text = String::from_utf8_lossy(&received);
    assert!(
        text.contains(&format!(r#""code":"{code}""#)),
        "{what}: {text}"
    );
    let close = received
        .iter()
        .rposition(|byte| *byte == 0x88)
        .expect("a close frame");
    assert_eq!(
        u16::from_be_bytes([received[close + 2], received[close + 3]]),
        close_code,
        "{what}: {text}"
    );
}

#[tokio::test]
async fn malformed_framing_is_closed_with_an_error() {
    let server = start(config());
    let [(mut a, joined), (mut b, _)] = server.join_two().await;
    let join = br#"{"type":"join","room":"daily","name":"C"}"#;
    let two_messages = [
        masked_frame(FIRST_FRAGMENT, b"{"),
        masked_frame(FINAL_TEXT, b"}"),
    ]
    .concat();
    let large_fragments: Vec<u8> = std::iter::once(FIRST_FRAGMENT)
        .chain([NEXT_FRAGMENT; 3])
        .flat_map(|first| masked_frame(first, &[b' '; 30_000]))
        .collect();
    let cases = [
        (
            "not masked",
            vec![FINAL_TEXT, 2, b'{', b'}'],
            "bad-message",
            1002,
        ),
        (
            "reserved bit",
            masked_frame(FINAL_TEXT | RESERVED_BIT, b"{}"),
            "bad-message",
            1002,
        ),
        (
            "fragment without a first one",
            masked_frame(LAST_FRAGMENT, b"{}"),
            "bad-message",
            1002,
        ),
        (
            "message inside a fragmented one",
            two_messages,
            "bad-message",
            1002,
        ),
        (
            "binary",
            masked_frame(FINAL_BINARY, join),
            "bad-message",
            1003,
        ),
        (
            "not UTF-8",
            masked_frame(FINAL_TEXT, b"\xff\xfe\"\""),
            "bad-message",
            1007,
        ),
        (
            "large frame",
            masked_frame(FINAL_TEXT, &vec![b' '; 65_537]),
            "too-large",
            1009,
        ),
        ("large message", large_fragments, "too-large", 1009),
    ];
    for (what, bytes, code, close_code) in cases {
        assert_closed(&server, what, &bytes, code, close_code).await;
    }
    assert_unaffected(&mut b, &mut a, &joined["self"]).await;
    server
        .wait_until("the connections have ended", |state| {
            state.connections() == 2
        })
        .await;
    server.stop().await;
}

#[tokio::test]
async fn a_fragmented_message_is_assembled_even_byte_by_byte() {
    let server = start(config());
    let mut raw = server.raw_websocket().await;
    let bytes = [
        masked_frame(FIRST_FRAGMENT, br#"{"type":"#),
        // A ping may come between fragments.
        masked_frame(PING, b"between"),
        masked_frame(NEXT_FRAGMENT, br#""pi"#),
        masked_frame(LAST_FRAGMENT, br#"ng"}"#),
    ]
    .concat();
    for byte in bytes {
        raw.write_all(&[byte]).await.expect("writes");
        tokio::task::yield_now().await;
    }
    let mut received = vec![0; 2 + 7 + 2 + 15];
    timeout(support::TIMEOUT, raw.read_exact(&mut received))
        .await
        .expect("in time")
        .expect("answers");
    assert_eq!(&received[..9], b"\x8a\x07between");
    assert_eq!(&received[11..], br#"{"type":"pong"}"#);
    server.stop().await;
}
