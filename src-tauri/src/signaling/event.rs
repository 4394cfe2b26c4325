use maru_protocol::{ErrorCode, Open};
use serde::Serialize;
use serde_json::value::RawValue;

use super::session;

/// What the interface hears, in the shape of `SignalingEvent` in `ui/src/host/types.ts`. Both sides are
/// held to `ui/src/host/desktop/contract.json` by tests of their own.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum SignalingEvent {
    /// A decoded and re-encoded server message; `resume` secrets are blank.
    Message { message: Box<RawValue> },
    /// How the connection is.
    Status { status: Status },
}

/// `SignalingStatus` of the interface: like [`session::Status`], with wall-clock times.
#[derive(Debug, Clone, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub(crate) enum Status {
    Idle,
    Connecting,
    Online,
    Reconnecting {
        attempt: u32,
        /// Milliseconds since the Unix epoch; null while the try is under way.
        retry_at: Option<u64>,
        detail: String,
    },
    Refused {
        code: Open<ErrorCode>,
        detail: String,
    },
}

impl SignalingEvent {
    /// `epoch` is the wall-clock time of the session's millisecond zero.
    pub(crate) fn from_session(emission: session::Emission, epoch: u64) -> Self {
        match emission {
            session::Emission::Message(message) => Self::Message { message },
            session::Emission::Status(status) => Self::Status {
                status: match status {
                    session::Status::Idle => Status::Idle,
                    session::Status::Connecting => Status::Connecting,
                    session::Status::Online => Status::Online,
                    session::Status::Reconnecting {
                        attempt,
                        retry_at,
                        detail,
                    } => Status::Reconnecting {
                        attempt,
                        retry_at: retry_at.map(|at| epoch.saturating_add(at)),
                        detail,
                    },
                    session::Status::Refused { code, detail } => Status::Refused { code, detail },
                },
            },
        }
    }
}
