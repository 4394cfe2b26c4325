//! Limits on connections and on what one of them may send.

mod support;

use std::time::Duration;

use futures_util::SinkExt;
use support::{config, start};

#[tokio::test]
async fn a_client_that_never_joins_is_closed() {
    let mut config = config();
    config.timeouts.join = Duration::from_millis(100);
    let server = start(config);
    let mut idle = server.connect().await;
    idle.expect_error("timed-out").await;
    assert_eq!(idle.close_code().await, 4408);
    server
        .wait_until("the connection has ended", |state| state.connections() == 0)
        .await;
    server.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_maximum_are_refused() {
    let mut config = config();
    config.max_connections = 1;
    let server = start(config);
    let _first = server.connect().await;
    let mut second = server.connect().await;
    second.expect_error("server-full").await;
    assert_eq!(second.close_code().await, 1013);
    server.stop().await;
}

#[tokio::test]
async fn a_flood_of_messages_is_closed_and_the_others_are_not_affected() {
    let mut config = config();
    // So low that even a slow machine receives 1,000 messages before the bucket has the next token.
    config.message_rate = 2;
    let server = start(config);
    let [(mut a, joined), (mut b, _)] = server.join_two().await;
    let mut flood = server.connect().await;
    for _ in 0..20_000 {
        // Fails once the server has closed.
        if flood
            .socket
            .send(r#"{"type":"ping"}"#.into())
            .await
            .is_err()
        {
            break;
        }
    }
    assert_eq!(flood.close_code().await, 4429);
    b.signal(&joined["self"], "still here").await;
    assert_eq!(a.expect("signal").await["data"], "still here");
    b.expect_no_message().await;
    server.stop().await;
}
