//! The transfers of one participant, whose signals the test gets.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use maru_files::{ConnectionLimits, Files, FilesConfig};
use maru_peer::Bind;
use maru_protocol::ParticipantId;
use maru_session::Notification;
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub(crate) const INCARNATION: &str = "00000000-0000-4000-8000-000000000100";

pub(crate) struct Person {
    files: Files,
    folder: tempfile::TempDir,
    /// Signals to the partner.
    pub(crate) signals: mpsc::UnboundedReceiver<Value>,
}

fn participant(number: u8) -> ParticipantId {
    let id = format!("00000000-0000-4000-8000-0000000000{number:02x}");
    serde_json::from_value(id.into()).unwrap()
}

/// The ID of the only other participant, whose offers come first where two cross (docs/protocol.md).
pub(crate) fn partner() -> ParticipantId {
    participant(1)
}

impl Person {
    /// In a room, with sockets at these addresses. `connections`: stripes that it makes by itself included.
    pub(crate) fn new(addresses: &[IpAddr], connections: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (sender, signals) = mpsc::unbounded_channel();
        let addresses = addresses.iter().map(|ip| SocketAddr::new(*ip, 0));
        let files = Files::start(FilesConfig {
            records: folder.path().join("records"),
            signal: Box::new(move |_, _, data| {
                let _ = sender.send(serde_json::from_str(data.get()).unwrap());
            }),
            bind: Bind::Addresses(addresses.collect()),
            limits: ConnectionLimits {
                connections,
                ..ConnectionLimits::default()
            },
        });
        let person = Self {
            files,
            folder,
            signals,
        };
        person.notify(&json!({
            "type": "joined",
            "self": participant(2),
            "room": { "id": "a", "incarnation": INCARNATION, "capacity": 8 },
            "participants": [{ "id": partner(), "name": "partner" }],
            "iceServers": [],
            "resume": "",
        }));
        person
    }

    fn notify(&self, message: &Value) {
        let raw = serde_json::value::to_raw_value(message).unwrap();
        self.files.on_notification(&Notification::Message(raw));
    }

    /// A signal of the partner arrives.
    pub(crate) fn receive(&self, signal: &Value) {
        self.notify(&json!({ "type": "signal", "from": partner(), "data": signal }));
    }

    /// Offers a new file of so many bytes to the partner.
    pub(crate) fn offer(&self, bytes: usize) {
        let path = self.folder.path().join("file");
        std::fs::write(&path, vec![7; bytes]).unwrap();
        self.files.offer(vec![partner()], vec![path]);
    }

    pub(crate) async fn stop(self) {
        self.files.shutdown(Duration::from_secs(60)).await;
    }
}
