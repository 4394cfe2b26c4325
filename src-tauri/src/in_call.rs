//! Whether the app is in a room.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use maru_session::{Notification, Status};

/// Whether the app is in a room, as the session last reported.
#[derive(Debug, Clone, Default)]
pub(crate) struct InCall(Arc<AtomicBool>);

impl InCall {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn on_notification(&self, notification: &Notification) {
        let Notification::Status(status) = notification else {
            return;
        };
        match status {
            Status::Online => self.0.store(true, Ordering::Relaxed),
            // A lost connection does not end a call, and one that was never made begins none.
            Status::Reconnecting { .. } => {}
            Status::Idle | Status::Connecting | Status::Refused { .. } => {
                self.0.store(false, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use maru_protocol::ErrorCode;

    use super::*;

    #[test]
    fn a_call_begins_in_the_room_and_ends_outside_of_it() {
        let call = InCall::default();
        let reconnecting = || Status::Reconnecting {
            attempt: 1,
            retry_at: None,
            detail: String::new(),
        };
        let refused = Status::Refused {
            code: ErrorCode::RoomFull.into(),
            detail: String::new(),
            retry_after: None,
        };
        for (status, expected) in [
            (Status::Connecting, false),
            (reconnecting(), false),
            (Status::Online, true),
            (reconnecting(), true),
            (Status::Online, true),
            (Status::Idle, false),
            (Status::Online, true),
            (refused, false),
        ] {
            call.on_notification(&Notification::Status(status.clone()));
            assert_eq!(call.get(), expected, "{status:?}");
        }
    }
}
