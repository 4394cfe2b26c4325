//! A TURN server that is killed during a call, and started again.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use maru_peer::{ConnectionState, ServerError};
use support::coturn::{Coturn, Over, send_text, talk};
use support::{Side, pair, soon, waiting_time};

async fn loses_its_path(side: &mut Side) {
    let lost = |state: &ConnectionState| {
        matches!(
            state,
            ConnectionState::Reconnecting | ConnectionState::Failed
        )
    };
    soon("the loss", side.state.wait_for(lost)).await.unwrap();
}

async fn killed_and_started_again(over: Over) {
    let mut server = Coturn::start(over).await;
    let (mut one, mut two) = pair(server.only(), server.only(), None).await;
    talk(&mut one, &mut two).await;
    server.kill();
    for side in [&mut one, &mut two] {
        loses_its_path(side).await;
        let (url, error) = soon("the error", side.unusable.recv()).await.unwrap();
        assert_eq!(url, server.url());
        assert!(
            matches!(error, ServerError::Closed | ServerError::Connection(_)),
            "{error:?}"
        );
    }
    server.start_again().await;
    two.ready();
    one.restart_ice();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    send_text(&mut one, &mut two, "back").await;
    // Killed again, for good: closing must not wait for it.
    server.kill();
    let closing = async {
        one.close().await;
        two.close().await;
    };
    let waited = waiting_time(closing).await;
    assert!(waited < Duration::from_secs(3), "{waited:?}");
    soon("every task to end", async {
        let runtime = tokio::runtime::Handle::current();
        while runtime.metrics().num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn over_tcp_the_loss_is_reported_and_an_ice_restart_reconnects() {
    killed_and_started_again(Over::Tcp).await;
}

#[tokio::test]
async fn over_tls_the_loss_is_reported_and_an_ice_restart_reconnects() {
    killed_and_started_again(Over::Tls).await;
}
