//! What goes to the page, held to the file its tests read: `ui/src/host/desktop/contract.json`.

use maru_protocol::{ErrorCode, ServerMessage};
use serde_json::{Value, json, value::to_raw_value};

use super::{
    driver::Envelope,
    event::SignalingEvent,
    session::{Emission, Status},
};
use crate::settings::Settings;

fn contract() -> Value {
    serde_json::from_str(include_str!("../../../ui/src/host/desktop/contract.json")).unwrap()
}

#[test]
fn settings_have_the_agreed_fields_and_defaults() {
    assert_eq!(
        serde_json::to_value(Settings::default()).unwrap(),
        contract()["defaultSettings"]
    );
}

#[test]
fn events_have_the_agreed_shape() {
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
    let sent: Vec<Value> = [
        (0, Emission::Status(Status::Idle)),
        (1, Emission::Status(Status::Connecting)),
        (1, Emission::Status(Status::Online)),
        (1, Emission::Status(reconnecting(Some(250)))),
        (1, Emission::Status(reconnecting(None))),
        (2, Emission::Status(refused)),
        (3, Emission::Message(left)),
    ]
    .into_iter()
    .map(|(turn, emission)| {
        let event = SignalingEvent::from_session(emission, 1_700_000_000_000);
        serde_json::to_value(Envelope { turn, event }).unwrap()
    })
    .collect();
    assert_eq!(json!(sent), contract()["envelopes"]);
}
