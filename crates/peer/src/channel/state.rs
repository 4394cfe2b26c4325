//! Where a channel stands.

use std::sync::Arc;

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Opening,
    Open,
    Closed,
}

/// The state of a channel, shared by its task and both halves. It never leaves [`State::Closed`].
#[derive(Debug, Clone)]
pub(super) struct SharedState(Arc<watch::Sender<State>>);

impl SharedState {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(State::Opening)))
    }

    pub(super) fn get(&self) -> State {
        *self.0.borrow()
    }

    pub(super) fn open(&self) {
        self.0.send_if_modified(|state| {
            let opens = *state == State::Opening;
            if opens {
                *state = State::Open;
            }
            opens
        });
    }

    pub(super) fn close(&self) {
        self.0
            .send_if_modified(|state| std::mem::replace(state, State::Closed) != State::Closed);
    }

    /// Returns the first state other than [`State::Opening`].
    pub(super) async fn opened(&self) -> State {
        let mut states = self.0.subscribe();
        states
            .wait_for(|state| *state != State::Opening)
            .await
            .map_or(State::Closed, |state| *state)
    }

    pub(super) async fn closed(&self) {
        let mut states = self.0.subscribe();
        // Fails only without a sender, and there is one in `self`.
        let _ = states.wait_for(|state| *state == State::Closed).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_channel_stays_closed() {
        let state = SharedState::new();
        state.close();
        state.open();
        assert_eq!(state.get(), State::Closed);
        assert_eq!(state.opened().await, State::Closed);
    }
}
