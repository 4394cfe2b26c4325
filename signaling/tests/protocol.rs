//! `docs/protocol.md`, as a client sees it.

mod support;

use serde_json::json;
use support::{config, connect, start};

#[tokio::test]
async fn two_clients_are_introduced_and_exchange_a_signal() {
    let server = start(config());
    let (mut a, joined_a) = server.join("Daily", "Minji").await;
    assert_eq!(
        joined_a["room"]["id"], "daily",
        "the ID in its canonical spelling"
    );
    assert_eq!(joined_a["room"]["capacity"], 8);
    assert_eq!(joined_a["participants"], json!([]));
    let (mut b, joined_b) = server.join("ｄａｉｌｙ", "지훈").await;
    assert_eq!(
        joined_b["room"]["incarnation"],
        joined_a["room"]["incarnation"]
    );
    assert_eq!(
        joined_b["participants"],
        json!([{"id": joined_a["self"], "name": "Minji"}])
    );
    let came = a.expect("participant-joined").await;
    assert_eq!(
        came["participant"],
        json!({"id": joined_b["self"], "name": "지훈"})
    );

    // The payload arrives byte for byte: order, spacing, numbers beyond double precision.
    let data = r#"{ "b":1,"a":[12345678901234567890, null,"\u0000é"] }"#;
    let frame = format!(
        r#"{{"type":"signal","to":{},"data":{data}}}"#,
        joined_a["self"]
    );
    b.send_text(&frame).await;
    let received = loop {
        use futures_util::StreamExt;
        let message = a.socket.next().await.expect("open").expect("whole");
        if message.is_text() {
            break message.into_text().expect("text").to_string();
        }
    };
    assert!(
        received.ends_with(&format!(r#""data":{data}}}"#)),
        "{received}"
    );
    assert!(received.contains(joined_b["self"].as_str().expect("an ID")));

    b.leave().await;
    b.expect("left").await;
    let left = a.expect("participant-left").await;
    assert_eq!(
        (&left["participant"], &left["reason"]),
        (&joined_b["self"], &json!("left"))
    );
    server.stop().await;
}

#[tokio::test]
async fn the_last_leave_deletes_the_room_and_the_next_join_starts_another_incarnation() {
    let server = start(config());
    let (mut a, first) = server.join("daily", "A").await;
    a.leave().await;
    a.expect("left").await;
    assert!(server.state.rooms().is_empty());
    a.join("daily", "A").await;
    let second = a.expect("joined").await;
    assert_ne!(first["room"]["incarnation"], second["room"]["incarnation"]);
    assert_ne!(first["self"], second["self"]);
    server.stop().await;
}

#[tokio::test]
async fn an_invalid_request_gets_an_error_code_and_has_no_effect() {
    let server = start(config());
    let mut a = server.connect().await;
    a.leave().await;
    a.expect_error("not-joined").await;
    let nobody = json!("00000000-0000-4000-8000-000000000000");
    a.signal(&nobody, 1).await;
    a.expect_error("not-joined").await;
    a.join("a b", "A").await;
    a.expect_error("invalid-room").await;
    a.join("a", &"x".repeat(65)).await;
    a.expect_error("invalid-name").await;
    a.join("a", "A").await;
    a.expect("joined").await;
    a.join("b", "A").await;
    a.expect_error("already-joined").await;
    a.signal(&nobody, 1).await;
    a.expect_error("unknown-participant").await;
    a.expect_no_message().await;
    assert_eq!(server.state.rooms().connected_participants(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_join_beyond_the_capacity_is_refused_until_somebody_leaves() {
    let mut config = config();
    config.room_capacity = 2;
    let server = start(config);
    let (mut a, _) = server.join("small", "A").await;
    let (_b, _) = server.join("small", "B").await;
    a.expect("participant-joined").await;
    let mut c = server.connect().await;
    c.join("small", "C").await;
    c.expect_error("room-full").await;
    a.leave().await;
    a.expect("left").await;
    c.join("small", "C").await;
    c.expect("joined").await;
    server.stop().await;
}

#[tokio::test]
async fn a_join_without_the_configured_token_is_refused() {
    let mut config = config();
    config.token = Some("open sesame".into());
    let server = start(config);
    for token in [json!(null), json!("wrong"), json!("open sesam"), json!("")] {
        let mut a = server.connect().await;
        a.send(json!({"type": "join", "room": "a", "name": "A", "token": token}))
            .await;
        a.expect_error("unauthorized").await;
        assert_eq!(a.close_code().await, 4401);
    }
    let mut a = server.connect().await;
    a.send(json!({"type": "join", "room": "a", "name": "A", "token": "open sesame"}))
        .await;
    a.expect("joined").await;
    server.stop().await;
}

#[tokio::test]
async fn a_client_without_a_known_subprotocol_receives_unsupported_version() {
    let server = start(config());
    let mut old = connect(server.address, None).await;
    old.expect_error("unsupported-version").await;
    assert_eq!(old.close_code().await, 4426);
    server.stop().await;
}
