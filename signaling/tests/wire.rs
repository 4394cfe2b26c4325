//! The wire, version 1, as a stranger's client sees it.

mod support;

use serde_json::json;
use support::{config, start};

#[tokio::test]
async fn two_people_are_introduced_and_signal_each_other() {
    let server = start(config());
    let (mut a, joined_a) = server.joined("Daily", "Minji").await;
    assert_eq!(
        joined_a["room"]["id"], "daily",
        "the canonical ID comes back"
    );
    assert_eq!(joined_a["room"]["capacity"], 8);
    assert_eq!(joined_a["participants"], json!([]));
    let (mut b, joined_b) = server.joined("ｄａｉｌｙ", "지훈").await;
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

    // The payload arrives as it was written, order, spacing and numbers beyond double precision included.
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

    b.send(json!({"type": "leave"})).await;
    b.expect("left").await;
    let left = a.expect("participant-left").await;
    assert_eq!(
        (&left["participant"], &left["reason"]),
        (&joined_b["self"], &json!("left"))
    );
    server.stop().await;
}

#[tokio::test]
async fn the_last_leave_frees_the_id_at_once_and_the_next_room_is_another() {
    let server = start(config());
    let (mut a, first) = server.joined("daily", "A").await;
    a.send(json!({"type": "leave"})).await;
    a.expect("left").await;
    assert!(server.state.rooms().is_empty());
    a.send(json!({"type": "join", "room": "daily", "name": "A"}))
        .await;
    let second = a.expect("joined").await;
    assert_ne!(first["room"]["incarnation"], second["room"]["incarnation"]);
    assert_ne!(first["self"], second["self"]);
    server.stop().await;
}

#[tokio::test]
async fn what_does_not_fit_the_moment_is_a_typed_error_and_changes_nothing() {
    let server = start(config());
    let mut a = server.connect().await;
    a.send(json!({"type": "leave"})).await;
    a.expect_error("not-joined").await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    a.send(json!({"type": "signal", "to": nobody, "data": 1}))
        .await;
    a.expect_error("not-joined").await;
    a.send(json!({"type": "join", "room": "a b", "name": "A"}))
        .await;
    a.expect_error("invalid-room").await;
    a.send(json!({"type": "join", "room": "a", "name": "x".repeat(65)}))
        .await;
    a.expect_error("invalid-name").await;
    a.send(json!({"type": "join", "room": "a", "name": "A"}))
        .await;
    a.expect("joined").await;
    a.send(json!({"type": "join", "room": "b", "name": "A"}))
        .await;
    a.expect_error("already-joined").await;
    a.send(json!({"type": "signal", "to": nobody, "data": 1}))
        .await;
    a.expect_error("unknown-participant").await;
    a.quiet().await;
    assert_eq!(server.state.rooms().connected_participants(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_room_admits_exactly_its_capacity() {
    let mut config = config();
    config.room_capacity = 2;
    let server = start(config);
    let (mut a, _) = server.joined("small", "A").await;
    let (_b, _) = server.joined("small", "B").await;
    a.expect("participant-joined").await;
    let mut c = server.connect().await;
    c.send(json!({"type": "join", "room": "small", "name": "C"}))
        .await;
    c.expect_error("room-full").await;
    a.send(json!({"type": "leave"})).await;
    a.expect("left").await;
    c.send(json!({"type": "join", "room": "small", "name": "C"}))
        .await;
    c.expect("joined").await;
    server.stop().await;
}

#[tokio::test]
async fn a_token_is_asked_for_where_one_is_set() {
    let mut config = config();
    config.token = Some("open sesame".into());
    let server = start(config);
    for token in [json!(null), json!("wrong"), json!("open sesam"), json!("")] {
        let mut a = server.connect().await;
        a.send(json!({"type": "join", "room": "a", "name": "A", "token": token}))
            .await;
        a.expect_error("unauthorized").await;
        assert_eq!(a.closed().await, 4401);
    }
    let mut a = server.connect().await;
    a.send(json!({"type": "join", "room": "a", "name": "A", "token": "open sesame"}))
        .await;
    a.expect("joined").await;
    server.stop().await;
}

#[tokio::test]
async fn a_client_of_another_version_is_told_so() {
    let server = start(config());
    let mut old = server.connect_with(None).await;
    old.expect_error("unsupported-version").await;
    assert_eq!(old.closed().await, 4426);
    server.stop().await;
}
