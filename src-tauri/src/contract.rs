//! The JSON that the page reads, compared with `ui/src/host/desktop/contract.json`. A test of the interface compares
//! its side with the same file.

use maru_files::{
    Direction, EntryState, EntryView, FilesEvent, NameView, Paused, SkipReason, SkippedView,
    TransferId, TransferState, TransferView,
};
use maru_protocol::{ErrorCode, ServerMessage};
use maru_session::{Notification, Status, Update};
use maru_transfer::{control::Code, hash::FileHash};
use serde_json::{Value, json, value::to_raw_value};

use crate::{
    files::drag::{FileDrag, Item},
    settings::Settings,
    signaling_event::Envelope,
};

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
    let refused = |retry_after| Status::Refused {
        code: ErrorCode::RoomFull.into(),
        detail: "8 of 8".into(),
        retry_after,
    };
    let left = to_raw_value(&ServerMessage::Left {}).unwrap();
    let envelopes: Vec<Value> = [
        (0, Notification::Status(Status::Idle)),
        (1, Notification::Status(Status::Connecting)),
        (1, Notification::Status(Status::Online)),
        (1, Notification::Status(reconnecting(Some(250)))),
        (1, Notification::Status(reconnecting(None))),
        (2, Notification::Status(refused(None))),
        (2, Notification::Status(refused(Some(14_800)))),
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

/// With every field of the interface.
fn transfers() -> [TransferView; 2] {
    let received = TransferView {
        id: TransferId([1; 16]),
        direction: Direction::Receive,
        batch: None,
        participant: Some(
            serde_json::from_str("\"00000000-0000-4000-8000-000000000001\"").unwrap(),
        ),
        partner: "Minji".into(),
        names: vec![NameView {
            name: "사진.zip".into(),
            folder: false,
            size: 5,
        }],
        files: 1,
        folders: 0,
        bytes: 5,
        skipped: 2,
        skipped_names: Vec::new(),
        state: TransferState::Done,
        paused: Paused::default(),
        code: None,
        code_here: false,
        transferred: 5,
        files_done: 1,
        files_failed: 0,
        files_present: 0,
        rate: Some(1_000),
        seconds_left: Some(0),
        relayed: Some(false),
        hash: Some(FileHash([0xab; 32])),
        can_open: true,
        can_retry: true,
    };
    let sent = TransferView {
        id: TransferId([2; 16]),
        direction: Direction::Send,
        batch: Some(TransferId([3; 16])),
        participant: None,
        partner: "Jihun".into(),
        names: Vec::new(),
        files: 0,
        folders: 1,
        bytes: 0,
        skipped: 1,
        skipped_names: vec![SkippedView {
            name: "사진/연결".into(),
            reason: SkipReason::Link,
        }],
        state: TransferState::Paused,
        paused: Paused {
            here: true,
            there: false,
            problem: Some(Code::DiskFull.into()),
            problem_here: true,
        },
        code: Some(Code::Declined.into()),
        code_here: true,
        transferred: 0,
        files_done: 0,
        rate: None,
        seconds_left: None,
        relayed: None,
        hash: None,
        can_open: false,
        can_retry: false,
        ..received.clone()
    };
    [received, sent]
}

#[test]
fn events_of_transfers_have_the_agreed_shape() {
    let [received, sent] = transfers();
    let events = [
        FilesEvent::Transfers {
            transfers: vec![received],
        },
        FilesEvent::Transfer {
            transfer: Box::new(sent),
        },
        FilesEvent::Removed {
            id: TransferId([2; 16]),
            direction: Direction::Send,
        },
    ];
    assert_eq!(json!(events), contract()["fileEvents"]);
    let entry = EntryView {
        entry: 3,
        path: "사진/바다.jpg".into(),
        folder: false,
        size: 5,
        state: EntryState::Failed,
        code: Some(Code::Changed.into()),
        transferred: 2,
    };
    assert_eq!(json!([entry]), contract()["fileEntries"]);
}

#[test]
fn drags_have_the_agreed_shape() {
    let item = |name: &str, folder, size| Item {
        name: name.into(),
        folder,
        size,
    };
    let drags = [
        FileDrag::Over { x: 1.5, y: 2.0 },
        FileDrag::Leave,
        FileDrag::Drop {
            x: 1.5,
            y: 2.0,
            token: "0123456789abcdef0123456789abcdef".into(),
            items: vec![item("바다.jpg", false, Some(5)), item("사진", true, None)],
        },
    ];
    assert_eq!(json!(drags), contract()["fileDrags"]);
}
