//! A lost socket is not a lost participant.

mod support;

use std::time::Duration;

use serde_json::json;
use support::{config, start};

#[tokio::test]
async fn a_lost_socket_resumes_with_its_own_id_and_the_others_see_nothing() {
    let server = start(config());
    let (mut a, _) = server.joined("daily", "A").await;
    let (b, joined) = server.joined("daily", "B").await;
    a.expect("participant-joined").await;
    drop(b);
    server
        .until("the loss is noticed", |state| {
            state.rooms().connected_participants() == 1
        })
        .await;
    let mut back = server.connect().await;
    back.send(json!({"type": "join", "room": "daily", "name": "B", "resume": joined["resume"]}))
        .await;
    let again = back.expect("joined").await;
    assert_eq!(again["self"], joined["self"]);
    assert_eq!(again["room"]["incarnation"], joined["room"]["incarnation"]);
    assert_ne!(
        again["resume"], joined["resume"],
        "a secret is good for one resume"
    );
    a.quiet().await;
    back.send(json!({"type": "signal", "to": again["participants"][0]["id"], "data": "hi"}))
        .await;
    assert_eq!(a.expect("signal").await["from"], joined["self"]);
    server.stop().await;
}

#[tokio::test]
async fn a_resume_supersedes_a_socket_that_only_looks_alive() {
    let server = start(config());
    let (mut a, _) = server.joined("daily", "A").await;
    let (mut old, joined) = server.joined("daily", "B").await;
    a.expect("participant-joined").await;
    let mut new = server.connect().await;
    new.send(json!({"type": "join", "room": "daily", "name": "B", "resume": joined["resume"]}))
        .await;
    assert_eq!(new.expect("joined").await["self"], joined["self"]);
    old.expect_error("replaced").await;
    assert_eq!(old.closed().await, 4440);
    // The old socket's end is not the participant's.
    server
        .until("the old one is gone", |state| {
            state.gauges().connections == 2
        })
        .await;
    a.quiet().await;
    assert_eq!(server.state.rooms().connected_participants(), 2);
    server.stop().await;
}

#[tokio::test]
async fn an_unknown_or_used_secret_is_an_ordinary_join() {
    let server = start(config());
    let (_a, first) = server.joined("daily", "A").await;
    for secret in ["", "nonsense", "00000000000000000000000000000000"] {
        let mut other = server.connect().await;
        other
            .send(json!({"type": "join", "room": "daily", "name": "B", "resume": secret}))
            .await;
        assert_ne!(other.expect("joined").await["self"], first["self"]);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_room_whose_everybody_is_lost_is_gone_at_once_and_its_secrets_with_it() {
    let server = start(config());
    let (a, first) = server.joined("daily", "A").await;
    let (b, _) = server.joined("daily", "B").await;
    drop(a);
    drop(b);
    server
        .until("the room is gone", |state| state.rooms().is_empty())
        .await;
    let mut back = server.connect().await;
    back.send(json!({"type": "join", "room": "daily", "name": "A", "resume": first["resume"]}))
        .await;
    let again = back.expect("joined").await;
    assert_ne!(again["self"], first["self"]);
    assert_ne!(again["room"]["incarnation"], first["room"]["incarnation"]);
    server.stop().await;
}

#[tokio::test]
async fn a_half_open_socket_is_found_dead_and_the_others_are_told_when_its_seat_is_given_up() {
    let mut config = config();
    config.timeouts.ping_interval = Duration::from_millis(100);
    config.timeouts.dead_after = Duration::from_millis(700);
    config.resume_window = Duration::from_millis(300);
    let server = start(config);
    let (mut a, _) = server.joined("daily", "A").await;
    let raw = {
        use tokio::io::AsyncWriteExt;
        let mut raw = server.raw("maru.v1").await;
        let join = br#"{"type":"join","room":"daily","name":"B"}"#;
        raw.write_all(&support::frame(0x81, join))
            .await
            .expect("writes");
        raw
    };
    let came = a.expect("participant-joined").await;
    // It never answers a ping; A does, because its client library reads.
    let left = a.expect("participant-left").await;
    assert_eq!(left["participant"], came["participant"]["id"]);
    assert_eq!(left["reason"], "lost");
    drop(raw);
    a.quiet().await;
    server.stop().await;
}
