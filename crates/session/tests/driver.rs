//! The driver over real sockets, against a server that answers as each test asks.

use std::{
    ops::ControlFlow,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use maru_protocol::{ErrorCode, Open, ParticipantId, RoomId, SUBPROTOCOL};
use maru_session::{
    JoinRequest, Notification, ServerUrl, SessionHandle, SignalError, Status, Update,
};
use serde_json::{Value, json, value::to_raw_value};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::mpsc,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, accept_async, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
        http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

const SELF: &str = "00000000-0000-4000-8000-000000000001";
const ROOM: &str = "00000000-0000-7000-8000-0000000000aa";
/// Reached only by a failing test.
const TEST_TIMEOUT: Duration = Duration::from_secs(20);

/// A session and what its subscriber receives.
struct Application {
    session: SessionHandle,
    updates: mpsc::UnboundedReceiver<Update>,
}

impl Application {
    fn start() -> Self {
        let session = SessionHandle::spawn(&Handle::current());
        let (sender, updates) = mpsc::unbounded_channel();
        session
            .subscribe(move |update| match sender.send(update) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
            .expect("subscribed");
        Self { session, updates }
    }

    fn joining(listener: &TcpListener) -> Self {
        let application = Self::start();
        let port = listener.local_addr().expect("bound").port();
        let server = ServerUrl::parse(&format!("http://127.0.0.1:{port}")).expect("a server");
        let room = RoomId::parse("daily").expect("a room");
        let request = JoinRequest::new(server, room, "Minji", None).expect("a request");
        application.session.join(1, request).expect("joining");
        application
    }

    async fn next(&mut self) -> Update {
        let update = timeout(TEST_TIMEOUT, self.updates.recv()).await;
        update.expect("an update").expect("subscribed")
    }

    /// The first status other than `Idle` and `Connecting`.
    async fn outcome(&mut self) -> Status {
        loop {
            match self.next().await.notification {
                Notification::Status(Status::Idle | Status::Connecting)
                | Notification::Message(_) => {}
                Notification::Status(status) => return status,
            }
        }
    }
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a port")
}

#[expect(
    clippy::result_large_err,
    reason = "the signature that tungstenite requires"
)]
async fn accept(listener: &TcpListener) -> WebSocketStream<TcpStream> {
    let (stream, _) = listener.accept().await.expect("a connection");
    let subprotocol = |_: &Request, mut response: Response| {
        response.headers_mut().insert(
            SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(SUBPROTOCOL),
        );
        Ok(response)
    };
    accept_hdr_async(stream, subprotocol)
        .await
        .expect("a WebSocket")
}

async fn receive(socket: &mut WebSocketStream<TcpStream>) -> Value {
    let message = socket.next().await.expect("a message").expect("readable");
    serde_json::from_str(message.to_text().expect("text")).expect("JSON")
}

async fn send(socket: &mut WebSocketStream<TcpStream>, message: Value) {
    let message = Message::text(message.to_string());
    socket.send(message).await.expect("sent");
}

fn joined() -> Value {
    json!({
        "type": "joined",
        "self": SELF,
        "room": { "id": "daily", "incarnation": ROOM, "capacity": 8 },
        "participants": [],
        "iceServers": [],
        "resume": "secret",
    })
}

#[tokio::test]
async fn a_join_is_reported_with_its_number() {
    let listener = listen().await;
    let mut application = Application::joining(&listener);
    let first = application.next().await;
    assert_eq!(first.request, 0);
    assert!(matches!(
        first.notification,
        Notification::Status(Status::Idle)
    ));
    assert_eq!(application.next().await.request, 1);
    let mut socket = accept(&listener).await;
    assert_eq!(receive(&mut socket).await["type"], "join");
    send(&mut socket, joined()).await;
    let Notification::Message(message) = application.next().await.notification else {
        panic!("no message");
    };
    assert!(message.get().contains(SELF) && !message.get().contains("secret"));
    assert_eq!(application.outcome().await, Status::Online);
}

#[tokio::test]
async fn shutdown_waits_for_the_answer_to_leave() {
    let listener = listen().await;
    let mut application = Application::joining(&listener);
    let mut socket = accept(&listener).await;
    receive(&mut socket).await;
    send(&mut socket, joined()).await;
    assert_eq!(application.outcome().await, Status::Online);
    let answered = AtomicBool::new(false);
    let server = async {
        assert_eq!(receive(&mut socket).await["type"], "leave");
        answered.store(true, Ordering::Relaxed);
        send(&mut socket, json!({ "type": "left" })).await;
    };
    let shutdown = async {
        application.session.shutdown(TEST_TIMEOUT).await;
        assert!(answered.load(Ordering::Relaxed));
    };
    tokio::join!(server, shutdown);
}

#[tokio::test]
async fn a_close_code_reaches_the_application() {
    let listener = listen().await;
    let mut application = Application::joining(&listener);
    let mut socket = accept(&listener).await;
    receive(&mut socket).await;
    let frame = CloseFrame {
        code: CloseCode::from(ErrorCode::RoomFull.close_code()),
        reason: "8 of 8".into(),
    };
    socket.close(Some(frame)).await.expect("closed");
    let Status::Refused { code, .. } = application.outcome().await else {
        panic!("not refused");
    };
    assert_eq!(code, Open::Known(ErrorCode::RoomFull));
}

#[tokio::test]
async fn some_http_statuses_are_fatal_and_others_are_retried() {
    for (status, fatal) in [
        ("426 Upgrade Required", Some(ErrorCode::UnsupportedVersion)),
        ("401 Unauthorized", Some(ErrorCode::Unauthorized)),
        ("403 Forbidden", Some(ErrorCode::Unauthorized)),
        ("502 Bad Gateway", None),
        ("301 Moved Permanently", None),
    ] {
        let listener = listen().await;
        let mut application = Application::joining(&listener);
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.expect("a request"));
        }
        let response = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        stream
            .write_all(response.as_bytes())
            .await
            .expect("written");
        match (application.outcome().await, fatal) {
            (Status::Refused { code, .. }, Some(expected)) => assert_eq!(code, expected),
            (Status::Reconnecting { attempt: 1, .. }, None) => {}
            (outcome, _) => panic!("{status}: {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_without_the_subprotocol_is_refused() {
    let listener = listen().await;
    let mut application = Application::joining(&listener);
    let (stream, _) = listener.accept().await.expect("a connection");
    let _socket = accept_async(stream).await;
    let Status::Refused { code, .. } = application.outcome().await else {
        panic!("not refused");
    };
    assert_eq!(code, Open::Known(ErrorCode::UnsupportedVersion));
}

#[tokio::test]
async fn a_subscriber_that_breaks_receives_nothing_more() {
    let session = SessionHandle::spawn(&Handle::current());
    let (sender, mut updates) = mpsc::unbounded_channel();
    session
        .subscribe(move |update| {
            sender.send(update).expect("received");
            ControlFlow::Break(())
        })
        .expect("subscribed");
    assert!(updates.recv().await.is_some());
    // The subscriber is dropped, and the sender with it.
    let next = timeout(TEST_TIMEOUT, updates.recv()).await;
    assert!(next.expect("dropped").is_none());
}

/// What one of two receivers of a session got, in the order of both.
#[derive(Debug, PartialEq)]
enum Seen {
    Observed(String),
    Received(String),
}

fn text(notification: &Notification) -> String {
    match notification {
        Notification::Message(message) => {
            let message: Value = serde_json::from_str(message.get()).expect("JSON");
            message["type"].as_str().expect("a type").into()
        }
        Notification::Status(status) => format!("{status:?}"),
    }
}

#[tokio::test]
async fn the_observer_gets_every_notification_before_the_subscriber_does() {
    let listener = listen().await;
    let application = Application::start();
    let (sender, mut seen) = mpsc::unbounded_channel();
    let observed = sender.clone();
    application
        .session
        .observe(move |notification| {
            observed
                .send(Seen::Observed(text(notification)))
                .expect("kept");
        })
        .expect("observing");
    application
        .session
        .subscribe(move |update| {
            sender
                .send(Seen::Received(text(&update.notification)))
                .expect("kept");
            ControlFlow::Continue(())
        })
        .expect("subscribed");
    let port = listener.local_addr().expect("bound").port();
    let server = ServerUrl::parse(&format!("http://127.0.0.1:{port}")).expect("a server");
    let room = RoomId::parse("daily").expect("a room");
    let request = JoinRequest::new(server, room, "Minji", None).expect("a request");
    application.session.join(1, request).expect("joining");
    let mut socket = accept(&listener).await;
    receive(&mut socket).await;
    send(&mut socket, joined()).await;
    let mut order = Vec::new();
    while order.last() != Some(&Seen::Received("Online".into())) {
        let next = timeout(TEST_TIMEOUT, seen.recv()).await;
        order.push(next.expect("in time").expect("running"));
    }
    let expected: Vec<Seen> = ["Idle", "Connecting", "joined", "Online"]
        .into_iter()
        .flat_map(|text| [Seen::Observed(text.into()), Seen::Received(text.into())])
        .collect();
    assert_eq!(order, expected);
}

#[tokio::test]
async fn an_observer_begins_with_the_present_room_and_outlives_subscribers() {
    let listener = listen().await;
    let mut application = Application::joining(&listener);
    let mut socket = accept(&listener).await;
    receive(&mut socket).await;
    send(&mut socket, joined()).await;
    assert_eq!(application.outcome().await, Status::Online);
    let (sender, mut observed) = mpsc::unbounded_channel();
    application
        .session
        .observe(move |notification| sender.send(text(notification)).expect("kept"))
        .expect("observing");
    application.session.unsubscribe().expect("unsubscribed");
    send(
        &mut socket,
        json!({ "type": "signal", "from": SELF, "data": 1 }),
    )
    .await;
    let mut all = Vec::new();
    while all.last().is_none_or(|last| last != "signal") {
        let next = timeout(TEST_TIMEOUT, observed.recv()).await;
        all.push(next.expect("in time").expect("running"));
    }
    assert_eq!(all, ["joined", "Online", "signal"]);
}

#[tokio::test]
async fn oversized_requests_are_refused_before_they_are_sent() {
    let session = SessionHandle::spawn(&Handle::current());
    let us = ParticipantId(SELF.parse().expect("an ID"));
    let data = to_raw_value(&"x".repeat(64 * 1024)).expect("JSON");
    assert!(matches!(
        session.signal(us, us, &data),
        Err(SignalError::Invalid(_))
    ));
    let room = RoomId::parse("daily").expect("a room");
    let name = "x".repeat(1024);
    let request = JoinRequest::new(ServerUrl::local(), room, &name, None);
    assert_eq!(
        request.err().map(|error| error.code),
        Some(ErrorCode::InvalidName)
    );
}
