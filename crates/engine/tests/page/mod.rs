//! A page and its worker, without a webview.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use maru_engine::{
    Command, Config, Engine, EngineError, EngineEvent, LinkFigures, LinkStatus, Opened,
};
use maru_peer::Bind;
use maru_protocol::{PeerSignal, Source};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const ORIGIN: &str = "tauri://localhost";
/// Bounds a broken test.
const PATIENCE: Duration = Duration::from_secs(60);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) struct Page {
    engine: Engine,
    opened: Opened,
    events: mpsc::UnboundedReceiver<EngineEvent>,
    /// Events that were read while waiting for another.
    kept: Vec<EngineEvent>,
    worker: Socket,
    timestamp: u32,
    polite: bool,
    /// Rewrites the descriptions it gets.
    pub(crate) edit: fn(String) -> String,
}

/// A frame as the worker got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) stream: u32,
    pub(crate) keyframe: bool,
    pub(crate) payload: Vec<u8>,
}

/// Something that passes for a VP8 frame (RFC 6386 §9.1) of about this size.
pub(crate) fn frame(keyframe: bool, size: usize) -> Vec<u8> {
    let mut frame = vec![u8::from(!keyframe) | 0x10, 0, 0];
    if keyframe {
        frame.extend([0x9d, 0x01, 0x2a, 64, 0, 48, 0]);
    }
    frame.extend((0..size).map(|at| u8::try_from(at % 251).unwrap()));
    frame
}

async fn dial(opened: &Opened, origin: &str, token: &str) -> Option<Socket> {
    let mut request = opened.media_url.as_str().into_client_request().unwrap();
    let protocols = format!("maru-media.v1, {token}");
    let headers = request.headers_mut();
    headers.insert("Origin", origin.parse().unwrap());
    headers.insert(
        "Sec-WebSocket-Protocol",
        HeaderValue::from_str(&protocols).unwrap(),
    );
    connect_async(request).await.ok().map(|(socket, _)| socket)
}

impl Page {
    /// An impolite one and a polite one.
    pub(crate) async fn pair() -> (Self, Self) {
        let (one, mut two) = (Self::open().await, Self::open().await);
        two.polite = true;
        (one, two)
    }

    pub(crate) async fn open() -> Self {
        let engine = Engine::start(Config {
            origins: vec![ORIGIN.into()],
            bind: Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]),
            mock_sound: true,
            mock_onsets: None,
        })
        .await
        .unwrap();
        let (opened, events) = Self::listen(&engine);
        let worker = dial(&opened, ORIGIN, &opened.token).await.unwrap();
        Self {
            engine,
            opened,
            events,
            kept: Vec::new(),
            worker,
            timestamp: 0,
            polite: false,
            edit: |sdp| sdp,
        }
    }

    fn listen(engine: &Engine) -> (Opened, mpsc::UnboundedReceiver<EngineEvent>) {
        let (tell, events) = mpsc::unbounded_channel();
        let opened = engine.open(move |event| {
            let _ = tell.send(event);
        });
        (opened, events)
    }

    /// Like a reload: the same engine, another page.
    pub(crate) fn reopen(&mut self) {
        (self.opened, self.events) = Self::listen(&self.engine);
        self.kept.clear();
    }

    pub(crate) fn token(&self) -> String {
        self.opened.token.clone()
    }

    pub(crate) async fn admits(&self, token: &str) -> bool {
        self.admits_from(ORIGIN, token).await
    }

    pub(crate) async fn admits_from(&self, origin: &str, token: &str) -> bool {
        dial(&self.opened, origin, token).await.is_some()
    }

    pub(crate) async fn reconnect_worker(&mut self) {
        self.worker = dial(&self.opened, ORIGIN, &self.opened.token)
            .await
            .unwrap();
    }

    pub(crate) fn create(link: u32, first: bool) -> Command {
        Command::CreateLink {
            link,
            ice_servers: Vec::new(),
            polite: !first,
            offer_first: first,
        }
    }

    pub(crate) fn command(&self, command: Command) {
        self.try_command(command).unwrap();
    }

    pub(crate) fn try_command(&self, command: Command) -> Result<(), EngineError> {
        self.engine.command(command)
    }

    pub(crate) async fn figures(&self, link: u32) -> Option<LinkFigures> {
        self.engine.figures(link).await
    }

    /// Makes the link, and has it send this stream.
    pub(crate) fn give_camera(&self, link: u32, stream: u32) {
        self.ensure(link);
        self.command(Command::SetTrack {
            link,
            source: Source::Camera,
            stream: Some(stream),
        });
    }

    pub(crate) fn share(&self, link: u32, stream: Option<u32>) {
        self.command(Command::SetTrack {
            link,
            source: Source::Screen,
            stream,
        });
    }

    pub(crate) async fn give_microphone(&self, link: u32) {
        self.ensure(link);
        let microphone = self.engine.open_microphone(None).await.unwrap();
        self.command(Command::SetTrack {
            link,
            source: Source::Microphone,
            stream: Some(microphone.stream),
        });
    }

    /// Both wait half a second and then offer: a glare, which is settled or is a bug.
    fn ensure(&self, link: u32) {
        let _ = self.try_command(Command::CreateLink {
            link,
            ice_servers: Vec::new(),
            polite: self.polite,
            offer_first: false,
        });
    }

    pub(crate) async fn say(&self, link: u32, text: &str) {
        self.command(Command::SendMessage {
            link,
            text: text.into(),
        });
    }

    pub(crate) fn network_changed(&self) {
        self.engine.network_changed();
    }

    /// What the link has said to the other side since the last look.
    pub(crate) fn signals(&mut self) -> Vec<PeerSignal> {
        let mut signals = Vec::new();
        while let Ok(event) = self.events.try_recv() {
            match event {
                EngineEvent::Signal { signal, .. } => signals.push(signal),
                EngineEvent::Levels { .. } => {}
                other => self.kept.push(other),
            }
        }
        signals
    }

    /// Drops what was kept.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
    }

    /// The link's last status.
    pub(crate) fn status(&self) -> Option<LinkStatus> {
        self.kept.iter().rev().find_map(|event| match event {
            EngineEvent::Status { status, .. } => Some(*status),
            _ => None,
        })
    }

    pub(crate) fn receive(&self, link: u32, signal: PeerSignal) {
        self.command(Command::Receive { link, signal });
    }

    /// The next event that fits; the others are kept.
    pub(crate) async fn until(&mut self, fits: impl Fn(&EngineEvent) -> bool) -> EngineEvent {
        if let Some(at) = self.kept.iter().position(&fits) {
            return self.kept.remove(at);
        }
        tokio::time::timeout(PATIENCE, async {
            loop {
                let event = self.events.recv().await.unwrap();
                if fits(&event) {
                    return event;
                }
                if !matches!(event, EngineEvent::Levels { .. }) {
                    self.kept.push(event);
                }
            }
        })
        .await
        .unwrap_or_else(|_| panic!("not within {PATIENCE:?}; heard {:#?}", self.kept))
    }

    /// Whether something that fits came while another was waited for.
    pub(crate) fn heard(&self, fits: impl Fn(&EngineEvent) -> bool) -> bool {
        self.kept.iter().any(fits)
    }

    async fn send(&mut self, stream: u32, keyframe: bool, size: usize) {
        self.timestamp = self.timestamp.wrapping_add(3000);
        let mut message = vec![1, u8::from(keyframe), 0, 0];
        message.extend(stream.to_le_bytes());
        message.extend(self.timestamp.to_le_bytes());
        message.extend([0; 4]);
        message.extend(frame(keyframe, size));
        self.send_raw(message).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Vec<u8>) {
        self.worker
            .send(Message::Binary(message.into()))
            .await
            .unwrap();
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.worker.send(Message::Text(text.into())).await.unwrap();
    }

    /// A frame the worker got, if one is there.
    async fn look(&mut self) -> Option<Seen> {
        let next = tokio::time::timeout(Duration::from_millis(20), self.worker.next());
        match next.await.ok()??.ok()? {
            Message::Binary(message) => Some(Seen {
                keyframe: message[1] == 1,
                stream: u32::from_le_bytes(message[4..8].try_into().unwrap()),
                payload: message[16..].to_vec(),
            }),
            _ => None,
        }
    }

    /// Sends a picture every 20 ms, every tenth a keyframe, until the other worker gets one.
    pub(crate) async fn send_until_seen(
        &mut self,
        stream: u32,
        other: &mut Page,
        as_stream: u32,
    ) -> Seen {
        tokio::time::timeout(PATIENCE, async {
            for turn in 0.. {
                self.send(stream, turn % 10 == 0, 5_000).await;
                while let Some(seen) = other.look().await {
                    if seen.stream == as_stream {
                        assert_eq!(seen.payload, frame(seen.keyframe, 5_000));
                        return seen;
                    }
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            unreachable!()
        })
        .await
        .unwrap()
    }

    /// Sends pictures until the other page hears of a track: it does with the first packet.
    pub(crate) async fn exchange_until_track(
        &mut self,
        other: &mut Page,
        link: u32,
        source: Source,
        stream: u32,
    ) -> u32 {
        tokio::time::timeout(PATIENCE, async {
            for turn in 0.. {
                self.send(stream, turn % 10 == 0, 5_000).await;
                pass(self, other, link);
                pass(other, self, link);
                let found = other.kept.iter().rev().find_map(|event| match event {
                    EngineEvent::Tracks { tracks, .. } => {
                        tracks.iter().find(|track| track.source == source)
                    }
                    _ => None,
                });
                if let Some(track) = found {
                    return track.stream;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            unreachable!()
        })
        .await
        .unwrap_or_else(|_| panic!("no track; heard {:#?}", other.kept))
    }

    pub(crate) async fn camera_of_after(
        &mut self,
        sender: &mut Page,
        link: u32,
        stream: u32,
    ) -> u32 {
        sender
            .exchange_until_track(self, link, Source::Camera, stream)
            .await
    }

    /// Passes signals on until the other page hears of something that fits.
    pub(crate) async fn exchange(
        &mut self,
        other: &mut Page,
        link: u32,
        fits: impl Fn(&EngineEvent) -> bool,
    ) {
        other.kept.clear();
        tokio::time::timeout(PATIENCE, async {
            while !other.kept.iter().any(&fits) {
                pass(self, other, link);
                pass(other, self, link);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("not told; heard {:#?}", other.kept));
    }
}

/// Hands on what one said to the other, and keeps the rest.
fn pass(from: &mut Page, to: &mut Page, link: u32) {
    while let Ok(event) = from.events.try_recv() {
        match event {
            EngineEvent::Signal { mut signal, .. } => {
                if let PeerSignal::Description { description, .. } = &mut signal {
                    description.sdp = (to.edit)(std::mem::take(&mut description.sdp));
                }
                to.command(Command::Receive { link, signal });
            }
            EngineEvent::Levels { .. } => {}
            other => from.kept.push(other),
        }
    }
}

/// Links two pages and passes their signals on until both are connected and can talk.
pub(crate) async fn connect(one: &mut Page, two: &mut Page, link: u32) {
    for (page, first) in [(&*one, true), (&*two, false)] {
        let _ = page.try_command(Page::create(link, first));
    }
    let connected = |page: &Page| {
        let status = page.kept.iter().rev().find_map(|event| match event {
            EngineEvent::Status { status, .. } => Some(*status),
            _ => None,
        });
        let open = page
            .kept
            .iter()
            .any(|event| matches!(event, EngineEvent::Open { .. }));
        status == Some(LinkStatus::Connected) && open
    };
    tokio::time::timeout(PATIENCE, async {
        while !(connected(one) && connected(two)) {
            pass(one, two, link);
            pass(two, one, link);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap_or_else(|_| panic!("not connected: {:#?} {:#?}", one.kept, two.kept));
}
