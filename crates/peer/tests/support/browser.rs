//! A Chromium page as a remote peer, controlled over one loopback WebSocket.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]

use std::path::PathBuf;
use std::process::Stdio;

use futures_util::{SinkExt, StreamExt};
use maru_peer::Candidate;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::negotiation::Description;

const PAGE: &str = include_str!("../chromium/page.html");
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A running browser with the page loaded.
pub struct Browser {
    process: Child,
    profile: PathBuf,
    socket: WebSocketStream<TcpStream>,
}

/// A message of the page.
#[derive(Debug)]
pub enum PageMessage {
    Description(Description),
    Candidate(Candidate),
    State(String),
    Track,
    Channel,
    ChannelClosed,
    Stats(Value),
    /// The level of our audio, 0 to 1; `None` if the page does not know it.
    Level(Option<f64>),
}

/// The browser's path. `None` if there is none: the tests then print that and pass, unless `MARU_REQUIRE_CHROMIUM` is
/// set.
pub fn installed() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&paths)
        .flat_map(|folder| NAMES.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        assert!(
            std::env::var_os("MARU_REQUIRE_CHROMIUM").is_none(),
            "no Chromium in PATH"
        );
        eprintln!("skipped: no Chromium in PATH");
    }
    found
}

impl Browser {
    pub async fn start(path: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let profile =
            std::env::temp_dir().join(format!("maru-peer-test-{}-{port}", std::process::id()));
        let process = Command::new(path)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args([
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ])
            .args([
                "--autoplay-policy=no-user-gesture-required",
                "--allow-loopback-in-peer-connection",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("http://127.0.0.1:{port}/"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let socket = super::soon("the page", serve(listener)).await;
        let mut browser = Self {
            process,
            profile,
            socket,
        };
        loop {
            let message = browser.receive().await;
            if message.get("loaded").is_some() {
                return browser;
            }
        }
    }

    pub async fn act(&mut self, action: &str) {
        self.send(json!({ "action": action })).await;
    }

    pub async fn description(&mut self, description: &Description) {
        let (kind, sdp) = match description {
            Description::Offer(sdp) => ("offer", sdp),
            Description::Answer(sdp) => ("answer", sdp),
        };
        self.send(json!({ "description": { "type": kind, "sdp": sdp } }))
            .await;
    }

    pub async fn candidate(&mut self, candidate: &Candidate) {
        let Candidate {
            candidate,
            mid,
            line,
        } = candidate;
        self.send(json!({ "candidate": { "candidate": candidate, "mid": mid, "line": line } }))
            .await;
    }

    /// Cancel-safe.
    pub async fn next_message(&mut self) -> PageMessage {
        let message = self.receive().await;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        assert!(message.get("error").is_none(), "the page: {message}");
        if let Some(description) = message.get("description") {
            let sdp = text(&description["sdp"]).unwrap();
            return PageMessage::Description(if description["type"] == "offer" {
                Description::Offer(sdp)
            } else {
                Description::Answer(sdp)
            });
        }
        if let Some(candidate) = message.get("candidate") {
            return PageMessage::Candidate(Candidate {
                candidate: text(&candidate["candidate"]).unwrap(),
                mid: text(&candidate["mid"]),
                line: candidate["line"]
                    .as_u64()
                    .and_then(|line| line.try_into().ok()),
            });
        }
        if let Some(state) = message.get("state") {
            return PageMessage::State(text(state).unwrap());
        }
        if message.get("track").is_some() {
            return PageMessage::Track;
        }
        if message.get("channel").is_some() {
            return PageMessage::Channel;
        }
        if message.get("closed").is_some() {
            return PageMessage::ChannelClosed;
        }
        if let Some(level) = message.get("level") {
            return PageMessage::Level(level.as_f64());
        }
        PageMessage::Stats(message["stats"].clone())
    }

    async fn send(&mut self, message: Value) {
        self.socket
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }

    async fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    pub async fn stop(mut self) {
        let _ = self.process.kill().await;
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// Serves the page until its WebSocket connects. Each connection has its own task: browsers open some in advance and send
/// nothing on them.
async fn serve(listener: TcpListener) -> WebSocketStream<TcpStream> {
    let mut answering = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted.unwrap();
                answering.spawn(answer(stream));
            }
            Some(answered) = answering.join_next() => {
                if let Some(socket) = answered.unwrap() {
                    return socket;
                }
            }
        }
    }
}

/// `None` after a page was served, and for connections that the browser closed.
async fn answer(mut stream: TcpStream) -> Option<WebSocketStream<TcpStream>> {
    let mut head = [0; 4096];
    let size = stream.peek(&mut head).await.unwrap_or(0);
    if String::from_utf8_lossy(&head[..size])
        .to_lowercase()
        .contains("upgrade: websocket")
    {
        return tokio_tungstenite::accept_async(stream).await.ok();
    }
    let _ = stream.read(&mut head).await;
    let length = PAGE.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{PAGE}"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    None
}
