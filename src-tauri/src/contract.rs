//! The JSON that the page reads, compared with `ui/src/host/desktop/contract.json`. A test of the interface compares
//! its side with the same file.

use maru_protocol::{ErrorCode, ServerMessage};
use maru_session::{Notification, Status, Update};
use serde_json::{Value, json, value::to_raw_value};

use crate::{settings::Settings, signaling_event::Envelope};

fn contract() -> Value {
    serde_json::from_str(include_str!("../../ui/src/host/desktop/contract.json")).unwrap()
}

#[test]
fn settings_have_the_agreed_fields_and_defaults() {
    assert_eq!(
        serde_json::to_value(Settings::default()).unwrap(),
        contract()["defaultSettings"]
    );
}

#[test]
fn updates_have_the_agreed_shape() {
    let reconnecting = |retry_at| Status::Reconnecting {
        attempt: 2,
        retry_at,
        detail: "gone".into(),
    };
    let refused = Status::Refused {
        code: ErrorCode::RoomFull.into(),
        detail: "8 of 8".into(),
    };
    let left = to_raw_value(&ServerMessage::Left {}).unwrap();
    let envelopes: Vec<Value> = [
        (0, Notification::Status(Status::Idle)),
        (1, Notification::Status(Status::Connecting)),
        (1, Notification::Status(Status::Online)),
        (1, Notification::Status(reconnecting(Some(250)))),
        (1, Notification::Status(reconnecting(None))),
        (2, Notification::Status(refused)),
        (3, Notification::Message(left)),
    ]
    .into_iter()
    .map(|(request, notification)| {
        let envelope = Envelope::from(Update {
            request,
            clock_zero: 1_700_000_000_000,
            notification,
        });
        serde_json::to_value(envelope).unwrap()
    })
    .collect();
    assert_eq!(json!(envelopes), contract()["envelopes"]);
}
