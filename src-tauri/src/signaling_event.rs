//! The session's updates as JSON for the page.

use maru_protocol::{ErrorCode, Open};
use maru_session::{Notification, RequestId, Update};
use serde::Serialize;
use serde_json::value::RawValue;

/// What the page receives (`ui/src/host/desktop/envelope.ts`).
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Envelope {
    /// Number of the page's last join or leave before this event.
    turn: RequestId,
    event: SignalingEvent,
}

/// `SignalingEvent` of `ui/src/host/types.ts`.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum SignalingEvent {
    /// A message of the server. `resume` is empty.
    Message { message: Box<RawValue> },
    /// The status of the session has changed.
    Status { status: Status },
}

/// `SignalingStatus` of `ui/src/host/types.ts`: [`maru_session::Status`] with wall-clock times.
#[derive(Debug, Clone, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
enum Status {
    Idle,
    Connecting,
    Online,
    Reconnecting {
        attempt: u32,
        /// Milliseconds since the Unix epoch; null while the attempt is under way.
        retry_at: Option<u64>,
        detail: String,
    },
    Refused {
        code: Open<ErrorCode>,
        detail: String,
    },
}

impl From<Update> for Envelope {
    fn from(update: Update) -> Self {
        let event = match update.notification {
            Notification::Message(message) => SignalingEvent::Message { message },
            Notification::Status(status) => SignalingEvent::Status {
                status: Status::new(status, update.clock_zero),
            },
        };
        Self {
            turn: update.request,
            event,
        }
    }
}

impl Status {
    /// `clock_zero` is the Unix time of the session clock's zero, in milliseconds.
    fn new(status: maru_session::Status, clock_zero: u64) -> Self {
        use maru_session::Status as Session;
        match status {
            Session::Idle => Self::Idle,
            Session::Connecting => Self::Connecting,
            Session::Online => Self::Online,
            Session::Reconnecting {
                attempt,
                retry_at,
                detail,
            } => Self::Reconnecting {
                attempt,
                retry_at: retry_at.map(|at| clock_zero.saturating_add(at)),
                detail,
            },
            Session::Refused { code, detail } => Self::Refused { code, detail },
        }
    }
}
