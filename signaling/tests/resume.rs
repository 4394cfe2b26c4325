//! A participant outlives its socket: it can resume on another one.

mod support;

use serde_json::json;
use support::{config, start};

#[tokio::test]
async fn a_resumed_participant_keeps_its_id_and_the_others_are_not_notified() {
    let server = start(config());
    let (mut a, [_, joined]) = server.join_two_and_disconnect_one().await;
    let mut resumed = server.connect().await;
    resumed.resume(&joined["resume"]).await;
    let again = resumed.expect("joined").await;
    assert_eq!(again["self"], joined["self"]);
    assert_eq!(again["room"]["incarnation"], joined["room"]["incarnation"]);
    assert_ne!(
        again["resume"], joined["resume"],
        "each answer has a new secret"
    );
    a.expect_no_message().await;
    resumed.signal(&again["participants"][0]["id"], "hi").await;
    assert_eq!(a.expect("signal").await["from"], joined["self"]);
    server.stop().await;
}

#[tokio::test]
async fn a_resume_replaces_a_socket_that_is_still_connected() {
    let server = start(config());
    let [(mut a, _), (mut old, joined)] = server.join_two().await;
    let mut new = server.connect().await;
    new.resume(&joined["resume"]).await;
    assert_eq!(new.expect("joined").await["self"], joined["self"]);
    old.expect_error("replaced").await;
    assert_eq!(old.close_code().await, 4440);
    server
        .wait_until("the old connection has ended", |state| {
            state.connections() == 2
        })
        .await;
    a.expect_no_message().await;
    assert_eq!(server.state.rooms().connected_participants(), 2);
    server.stop().await;
}

/// The server has resumed the participant, but the socket broke before the answer arrived.
#[tokio::test]
async fn a_resume_whose_answer_was_lost_can_be_repeated() {
    let server = start(config());
    let (mut a, [_, joined]) = server.join_two_and_disconnect_one().await;
    for _ in 0..3 {
        let mut lost = server.connect().await;
        lost.resume(&joined["resume"]).await;
        // Received, so that the server has handled the resume for certain, and thrown away with its secret.
        assert_eq!(lost.expect("joined").await["self"], joined["self"]);
        drop(lost);
    }
    let mut back = server.connect().await;
    back.resume(&joined["resume"]).await;
    let again = back.expect("joined").await;
    assert_eq!(again["self"], joined["self"]);
    assert_eq!(again["participants"].as_array().map(Vec::len), Some(1));
    a.expect_no_message().await;
    server.stop().await;
}

#[tokio::test]
async fn a_full_room_names_the_end_of_a_kept_seat() {
    let mut config = config();
    config.room_capacity = 2;
    let window = config.resume_window.as_millis();
    let server = start(config);
    let [(_a, _), (b, _)] = server.join_two().await;
    let mut late = server.connect().await;
    late.join("daily", "C").await;
    let full = late.expect("error").await;
    assert_eq!(full["code"], "room-full");
    assert!(full.get("retryAfterMs").is_none(), "{full}");
    drop(b);
    server
        .wait_until("the socket is gone", |state| {
            state.rooms().connected_participants() == 1
        })
        .await;
    late.join("daily", "C").await;
    let kept = late.expect("error").await;
    let retry_after = kept["retryAfterMs"].as_u64().map(u128::from);
    assert!(
        retry_after.is_some_and(|time| (1..=window).contains(&time)),
        "{kept}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_join_with_an_unknown_secret_is_an_ordinary_join() {
    let server = start(config());
    let (_a, first) = server.join("daily", "A").await;
    for secret in ["", "nonsense", "00000000000000000000000000000000"] {
        let mut other = server.connect().await;
        other.resume(&json!(secret)).await;
        assert_ne!(other.expect("joined").await["self"], first["self"]);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_room_with_all_participants_disconnected_is_deleted_with_its_secrets() {
    let server = start(config());
    let (a, [first, _]) = server.join_two_and_disconnect_one().await;
    drop(a);
    server
        .wait_until("the room is deleted", |state| state.rooms().is_empty())
        .await;
    let mut back = server.connect().await;
    back.resume(&first["resume"]).await;
    let again = back.expect("joined").await;
    assert_ne!(again["self"], first["self"]);
    assert_ne!(again["room"]["incarnation"], first["room"]["incarnation"]);
    server.stop().await;
}
