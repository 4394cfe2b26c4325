//! What is said to somebody whose socket is lost waits for them, within limits.

mod support;

use serde_json::{Value, json};
use support::{Client, Running, config, start};

/// A room of two of whom the second has just lost its socket.
async fn one_lost(server: &Running) -> (Client, Value) {
    let (mut a, _) = server.joined("daily", "A").await;
    let (b, joined) = server.joined("daily", "B").await;
    a.expect("participant-joined").await;
    drop(b);
    server
        .until("the loss is noticed", |state| {
            state.rooms().connected_participants() == 1
        })
        .await;
    (a, joined)
}

async fn resume(server: &Running, joined: &Value) -> Client {
    let mut back = server.connect().await;
    back.send(json!({"type": "join", "room": "daily", "name": "B", "resume": joined["resume"]}))
        .await;
    assert_eq!(back.expect("joined").await["self"], joined["self"]);
    back
}

#[tokio::test]
async fn signals_to_a_lost_participant_arrive_in_order_when_it_resumes() {
    let server = start(config());
    let (mut a, joined) = one_lost(&server).await;
    for data in ["first", "second"] {
        a.send(json!({"type": "signal", "to": joined["self"], "data": data}))
            .await;
    }
    a.quiet().await;
    let mut back = resume(&server, &joined).await;
    assert_eq!(back.expect("signal").await["data"], "first");
    assert_eq!(back.expect("signal").await["data"], "second");
    a.send(json!({"type": "signal", "to": joined["self"], "data": "third"}))
        .await;
    assert_eq!(back.expect("signal").await["data"], "third");
    back.quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn more_than_is_kept_is_refused_and_what_was_kept_still_arrives() {
    let server = start(config());
    let (mut a, joined) = one_lost(&server).await;
    let data = "x".repeat(30_000);
    for _ in 0..4 {
        a.send(json!({"type": "signal", "to": joined["self"], "data": data}))
            .await;
    }
    a.quiet().await;
    a.send(json!({"type": "signal", "to": joined["self"], "data": data}))
        .await;
    a.expect_error("unknown-participant").await;
    let mut back = resume(&server, &joined).await;
    for _ in 0..4 {
        back.expect("signal").await;
    }
    back.quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn nothing_is_kept_for_somebody_who_left_or_for_whoever_takes_the_room_next() {
    let server = start(config());
    let (mut a, joined) = one_lost(&server).await;
    a.send(json!({"type": "signal", "to": joined["self"], "data": "for B alone"}))
        .await;
    a.quiet().await;
    let (mut c, left) = server.joined("daily", "C").await;
    c.quiet().await;
    a.expect("participant-joined").await;
    c.send(json!({"type": "leave"})).await;
    c.expect("left").await;
    a.expect("participant-left").await;
    a.send(json!({"type": "signal", "to": left["self"], "data": "late"}))
        .await;
    a.expect_error("unknown-participant").await;
    server.stop().await;
}
