//! Whatever a client sends: a typed error or a close, never a panic, and the others in the room undisturbed.

mod support;

use serde_json::json;
use support::{Client, Running, config, frame, start};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

/// Two bystanders whose conversation must go on.
async fn bystanders(server: &Running) -> (Client, Client, serde_json::Value) {
    let (mut a, joined) = server.joined("daily", "A").await;
    let (b, _) = server.joined("daily", "B").await;
    a.expect("participant-joined").await;
    (a, b, joined["self"].clone())
}

async fn undisturbed(a: &mut Client, b: &mut Client, id: &serde_json::Value) {
    b.send(json!({"type": "signal", "to": id, "data": "still here"}))
        .await;
    assert_eq!(a.expect("signal").await["data"], "still here");
    b.quiet().await;
}

#[tokio::test]
async fn malformed_text_is_answered_and_the_connection_goes_on() {
    let server = start(config());
    let (mut a, mut b, id) = bystanders(&server).await;
    let mut bad = server.connect().await;
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
        bad.send_text(text).await;
        let answer = bad.expect("error").await;
        assert_eq!(answer["code"], code, "{}", &text[..text.len().min(60)]);
        assert!(
            !answer["message"].as_str().expect("text").contains("dance"),
            "input is not echoed"
        );
    }
    bad.quiet().await;
    undisturbed(&mut a, &mut b, &id).await;
    server.stop().await;
}

/// Sends raw bytes, and expects an error of this code and then this close code.
async fn ends(server: &Running, bytes: &[u8], code: &str, close: u16) {
    let mut raw = server.raw("maru.v1").await;
    raw.write_all(bytes).await.expect("writes");
    let mut answer = Vec::new();
    timeout(support::PATIENCE, raw.read_to_end(&mut answer))
        .await
        .expect("closes")
        .expect("readable");
    let text = String::from_utf8_lossy(&answer);
    assert!(text.contains(&format!(r#""code":"{code}""#)), "{text}");
    let at = answer
        .iter()
        .rposition(|byte| *byte == 0x88)
        .expect("a close frame");
    assert_eq!(
        u16::from_be_bytes([answer[at + 2], answer[at + 3]]),
        close,
        "{text}"
    );
}

#[tokio::test]
async fn what_breaks_the_framing_ends_that_connection_with_a_reason() {
    let server = start(config());
    let (mut a, mut b, id) = bystanders(&server).await;
    let join = br#"{"type":"join","room":"daily","name":"C"}"#;
    ends(&server, &[0x81, 2, b'{', b'}'], "bad-message", 1002).await; // not masked
    ends(&server, &frame(0xc1, b"{}"), "bad-message", 1002).await; // reserved bit
    ends(&server, &frame(0x80, b"{}"), "bad-message", 1002).await; // continues nothing
    ends(
        &server,
        &[frame(0x01, b"{"), frame(0x81, b"}")].concat(),
        "bad-message",
        1002,
    )
    .await; // new inside
    ends(&server, &frame(0x82, join), "bad-message", 1003).await; // binary
    ends(&server, &frame(0x81, b"\xff\xfe\"\""), "bad-message", 1007).await; // not UTF-8
    ends(
        &server,
        &frame(0x81, &vec![b' '; 65_537]),
        "too-large",
        1009,
    )
    .await;
    let fragments: Vec<u8> = std::iter::once(frame(0x01, &[b' '; 30_000]))
        .chain((0..3).map(|_| frame(0x00, &[b' '; 30_000])))
        .flatten()
        .collect();
    ends(&server, &fragments, "too-large", 1009).await;
    undisturbed(&mut a, &mut b, &id).await;
    server
        .until("they are gone", |state| state.gauges().connections == 2)
        .await;
    server.stop().await;
}

#[tokio::test]
async fn fragments_and_bytes_one_by_one_are_a_message_like_any_other() {
    let server = start(config());
    let mut raw = server.raw("maru.v1").await;
    let bytes = [
        frame(0x01, br#"{"type":"#),
        frame(0x89, b"between"), // a ping may come between fragments
        frame(0x00, br#""pi"#),
        frame(0x80, br#"ng"}"#),
    ]
    .concat();
    for byte in bytes {
        raw.write_all(&[byte]).await.expect("writes");
        tokio::task::yield_now().await;
    }
    let mut answer = vec![0; 2 + 7 + 2 + 15];
    timeout(support::PATIENCE, raw.read_exact(&mut answer))
        .await
        .expect("in time")
        .expect("answers");
    assert_eq!(&answer[..9], b"\x8a\x07between");
    assert_eq!(&answer[11..], br#"{"type":"pong"}"#);
    server.stop().await;
}

#[tokio::test]
async fn a_flood_is_refused_then_ended_and_costs_the_others_nothing() {
    let mut config = config();
    config.message_rate = 20;
    let server = start(config);
    let (mut a, mut b, id) = bystanders(&server).await;
    let mut flood = server.connect().await;
    for _ in 0..2000 {
        if futures_util::SinkExt::send(&mut flood.socket, r#"{"type":"ping"}"#.into())
            .await
            .is_err()
        {
            break;
        }
    }
    assert_eq!(flood.closed().await, 4429);
    undisturbed(&mut a, &mut b, &id).await;
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected_and_nobody_waits_for_it() {
    let mut config = config();
    config.message_rate = 0;
    let server = start(config);
    let (mut a, mut b, id) = bystanders(&server).await;
    let mut slow = server.raw("maru.v1").await;
    let join = br#"{"type":"join","room":"daily","name":"slow"}"#;
    slow.write_all(&frame(0x81, join)).await.expect("writes");
    let target = a.expect("participant-joined").await["participant"]["id"].clone();
    b.expect("participant-joined").await;
    let data = "x".repeat(30_000);
    // More than any socket buffer and our queue hold together.
    for _ in 0..2000 {
        a.send(json!({"type": "signal", "to": target, "data": data}))
            .await;
        if server.state.rooms().connected_participants() < 3 {
            break;
        }
    }
    server
        .until("it is out", |state| {
            state.rooms().connected_participants() == 2
        })
        .await;
    // What came after it was gone was refused, with a code; skip those.
    b.send(json!({"type": "signal", "to": id, "data": "on"}))
        .await;
    loop {
        let message = a.next().await.expect("open");
        if message["type"] == "signal" {
            break;
        }
        assert_eq!(message["code"], "unknown-participant", "{message}");
    }
    server.stop().await;
}
