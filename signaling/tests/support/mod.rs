//! A real server on a free port, and clients that are honest or not.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

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

/// Longest wait for anything that must happen. Not a timing check: nothing passes by being fast.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Running {
    pub address: SocketAddr,
    pub state: Arc<ServerState>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

pub fn config() -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..Config::default()
    }
}

pub fn start(config: Config) -> Running {
    let server = Server::bind(config).expect("a free port");
    let address = server.local_addr().expect("bound");
    let state = server.state();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(server.run(async move {
        let _ = stopped.await;
    }));
    Running {
        address,
        state,
        stop: Some(stop),
        task,
    }
}

impl Running {
    pub async fn stop(mut self) {
        drop(self.stop.take());
        timeout(PATIENCE, self.task)
            .await
            .expect("ends")
            .expect("without a panic");
    }

    pub async fn connect(&self) -> Client {
        self.connect_with(Some("maru.v1")).await
    }

    pub async fn connect_with(&self, protocol: Option<&str>) -> Client {
        let mut request = format!("ws://{}/ws", self.address)
            .into_client_request()
            .expect("valid");
        if let Some(protocol) = protocol {
            request
                .headers_mut()
                .insert("Sec-WebSocket-Protocol", protocol.parse().expect("valid"));
        }
        let stream = TcpStream::connect(self.address).await.expect("accepts");
        // tungstenite insists that a protocol asked for is answered; the raw one below does not.
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Client { socket },
            Err(error) => panic!("handshake: {error}"),
        }
    }

    pub async fn joined(&self, room: &str, name: &str) -> (Client, Value) {
        let mut client = self.connect().await;
        client
            .send(json!({"type": "join", "room": room, "name": name}))
            .await;
        let joined = client.expect("joined").await;
        (client, joined)
    }

    /// A TCP connection that has done the handshake and speaks bytes from here on.
    pub async fn raw(&self, protocol: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("accepts");
        let head = format!(
            "GET /ws HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: {protocol}\r\n\r\n",
            self.address
        );
        stream.write_all(head.as_bytes()).await.expect("writes");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("an answer"));
        }
        let answer = String::from_utf8(answer).expect("text");
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(
            answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            "the accept key of RFC 6455 §1.3"
        );
        stream
    }

    pub async fn until(&self, what: &str, condition: impl Fn(&ServerState) -> bool) {
        timeout(PATIENCE, async {
            while !condition(&self.state) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("never: {what}"));
    }
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

    /// The next message of the server; `Err` with the close frame when it closes.
    pub async fn next(&mut self) -> Result<Value, Option<CloseFrame>> {
        loop {
            match timeout(PATIENCE, self.socket.next())
                .await
                .expect("something in time")
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

    /// The close code the connection ends with.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.next().await {
                Ok(_) => {}
                Err(frame) => return frame.map_or(0, |frame| frame.code.into()),
            }
        }
    }

    /// Proves that nothing else is waiting: the answer to a ping is the next message.
    pub async fn quiet(&mut self) {
        self.send(json!({"type": "ping"})).await;
        self.expect("pong").await;
    }
}

/// A masked client frame, right or wrong.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
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
