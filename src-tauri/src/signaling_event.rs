//! The session's updates as JSON for the page.

use std::borrow::Cow;

use maru_protocol::{Connection, ErrorCode, Open};
use maru_session::{Notification, RequestId, Update};
use serde::{Deserialize, Serialize};
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
        /// Milliseconds from now; absent if the server knows of no seat that becomes free.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
}

impl Envelope {
    /// `None` for what is not the page's: signals of the connection for files, which is in Rust. The filter is here because
    /// the session does not read what participants send each other.
    pub(crate) fn for_page(update: Update) -> Option<Self> {
        match &update.notification {
            Notification::Message(message) if is_files_signal(message) => None,
            _ => Some(update.into()),
        }
    }
}

/// Whether `message` is a `signal` of the connection for files. Everything that cannot be decoded is not.
fn is_files_signal(message: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        kind: Cow<'a, str>,
        #[serde(borrow)]
        data: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Signal {
        connection: Open<Connection>,
    }
    let Ok(Kind {
        kind,
        data: Some(data),
    }) = serde_json::from_str(message.get())
    else {
        return false;
    };
    kind == "signal"
        && serde_json::from_str::<Signal>(data.get())
            .is_ok_and(|signal| signal.connection == Connection::Files)
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
            Session::Refused {
                code,
                detail,
                retry_after,
            } => Self::Refused {
                code,
                detail,
                retry_after,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json, value::to_raw_value};

    use super::*;

    fn reaches_page(message: &Value) -> bool {
        let notification = Notification::Message(to_raw_value(message).unwrap());
        Envelope::for_page(Update {
            request: 1,
            clock_zero: 0,
            notification,
        })
        .is_some()
    }

    fn signal(data: &Value) -> Value {
        json!({ "type": "signal", "from": "00000000-0000-4000-8000-000000000001", "data": data })
    }

    #[test]
    fn signals_for_files_do_not_reach_the_page() {
        for data in [
            json!({ "connection": "files", "candidate": null }),
            json!({ "connection": "files", "description": { "type": "offer", "sdp": "" } }),
            // The page could not use it either.
            json!({ "connection": "files", "mood": 1 }),
        ] {
            assert!(!reaches_page(&signal(&data)), "{data}");
        }
    }

    #[test]
    fn everything_else_reaches_the_page() {
        for data in [
            json!({ "connection": "media", "candidate": null }),
            json!({ "connection": "later", "candidate": null }),
            json!({ "connection": ["files"] }),
            json!({ "data": { "connection": "files" } }),
            json!("files"),
            json!(1),
            json!(null),
        ] {
            assert!(reaches_page(&signal(&data)), "{data}");
        }
        assert!(reaches_page(&json!({ "type": "left" })));
        assert!(reaches_page(
            &json!({ "type": "later", "data": { "connection": "files" } })
        ));
        let status = Update {
            request: 0,
            clock_zero: 0,
            notification: Notification::Status(maru_session::Status::Idle),
        };
        assert!(Envelope::for_page(status).is_some());
    }
}
