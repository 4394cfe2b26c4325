//! A page that uses an engine of its own.

use std::time::Duration;

use maru_engine::{
    Command, Config, Engine, EngineError, EngineEvent, LinkStats, LinkStatus, MediaEndpoint,
    SoundDevices,
};
use maru_peer::Bind;
use maru_protocol::{PeerSignal, Source};
use tokio::sync::mpsc;

use super::worker::{ReceivedFrame, Worker, vp8_frame};
use super::{LINK, TIMEOUT};

const ORIGIN: &str = "tauri://localhost";
/// Size of most frames, without the frame header.
const FRAME_BYTES: usize = 5_000;

pub(crate) struct Page {
    engine: Engine,
    endpoint: MediaEndpoint,
    events: mpsc::UnboundedReceiver<EngineEvent>,
    /// Events that were received while waiting for another, without levels.
    pub(crate) received: Vec<EngineEvent>,
    pub(crate) worker: Worker,
    polite: bool,
    /// Rewrites the descriptions that this page receives.
    pub(crate) rewrite_sdp: fn(String) -> String,
}

impl Page {
    /// An impolite and a polite page.
    pub(crate) async fn pair() -> (Self, Self) {
        let (one, mut two) = (Self::open().await, Self::open().await);
        two.polite = true;
        (one, two)
    }

    pub(crate) async fn open() -> Self {
        let engine = Engine::start(Config {
            origins: vec![ORIGIN.into()],
            bind: Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]),
            sound_devices: SoundDevices::Mock { onset_log: None },
        })
        .await
        .unwrap();
        let (endpoint, events) = Self::open_engine(&engine);
        let worker = Worker::connect(&endpoint, ORIGIN, &endpoint.token)
            .await
            .unwrap();
        Self {
            engine,
            endpoint,
            events,
            received: Vec::new(),
            worker,
            polite: false,
            rewrite_sdp: |sdp| sdp,
        }
    }

    fn open_engine(engine: &Engine) -> (MediaEndpoint, mpsc::UnboundedReceiver<EngineEvent>) {
        let (sender, events) = mpsc::unbounded_channel();
        let endpoint = engine.open(move |event| {
            let _ = sender.send(event);
        });
        (endpoint, events)
    }

    /// Reloads the page. Its worker is not connected again.
    pub(crate) fn reload(&mut self) {
        (self.endpoint, self.events) = Self::open_engine(&self.engine);
        self.received.clear();
    }

    pub(crate) fn token(&self) -> String {
        self.endpoint.token.clone()
    }

    pub(crate) async fn accepts_worker(&self, token: &str) -> bool {
        self.accepts_worker_from(ORIGIN, token).await
    }

    pub(crate) async fn accepts_worker_from(&self, origin: &str, token: &str) -> bool {
        Worker::connect(&self.endpoint, origin, token)
            .await
            .is_some()
    }

    pub(crate) async fn reconnect_worker(&mut self) {
        self.worker = Worker::connect(&self.endpoint, ORIGIN, &self.endpoint.token)
            .await
            .unwrap();
    }

    pub(crate) fn command(&self, command: Command) {
        self.try_command(command).unwrap();
    }

    pub(crate) fn try_command(&self, command: Command) -> Result<(), EngineError> {
        self.engine.command(command)
    }

    pub(crate) fn create_link(&self, link: u32, offer_first: bool) -> Result<(), EngineError> {
        self.try_command(Command::CreateLink {
            link,
            ice_servers: Vec::new(),
            polite: self.polite,
            offer_first,
        })
    }

    /// Creates the link unless it exists. Two pages that both use this offer at the same time, after half a second.
    fn ensure_link(&self) {
        let _ = self.create_link(LINK, false);
    }

    pub(crate) fn send_camera(&self, stream: u32) {
        self.ensure_link();
        self.set_track(Source::Camera, Some(stream));
    }

    pub(crate) fn share_screen(&self, stream: Option<u32>) {
        self.set_track(Source::Screen, stream);
    }

    pub(crate) async fn send_microphone(&self) {
        self.ensure_link();
        let microphone = self.engine.open_microphone(None).await.unwrap();
        self.set_track(Source::Microphone, Some(microphone.stream));
    }

    fn set_track(&self, source: Source, stream: Option<u32>) {
        self.command(Command::SetTrack {
            link: LINK,
            source,
            stream,
        });
    }

    pub(crate) fn send_message(&self, text: &str) {
        self.command(Command::SendMessage {
            link: LINK,
            text: text.into(),
        });
    }

    pub(crate) fn receive_signal(&self, signal: PeerSignal) {
        self.command(Command::Receive { link: LINK, signal });
    }

    pub(crate) fn network_changed(&self) {
        self.engine.network_changed();
    }

    pub(crate) async fn stats(&self) -> Option<LinkStats> {
        self.engine.stats(LINK).await
    }

    /// Takes the signals that the engine has emitted since the last call.
    pub(crate) fn take_signals(&mut self) -> Vec<PeerSignal> {
        let mut signals = Vec::new();
        while let Ok(event) = self.events.try_recv() {
            match event {
                EngineEvent::Signal { signal, .. } => signals.push(signal),
                EngineEvent::Levels { .. } => {}
                other => self.received.push(other),
            }
        }
        signals
    }

    /// The link's last status.
    pub(crate) fn status(&self) -> Option<LinkStatus> {
        self.received.iter().rev().find_map(|event| match event {
            EngineEvent::Status { status, .. } => Some(*status),
            _ => None,
        })
    }

    /// Whether a matching event was received while waiting for another.
    pub(crate) fn has_received(&self, matches: impl Fn(&EngineEvent) -> bool) -> bool {
        self.received.iter().any(matches)
    }

    /// The stream of the remote track that carries `source`.
    pub(crate) fn remote_stream(&self, source: Source) -> Option<u32> {
        self.received.iter().rev().find_map(|event| match event {
            EngineEvent::Tracks { tracks, .. } => tracks
                .iter()
                .find(|track| track.source == source)
                .map(|track| track.stream),
            _ => None,
        })
    }

    /// Waits for a matching event and takes it.
    pub(crate) async fn wait_for(&mut self, matches: impl Fn(&EngineEvent) -> bool) -> EngineEvent {
        if let Some(at) = self.received.iter().position(&matches) {
            return self.received.remove(at);
        }
        tokio::time::timeout(TIMEOUT, async {
            loop {
                let event = self.events.recv().await.unwrap();
                if matches(&event) {
                    return event;
                }
                if !matches!(event, EngineEvent::Levels { .. }) {
                    self.received.push(event);
                }
            }
        })
        .await
        .unwrap_or_else(|_| panic!("not within {TIMEOUT:?}; received {:#?}", self.received))
    }

    /// Waits until remote audio is audible: the mock microphone's speech is far above −40 dBFS.
    pub(crate) async fn wait_for_audible_audio(&mut self) {
        self.wait_for(|event| match event {
            EngineEvent::Levels { remote, .. } => remote.iter().any(|audio| audio.level > -40.0),
            _ => false,
        })
        .await;
    }

    pub(crate) async fn wait_for_status(&mut self, expected: &[LinkStatus]) {
        self.wait_for(
            |event| matches!(event, EngineEvent::Status { status, .. } if expected.contains(status)),
        )
        .await;
    }

    /// Sends a frame; every tenth is a keyframe.
    pub(crate) async fn send_frame(&mut self, stream: u32, index: u32) {
        self.worker
            .send_frame(stream, index.is_multiple_of(10), FRAME_BYTES)
            .await;
    }

    /// Sends frames until the other page's worker receives one of them.
    pub(crate) async fn send_frames_until_received(
        &mut self,
        stream: u32,
        other: &mut Page,
        remote_stream: u32,
    ) -> ReceivedFrame {
        tokio::time::timeout(TIMEOUT, async {
            for index in 0.. {
                self.send_frame(stream, index).await;
                while let Some(frame) = other.worker.receive_frame(Duration::from_millis(20)).await
                {
                    if frame.stream == remote_stream {
                        assert_eq!(frame.payload, vp8_frame(frame.keyframe, FRAME_BYTES));
                        return frame;
                    }
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            unreachable!()
        })
        .await
        .unwrap()
    }

    /// Sends a keyframe until the other page's worker receives one of this size.
    pub(crate) async fn send_keyframe_until_received(
        &mut self,
        stream: u32,
        size: usize,
        other: &mut Page,
        remote_stream: u32,
    ) {
        let payload = vp8_frame(true, size);
        tokio::time::timeout(TIMEOUT, async {
            loop {
                self.worker.send_frame(stream, true, size).await;
                // At the initial bandwidth estimate a large frame takes the pacer up to a second.
                while let Some(frame) = other.worker.receive_frame(Duration::from_secs(2)).await {
                    if frame.stream == remote_stream && frame.payload == payload {
                        return;
                    }
                }
            }
        })
        .await
        .unwrap_or_else(|_| panic!("no keyframe of {size} bytes received"));
    }
}
