//! A real server on a free port, and clients that keep to the protocol or do not.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use maru_signaling::{Config, Server, ServerState};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};

/// Longest wait for something that must happen. Nothing passes by being fast.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// The first byte of a text frame that is a whole message.
pub const FINAL_TEXT: u8 = 0x81;

pub struct TestServer {
    pub address: SocketAddr,
    pub state: Arc<ServerState>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// A free port, and time-outs that no test reaches, however slow the machine.
pub fn config() -> Config {
    let never = Duration::from_secs(3600);
    let mut config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        resume_window: never,
        ..Config::default()
    };
    config.timeouts.dead_after = never;
    config.timeouts.join = never;
    config
}

pub fn start(config: Config) -> TestServer {
    let server = Server::bind(config).expect("a free port");
    let address = server.local_addr().expect("bound");
    let state = server.state();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(server.run(async move {
        let _ = stopped.await;
    }));
    TestServer {
        address,
        state,
        stop: Some(stop),
        task,
    }
}

impl TestServer {
    /// Shuts the server down; panics if its task panicked.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        timeout(TIMEOUT, self.task)
            .await
            .expect("ends")
            .expect("without a panic");
    }

    pub async fn connect(&self) -> Client {
        connect(self.address, Some("maru.v1")).await
    }

    /// A client in `room`, with the `joined` it received.
    pub async fn join(&self, room: &str, name: &str) -> (Client, Value) {
        let mut client = self.connect().await;
        client.join(room, name).await;
        let joined = client.expect("joined").await;
        (client, joined)
    }

    /// Two clients in the room `daily`, each with the `joined` it received.
    pub async fn join_two(&self) -> [(Client, Value); 2] {
        let (mut a, joined_a) = self.join("daily", "A").await;
        let b = self.join("daily", "B").await;
        a.expect("participant-joined").await;
        [(a, joined_a), b]
    }

    /// As [`TestServer::join_two`], but the second client has lost its socket: the first client, and both `joined`.
    pub async fn join_two_and_disconnect_one(&self) -> (Client, [Value; 2]) {
        let [(a, joined_a), (b, joined_b)] = self.join_two().await;
        drop(b);
        self.wait_until("the disconnect is noticed", |state| {
            state.rooms().connected_participants() == 1
        })
        .await;
        (a, [joined_a, joined_b])
    }

    /// A TCP connection after a WebSocket handshake, to send any bytes.
    pub async fn raw_websocket(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("accepts");
        let request = format!(
            "GET /ws HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: maru.v1\r\n\r\n",
            self.address
        );
        stream.write_all(request.as_bytes()).await.expect("writes");
        let mut response = Vec::new();
        while !response.ends_with(b"\r\n\r\n") {
            response.push(stream.read_u8().await.expect("a response"));
        }
        let response = String::from_utf8(response).expect("text");
        assert!(response.starts_with("HTTP/1.1 101 "), "{response}");
        assert!(
            response.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            "the accept key of RFC 6455 §1.3"
        );
        stream
    }

    /// A [`TestServer::raw_websocket`] whose client has joined the room `daily`.
    pub async fn raw_participant(&self) -> TcpStream {
        let mut stream = self.raw_websocket().await;
        let join = br#"{"type":"join","room":"daily","name":"raw"}"#;
        stream
            .write_all(&masked_frame(FINAL_TEXT, join))
            .await
            .expect("writes");
        stream
    }

    pub async fn wait_until(&self, what: &str, condition: impl Fn(&ServerState) -> bool) {
        timeout(TIMEOUT, async {
            while !condition(&self.state) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("never: {what}"));
    }
}

/// A client that offers `protocol`.
pub async fn connect(address: SocketAddr, protocol: Option<&str>) -> Client {
    let mut request = format!("ws://{address}/ws")
        .into_client_request()
        .expect("valid");
    if let Some(protocol) = protocol {
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol.parse().expect("valid"));
    }
    let stream = TcpStream::connect(address).await.expect("accepts");
    let (socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .expect("handshake");
    Client { socket }
}

pub struct Client {
    pub socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("sends");
    }

    pub async fn join(&mut self, room: &str, name: &str) {
        self.send(json!({"type": "join", "room": room, "name": name}))
            .await;
    }

    /// Joins the room `daily` with the secret from an earlier `joined`.
    pub async fn resume(&mut self, secret: &Value) {
        self.send(json!({"type": "join", "room": "daily", "name": "B", "resume": secret}))
            .await;
    }

    /// Sends a signal with `data` to the participant `to`.
    pub async fn signal(&mut self, to: &Value, data: impl Into<Value>) {
        self.send(json!({"type": "signal", "to": to, "data": data.into()}))
            .await;
    }

    pub async fn leave(&mut self) {
        self.send(json!({"type": "leave"})).await;
    }

    /// The next message of the server; `Err` with the close frame when it closes.
    pub async fn next(&mut self) -> Result<Value, Option<CloseFrame>> {
        loop {
            match timeout(TIMEOUT, self.socket.next())
                .await
                .expect("a message in time")
            {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next message, which must be of this type.
    pub async fn expect(&mut self, kind: &str) -> Value {
        let message = self.next().await.expect("still open");
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    /// The next message, which must be an error with this code.
    pub async fn expect_error(&mut self, code: &str) {
        let message = self.expect("error").await;
        assert_eq!(message["code"], code, "{message}");
    }

    /// The close code with which the server closes, after any messages.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            match self.next().await {
                Ok(_) => {}
                Err(frame) => return frame.map_or(0, |frame| frame.code.into()),
            }
        }
    }

    /// Checks that no message is pending: the next one is the answer to a ping.
    pub async fn expect_no_message(&mut self) {
        self.send(json!({"type": "ping"})).await;
        self.expect("pong").await;
    }
}

/// A masked frame whose first byte is `first`, valid or not.
pub fn masked_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [7, 9, 13, 250];
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | u8::try_from(short).expect("short")),
        medium @ 126..65_536 => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&u16::try_from(medium).expect("medium").to_be_bytes());
        }
        long => {
            bytes.push(0x80 | 127);
            bytes.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&mask);
    bytes.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    bytes
}
