//! A call between a peer and a Chromium page.
//!
//! The peer sends back what it receives: the browser's own VP8 frames and Opus packets, reassembled and packetized again.
//! If the browser decodes them, both directions work.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use maru_peer::{Channel, Config, Event, Events, Kind, LocalTrack, Message, Peer, RemoteTrack};
use serde_json::Value;

use super::browser::{Browser, PageMessage};
use super::negotiation::{Description, Negotiation};
use super::{channel, fingerprint, loopback, outgoing, soon};

/// A peer and the page, with signaling between them.
pub struct BrowserCall {
    pub peer: Arc<Peer>,
    pub events: Events,
    pub browser: Browser,
    /// The local microphone and camera; `None` without media.
    pub tracks: Option<[LocalTrack; 2]>,
    pub channel: Option<Channel>,
    stats: Option<Value>,
    /// The level of our audio as the page reported it, `Some(None)` if it does not know.
    pub level: Option<Option<f64>>,
    /// The page's connection state.
    pub page: String,
    pub negotiation: Negotiation,
    /// Received media is sent back.
    pub echoes: bool,
    /// Offers received from the page.
    pub offers_seen: u32,
    /// `a=fingerprint` of the page's last description.
    pub fingerprint: Option<String>,
}

impl BrowserCall {
    pub async fn new(path: PathBuf) -> Self {
        Self::with(path, loopback()).await
    }

    pub async fn with(path: PathBuf, config: Config) -> Self {
        let browser = Browser::start(path).await;
        let media = config.media;
        let (peer, events) = Peer::new(config).await.unwrap();
        let mut tracks = None;
        if media {
            tracks = Some([
                peer.add_track(Kind::Audio).await.unwrap(),
                peer.add_track(Kind::Video).await.unwrap(),
            ]);
        }
        let peer = Arc::new(peer);
        Self {
            negotiation: Negotiation::new(Arc::clone(&peer), false),
            peer,
            events,
            browser,
            tracks,
            channel: None,
            stats: None,
            level: None,
            page: String::new(),
            echoes: true,
            offers_seen: 0,
            fingerprint: None,
        }
    }

    pub fn track(&self, kind: Kind) -> &LocalTrack {
        let [microphone, camera] = self.tracks.as_ref().unwrap();
        match kind {
            Kind::Audio => microphone,
            Kind::Video => camera,
        }
    }

    pub async fn open_channel(&mut self) {
        let data = self.peer.create_channel(channel("maru")).await.unwrap();
        self.channel = Some(data);
    }

    /// Offers now, and from now on whenever negotiation is needed.
    pub async fn offer(&mut self) {
        self.negotiation.may_offer = true;
        self.negotiation.needs_offer = true;
        self.offer_if_needed().await;
    }

    /// Offers a restart of ICE once no offer is pending.
    pub async fn restart_ice(&mut self) {
        self.negotiation.may_offer = true;
        self.negotiation.needs_restart = true;
        self.offer_if_needed().await;
    }

    async fn offer_if_needed(&mut self) {
        if let Some(offer) = self.negotiation.offer_if_needed().await {
            self.browser.description(&offer).await;
        }
    }

    /// Runs the call until `done` returns true.
    pub async fn until(&mut self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        soon(what, async {
            while !done(self) {
                self.step().await;
            }
        })
        .await;
    }

    pub async fn step(&mut self) {
        tokio::select! {
            event = self.events.next() => match event.expect("the peer stands") {
                Event::Candidate(candidate) => {
                    // Without a `mid` browsers assume the first section, rejected or not.
                    assert!(candidate.mid.as_deref().is_some_and(|mid| !mid.is_empty()));
                    self.browser.candidate(&candidate).await;
                }
                Event::NegotiationNeeded => self.negotiation.needs_offer = true,
                Event::Track(track) if self.echoes => {
                    let to = self.track(track.kind()).clone();
                    tokio::spawn(echo(track, to));
                }
                Event::Channel(channel) => self.channel = Some(channel),
                Event::KeyframeWanted { mid } => {
                    assert_eq!(Some(mid), self.track(Kind::Video).mid());
                }
                _ => {}
            },
            message = self.browser.next_message() => match message {
                PageMessage::Description(description) => {
                    self.offers_seen += u32::from(matches!(description, Description::Offer(_)));
                    let (Description::Offer(sdp) | Description::Answer(sdp)) = &description;
                    self.fingerprint = fingerprint(sdp);
                    if let Some(answer) = self.negotiation.apply(description).await {
                        self.browser.description(&answer).await;
                    }
                }
                PageMessage::Candidate(candidate) => self.negotiation.add_candidate(candidate).await,
                PageMessage::State(state) => self.page = state,
                PageMessage::Stats(stats) => self.stats = Some(stats),
                PageMessage::Level(level) => self.level = Some(level),
                PageMessage::Track | PageMessage::Channel | PageMessage::ChannelClosed => {}
            },
        }
        self.offer_if_needed().await;
    }

    pub async fn stats(&mut self) -> Value {
        self.stats = None;
        self.browser.act("stats").await;
        self.until("the page's statistics", |call| call.stats.is_some())
            .await;
        self.stats.clone().unwrap()
    }

    /// Waits until media flows both ways: the browser decodes the video that it gets back.
    pub async fn media_flows(&mut self, when: &str) {
        self.flows(30, when).await;
    }

    /// The same without video.
    pub async fn audio_flows(&mut self, when: &str) {
        self.flows(0, when).await;
    }

    pub async fn flows(&mut self, frames: u64, when: &str) {
        let before = self.stats().await;
        let more = |after: &Value, name: &str, by: u64| {
            after[name].as_u64() >= before[name].as_u64().map(|it| it + by)
        };
        soon(
            &format!("{frames} decoded frames and 50 audio packets {when}"),
            async {
                loop {
                    let after = self.stats().await;
                    if more(&after, "decoded", frames) && more(&after, "samples", 50) {
                        return;
                    }
                    let pause = tokio::time::sleep(Duration::from_millis(100));
                    tokio::pin!(pause);
                    loop {
                        tokio::select! {
                            () = &mut pause => break,
                            () = self.step() => {}
                        }
                    }
                }
            },
        )
        .await;
    }

    pub async fn channel_echoes(&mut self) {
        let mut channel = self.channel.take().unwrap();
        soon("the channel", channel.opened()).await.unwrap();
        for message in [
            Message::Text("안녕, chromium".into()),
            Message::Binary(vec![9; 100_000].into()),
        ] {
            channel.send(message.clone()).await.unwrap();
            let echoed = tokio::select! {
                echoed = soon("the echo", channel.recv()) => echoed,
                () = async { loop { self.step().await } } => unreachable!(),
            };
            assert_eq!(echoed, Some(message));
        }
        self.channel = Some(channel);
    }

    pub async fn end(self) {
        self.peer.close().await;
        self.browser.stop().await;
    }
}

/// Sends the frames of a remote track back.
async fn echo(mut from: RemoteTrack, to: LocalTrack) {
    let mut keyframe_seen = from.kind() == Kind::Audio;
    while let Some(frame) = from.recv().await {
        keyframe_seen |= frame.keyframe;
        if keyframe_seen {
            // Frames before the connection is established are lost; the browser then requests a keyframe.
            let _ = to.write(outgoing(frame.data, frame.timestamp)).await;
        }
    }
}
