//! Periodic work: time-outs of clients and participants, and returning memory.

use std::{sync::Arc, time::Duration};

use maru_protocol::ErrorCode;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    dispatch::dispatch,
    memory::{self, HeapTrimmer},
    state::ServerState,
};

/// With `DEAD_AFTER_MS` of the protocol, a dead client is detected within 13 s after the last bytes received
/// from it.
const TICK_INTERVAL: Duration = Duration::from_millis(500);

/// Runs until it is aborted.
pub(crate) async fn run(state: Arc<ServerState>) {
    let mut trimmer = HeapTrimmer::default();
    let mut ticks = interval(TICK_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if trimmer.on_tick(state.connections()) {
            memory::trim_heap();
        }
        on_tick(&state, state.now());
    }
}

/// Pings silent clients, closes those that have timed out, and removes the participants whose resume window is
/// over.
fn on_tick(state: &ServerState, now: Duration) {
    let timeouts = &state.config.timeouts;
    for client in state.clients_where(|client| client.check_timeouts(now, timeouts)) {
        let code = ErrorCode::TimedOut;
        state.metrics.count_error(code);
        tracing::debug!(connection = client.key, "timed out");
        client.close_with_error(now, code, "nothing heard in time");
    }
    let mut effects = Vec::new();
    let mut rooms = state.rooms();
    rooms.remove_expired(now, &mut effects);
    dispatch(state, effects);
}

#[cfg(test)]
mod tests;
