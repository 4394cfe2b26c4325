use std::net::{IpAddr, Ipv4Addr};

use maru_protocol::{ParticipantId, RoomId};
use serde_json::{Value, json};

use crate::{
    server_url::ServerUrl,
    session::{
        ConnectionId, Disconnect, Effect, Event, JoinRequest, Millis, Notification, Session, Status,
    },
};

pub(super) const SELF: &str = "00000000-0000-4000-8000-000000000001";
pub(super) const OTHER: &str = "00000000-0000-4000-8000-000000000002";
/// Local address of every connection.
pub(super) const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
pub(super) const ROOM: &str = "00000000-0000-7000-8000-0000000000aa";

/// A session in virtual time, and the effects since the last [`Harness::clear_effects`], by kind.
pub(super) struct Harness {
    pub(super) session: Session,
    pub(super) now: Millis,
    pub(super) connection: Option<ConnectionId>,
    pub(super) connected_to: Vec<String>,
    pub(super) sent: Vec<Value>,
    pub(super) closed: Vec<ConnectionId>,
    pub(super) messages: Vec<Value>,
    pub(super) statuses: Vec<Status>,
}

impl Harness {
    pub(super) fn new() -> Self {
        Self {
            session: Session::new(7),
            now: 1_000,
            connection: None,
            connected_to: Vec::new(),
            sent: Vec::new(),
            closed: Vec::new(),
            messages: Vec::new(),
            statuses: Vec::new(),
        }
    }

    /// Online in [`ROOM`], alone, without effects.
    pub(super) fn joined() -> Self {
        let mut harness = Self::new();
        harness.handle(join("daily"));
        harness.connected();
        harness.receive(&joined(SELF, ROOM));
        harness.clear_effects();
        harness
    }

    pub(super) fn clear_effects(&mut self) {
        self.connected_to.clear();
        self.sent.clear();
        self.closed.clear();
        self.messages.clear();
        self.statuses.clear();
    }

    pub(super) fn handle(&mut self, event: Event) {
        for effect in self.session.handle(self.now, event) {
            match effect {
                Effect::Connect(id, server) => {
                    assert_eq!(self.connection, None, "a second connection");
                    self.connection = Some(id);
                    self.connected_to.push(server.origin().into());
                }
                Effect::Send(id, frame) => {
                    assert_eq!(self.connection, Some(id), "sent on another connection");
                    self.sent.push(serde_json::from_str(&frame).unwrap());
                }
                Effect::Close(id) => {
                    assert_eq!(
                        self.connection.take(),
                        Some(id),
                        "closed another connection"
                    );
                    self.closed.push(id);
                }
                Effect::Notify(Notification::Message(message)) => {
                    self.messages
                        .push(serde_json::from_str(message.get()).unwrap());
                }
                Effect::Notify(Notification::Status(status)) => self.statuses.push(status),
            }
        }
    }

    pub(super) fn connected(&mut self) {
        let connection = self.connection.expect("connecting");
        self.handle(Event::Connected {
            connection,
            local: Some(LOCAL),
        });
    }

    pub(super) fn receive(&mut self, frame: &Value) {
        let connection = self.connection.expect("a connection");
        self.handle(Event::Frame(connection, frame.to_string()));
    }

    /// The connection is closed from outside.
    pub(super) fn lose_connection(&mut self, close_code: Option<u16>) {
        let connection = self.connection.take().expect("a connection");
        self.handle(Event::Closed(connection, disconnect(close_code)));
    }

    /// Lets time pass, with a tick at every deadline.
    pub(super) fn advance(&mut self, duration: Millis) {
        let end = self.now + duration;
        while let Some(due) = self.session.deadline().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.handle(Event::Tick);
        }
        self.now = end;
    }

    pub(super) fn sent_types(&self) -> Vec<&str> {
        let types = self.sent.iter().map(|frame| frame["type"].as_str());
        types.map(Option::unwrap).collect()
    }

    /// The `joined` for an application that subscribes now.
    pub(super) fn joined_in_snapshot(&self) -> Value {
        match self.session.snapshot().as_slice() {
            [Notification::Message(joined), ..] => serde_json::from_str(joined.get()).unwrap(),
            _ => panic!("in no room"),
        }
    }

    pub(super) fn status(&self) -> &Status {
        self.statuses.last().expect("a status")
    }
}

pub(super) fn request(room: &str) -> JoinRequest {
    request_at(room, "http://localhost:7880")
}

pub(super) fn request_at(room: &str, server: &str) -> JoinRequest {
    let server = ServerUrl::parse(server).unwrap();
    JoinRequest::new(server, RoomId::parse(room).unwrap(), "Minji", None).unwrap()
}

pub(super) fn join(room: &str) -> Event {
    Event::Join(request(room))
}

pub(super) fn disconnect(close_code: Option<u16>) -> Disconnect {
    Disconnect {
        close_code,
        refusal: None,
        detail: "gone".into(),
    }
}

pub(super) fn joined(own: &str, incarnation: &str) -> Value {
    json!({
        "type": "joined",
        "self": own,
        "room": { "id": "daily", "incarnation": incarnation, "capacity": 8 },
        "participants": [],
        "iceServers": [],
        "resume": "secret",
    })
}

pub(super) fn error(code: &str) -> Value {
    json!({ "type": "error", "code": code, "message": "words" })
}

pub(super) fn signal(number: u32) -> Event {
    signal_as(SELF, number)
}

pub(super) fn signal_as(own: &str, number: u32) -> Event {
    let frame = json!({ "type": "signal", "to": OTHER, "data": number });
    signal_frame(own, frame.to_string())
}

pub(super) fn signal_frame(own: &str, frame: String) -> Event {
    let from = ParticipantId(own.parse().unwrap());
    Event::Signal { from, frame }
}

pub(super) fn network_changed(removed: Vec<IpAddr>) -> Event {
    Event::NetworkChanged { removed }
}
