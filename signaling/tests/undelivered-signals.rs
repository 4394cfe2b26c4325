//! Signals to a disconnected participant are stored until it resumes, within limits.

mod support;

use maru_signaling::rooms::MAX_UNDELIVERED_BYTES;
use serde_json::Value;
use support::{Client, TestServer, config, start};

async fn resume(server: &TestServer, joined: &Value) -> Client {
    let mut resumed = server.connect().await;
    resumed.resume(&joined["resume"]).await;
    assert_eq!(resumed.expect("joined").await["self"], joined["self"]);
    resumed
}

#[tokio::test]
async fn stored_signals_arrive_in_order_after_the_resume() {
    let server = start(config());
    let (mut a, [_, joined]) = server.join_two_and_disconnect_one().await;
    for data in ["first", "second"] {
        a.signal(&joined["self"], data).await;
    }
    a.expect_no_message().await;
    let mut resumed = resume(&server, &joined).await;
    assert_eq!(resumed.expect("signal").await["data"], "first");
    assert_eq!(resumed.expect("signal").await["data"], "second");
    a.signal(&joined["self"], "third").await;
    assert_eq!(resumed.expect("signal").await["data"], "third");
    resumed.expect_no_message().await;
    server.stop().await;
}

#[tokio::test]
async fn signals_beyond_the_limit_are_refused_and_those_within_it_still_arrive() {
    const DATA_BYTES: usize = 30_000;
    let server = start(config());
    let (mut a, [_, joined]) = server.join_two_and_disconnect_one().await;
    let data = "x".repeat(DATA_BYTES);
    let stored = MAX_UNDELIVERED_BYTES / DATA_BYTES;
    for _ in 0..stored {
        a.signal(&joined["self"], data.as_str()).await;
    }
    a.expect_no_message().await;
    a.signal(&joined["self"], data.as_str()).await;
    a.expect_error("unknown-participant").await;
    let mut resumed = resume(&server, &joined).await;
    for _ in 0..stored {
        resumed.expect("signal").await;
    }
    resumed.expect_no_message().await;
    server.stop().await;
}

#[tokio::test]
async fn stored_signals_reach_no_other_participant_and_none_are_stored_for_one_that_left() {
    let server = start(config());
    let (mut a, [_, joined]) = server.join_two_and_disconnect_one().await;
    a.signal(&joined["self"], "for B alone").await;
    a.expect_no_message().await;
    let (mut c, joined_c) = server.join("daily", "C").await;
    c.expect_no_message().await;
    a.expect("participant-joined").await;
    c.leave().await;
    c.expect("left").await;
    a.expect("participant-left").await;
    a.signal(&joined_c["self"], "late").await;
    a.expect_error("unknown-participant").await;
    server.stop().await;
}
