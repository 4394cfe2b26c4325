use std::net::{IpAddr, Ipv4Addr};

use maru_protocol::{ParticipantId, RoomId};
use serde_json::{Value, json};

use crate::{
    server_url::ServerUrl,
    signaling::session::{
        ConnectionId, Effect, Emission, Event, JoinRequest, Loss, Millis, Session, Status,
    },
};

pub(super) const SELF: &str = "00000000-0000-4000-8000-000000000001";
pub(super) const OTHER: &str = "00000000-0000-4000-8000-000000000002";
/// Where connections are from.
pub(super) const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
pub(super) const ROOM: &str = "00000000-0000-7000-8000-0000000000aa";

/// A session with a clock, and the effects of the last event sorted by where they go.
pub(super) struct World {
    pub(super) session: Session,
    pub(super) now: Millis,
    pub(super) connection: Option<ConnectionId>,
    pub(super) connected_to: Vec<String>,
    pub(super) sent: Vec<Value>,
    pub(super) closed: Vec<ConnectionId>,
    pub(super) messages: Vec<Value>,
    pub(super) statuses: Vec<Status>,
}

impl World {
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

    /// In the room, alone, with nothing left to look at.
    pub(super) fn joined() -> Self {
        let mut world = Self::new();
        world.feed(join("daily"));
        world.connected();
        world.receive(&joined(SELF, ROOM));
        world.forget();
        world
    }

    pub(super) fn forget(&mut self) {
        self.connected_to.clear();
        self.sent.clear();
        self.closed.clear();
        self.messages.clear();
        self.statuses.clear();
    }

    pub(super) fn feed(&mut self, event: Event) {
        for effect in self.session.handle(self.now, event) {
            match effect {
                Effect::Connect(id, server) => {
                    assert_eq!(self.connection, None, "two connections");
                    self.connection = Some(id);
                    self.connected_to.push(server.origin().into());
                }
                Effect::Send(id, frame) => {
                    assert_eq!(self.connection, Some(id), "sent where nobody listens");
                    self.sent.push(serde_json::from_str(&frame).unwrap());
                }
                Effect::Close(id) => {
                    assert_eq!(self.connection.take(), Some(id), "closed twice");
                    self.closed.push(id);
                }
                Effect::Emit(Emission::Message(message)) => {
                    self.messages
                        .push(serde_json::from_str(message.get()).unwrap());
                }
                Effect::Emit(Emission::Status(status)) => self.statuses.push(status),
            }
        }
    }

    pub(super) fn connected(&mut self) {
        let connection = self.connection.expect("connecting");
        self.feed(Event::Connected(connection, Some(LOCAL)));
    }

    pub(super) fn receive(&mut self, frame: &Value) {
        let connection = self.connection.expect("a connection");
        self.feed(Event::Frame(connection, frame.to_string()));
    }

    /// The socket ends by itself.
    pub(super) fn lose(&mut self, close_code: Option<u16>) {
        let connection = self.connection.take().expect("a connection");
        self.feed(Event::Closed(connection, loss(close_code)));
    }

    /// Lets time pass, waking the session whenever it wants to.
    pub(super) fn pass(&mut self, duration: Millis) {
        let end = self.now + duration;
        while let Some(due) = self.session.next_wake().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.feed(Event::Tick);
        }
        self.now = end;
    }

    pub(super) fn sent_types(&self) -> Vec<&str> {
        let types = self.sent.iter().map(|frame| frame["type"].as_str());
        types.map(Option::unwrap).collect()
    }

    /// The `joined` that an interface is told which has just loaded.
    pub(super) fn room_for_a_reload(&self) -> Value {
        match self.session.snapshot().as_slice() {
            [Emission::Message(joined), ..] => serde_json::from_str(joined.get()).unwrap(),
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
    JoinRequest {
        server: ServerUrl::parse(server).unwrap(),
        room: RoomId::parse(room).unwrap(),
        name: "Minji".into(),
        token: None,
    }
}

pub(super) fn join(room: &str) -> Event {
    Event::Join(request(room))
}

pub(super) fn loss(close_code: Option<u16>) -> Loss {
    Loss {
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
    Event::Signal(ParticipantId(own.parse().unwrap()), frame.to_string())
}
