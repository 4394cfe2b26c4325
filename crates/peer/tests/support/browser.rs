//! A Chromium page as the other side of a call, driven over one loopback WebSocket.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]

use std::path::PathBuf;
use std::process::Stdio;

use futures_util::{SinkExt, StreamExt};
use maru_peer::{Candidate, Description, DescriptionKind};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

const PAGE: &str = include_str!("../chromium/page.html");
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A running browser with the page loaded.
pub struct Browser {
    process: Child,
    profile: PathBuf,
    socket: WebSocketStream<TcpStream>,
}

/// What the page says.
#[derive(Debug)]
pub enum Said {
    Description(Description),
    Candidate(Candidate),
    State(String),
    Track(String),
    Channel,
    ChannelClosed,
    Stats(Value),
    /// How loud it takes our voice for, 0 to 1; `None` where it does not know.
    Level(Option<f64>),
}

/// The browser's path, or `None` where there is none: the tests then say so and pass, unless
/// `MARU_REQUIRE_CHROMIUM` is set.
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
        let kind = match description.kind {
            DescriptionKind::Offer => "offer",
            DescriptionKind::Answer => "answer",
        };
        self.send(json!({ "description": { "type": kind, "sdp": description.sdp } }))
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
    pub async fn said(&mut self) -> Said {
        let message = self.receive().await;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        assert!(message.get("error").is_none(), "the page: {message}");
        if let Some(description) = message.get("description") {
            let kind = if description["type"] == "offer" {
                DescriptionKind::Offer
            } else {
                DescriptionKind::Answer
            };
            return Said::Description(Description {
                kind,
                sdp: text(&description["sdp"]).unwrap(),
            });
        }
        if let Some(candidate) = message.get("candidate") {
            return Said::Candidate(Candidate {
                candidate: text(&candidate["candidate"]).unwrap(),
                mid: text(&candidate["mid"]),
                line: candidate["line"]
                    .as_u64()
                    .and_then(|line| line.try_into().ok()),
            });
        }
        if let Some(state) = message.get("state") {
            return Said::State(text(state).unwrap());
        }
        if let Some(kind) = message.get("track") {
            return Said::Track(text(kind).unwrap());
        }
        if message.get("channel").is_some() {
            return Said::Channel;
        }
        if message.get("closed").is_some() {
            return Said::ChannelClosed;
        }
        if let Some(level) = message.get("level") {
            return Said::Level(level.as_f64());
        }
        Said::Stats(message["stats"].clone())
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

/// Serves the page, until its WebSocket comes. Each connection by itself: a browser opens some ahead and sends nothing
/// on them, and whoever waits for those before the next one waits for ever.
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

/// `None` after a page, and of what the browser gave up.
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
