//! Connections that end, and whether to try again.

use maru_protocol::{ErrorCode, Open};

use super::{Effect, Loss, Millis, STABLE_AFTER, Session, State, Status, backoff, verdict};

impl Session {
    pub(super) fn closed(&mut self, now: Millis, loss: Loss) {
        if matches!(self.state, State::Leaving { .. }) || self.answer_is_stale() {
            self.state = State::Idle;
            self.give_way(now);
            return;
        }
        let joined = matches!(self.state, State::Joined { .. });
        if let Some(code) = loss.refusal {
            self.refuse(code.into(), loss.detail);
            return;
        }
        let refusal = loss
            .close_code
            .and_then(|code| verdict::final_close(code, joined));
        match (refusal, self.unknown_error.take()) {
            // The error that was told before the close says more than its number.
            (Some(Open::Other(_)), Some((code, detail))) => self.refuse(code, detail),
            (Some(code), _) => self.refuse(code, loss.detail),
            (None, _) => self.lost(now, loss.detail),
        }
    }

    /// Closes what there is and goes on to the goal, if there is one.
    pub(super) fn give_way(&mut self, now: Millis) {
        if let Some(connection) = self.state.connection() {
            self.effects.push(Effect::Close(connection));
        }
        self.state = State::Idle;
        if self.goal.is_some() {
            self.connect(now);
        }
    }

    /// Closes what there is and treats it as lost.
    pub(super) fn give_up(&mut self, now: Millis, detail: &str) {
        if let Some(connection) = self.state.connection() {
            self.effects.push(Effect::Close(connection));
        }
        self.lost(now, detail.into());
    }

    pub(super) fn lost(&mut self, now: Millis, detail: String) {
        if let State::Joined { since, .. } = &self.state
            && now >= since + STABLE_AFTER
        {
            self.attempt = 0;
        }
        if self.goal.is_none() {
            self.state = State::Idle;
            return;
        }
        self.attempt = self.attempt.saturating_add(1);
        let until = now + backoff::delay(self.attempt, &mut self.random);
        self.state = State::Waiting { until };
        self.set_status(Status::Reconnecting {
            attempt: self.attempt,
            retry_at: Some(until),
            detail,
        });
    }

    pub(super) fn refuse(&mut self, code: Open<ErrorCode>, detail: String) {
        let wanted = self.goal.take().is_some();
        self.forget_room();
        self.state = State::Idle;
        if wanted {
            self.set_status(Status::Refused { code, detail });
        }
    }
}
