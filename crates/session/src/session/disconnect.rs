//! The end of a connection, and whether to open another one.

use maru_protocol::{ErrorCode, Open};

use super::{
    backoff,
    effect::Status,
    error_action,
    event::Disconnect,
    machine::Session,
    state::State,
    timing::{Millis, STABLE_AFTER},
};

impl Session {
    pub(super) fn on_closed(&mut self, now: Millis, disconnect: Disconnect) {
        if matches!(self.state, State::Leaving { .. }) || self.is_join_outdated() {
            self.state = State::Idle;
            self.restart(now);
            return;
        }
        let is_joined = matches!(self.state, State::Joined { .. });
        if let Some(code) = disconnect.refusal {
            self.refuse(code.into(), disconnect.detail, None);
            return;
        }
        let fatal = disconnect
            .close_code
            .and_then(|code| error_action::fatal_error(code, is_joined));
        match (fatal, self.unknown_error.take()) {
            // The error before the close says more than an unknown number.
            (Some(Open::Other(_)), Some((code, detail))) => self.refuse(code, detail, None),
            (Some(code), _) => self.refuse(code, disconnect.detail, None),
            (None, _) => self.schedule_retry(now, disconnect.detail),
        }
    }

    /// Closes the connection, if any, and connects for the goal, if any, without a delay.
    pub(super) fn restart(&mut self, now: Millis) {
        self.close_connection();
        self.connect(now);
    }

    /// Closes the connection and treats it as lost.
    pub(super) fn abort(&mut self, now: Millis, detail: &str) {
        self.close_connection();
        self.schedule_retry(now, detail.into());
    }

    fn schedule_retry(&mut self, now: Millis, detail: String) {
        if let State::Joined { joined_at, .. } = &self.state
            && now >= joined_at + STABLE_AFTER
        {
            self.attempt = 0;
        }
        if self.goal.is_none() {
            self.state = State::Idle;
            return;
        }
        self.attempt = self.attempt.saturating_add(1);
        let deadline = now + backoff::delay(self.attempt, &mut self.random);
        self.state = State::Waiting { deadline };
        self.set_status(Status::Reconnecting {
            attempt: self.attempt,
            retry_at: Some(deadline),
            detail,
        });
    }

    /// Stops; the reason is reported unless the application has left meanwhile.
    pub(super) fn refuse(
        &mut self,
        code: Open<ErrorCode>,
        detail: String,
        retry_after: Option<Millis>,
    ) {
        let had_goal = self.goal.take().is_some();
        self.clear_room();
        self.state = State::Idle;
        if had_goal {
            self.set_status(Status::Refused {
                code,
                detail,
                retry_after,
            });
        }
    }
}
