//! Calls with a real browser: either side offering, media both ways, channel, ICE restart, close.
//!
//! What we send is what the browser sent: its own VP8 frames and Opus packets, reassembled here and packetised
//! anew. What comes back decoded there is proof of both directions.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use maru_peer::{
    Channel, ChannelOptions, ConnectionState, Error, Event, Events, Kind, LocalTrack, Message,
    Outcome, OutgoingFrame, Peer, RemoteTrack,
};
use serde_json::Value;
use support::browser::{Browser, Said, installed};
use support::{loopback, soon};

/// Our peer and the page, with signals going between them.
struct Call {
    peer: Arc<Peer>,
    events: Events,
    browser: Browser,
    voice: LocalTrack,
    camera: LocalTrack,
    channel: Option<Channel>,
    stats: Option<Value>,
    page: String,
    may_offer: bool,
    keyframes_wanted: u32,
    offers_seen: u32,
    page_channel_closed: bool,
}

impl Call {
    async fn new(path: std::path::PathBuf) -> Self {
        let browser = Browser::start(path).await;
        let (peer, events) = Peer::new(loopback()).await.unwrap();
        let voice = peer.add_track(Kind::Audio).await.unwrap();
        let camera = peer.add_track(Kind::Video).await.unwrap();
        Self {
            peer: Arc::new(peer),
            events,
            browser,
            voice,
            camera,
            channel: None,
            stats: None,
            page: String::new(),
            may_offer: false,
            keyframes_wanted: 0,
            offers_seen: 0,
            page_channel_closed: false,
        }
    }

    async fn open_channel(&mut self) {
        let options = ChannelOptions {
            label: "maru".into(),
            negotiated: None,
        };
        self.channel = Some(self.peer.create_channel(options).await.unwrap());
    }

    async fn offer(&mut self) {
        self.may_offer = true;
        match self.peer.create_offer().await {
            Ok(offer) => self.browser.description(&offer).await,
            // Told again once it is settled.
            Err(Error::OfferOpen) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// Runs the call until `done` holds.
    async fn until(&mut self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        soon(what, async {
            while !done(self) {
                self.step().await;
            }
        })
        .await;
    }

    async fn step(&mut self) {
        tokio::select! {
            event = self.events.next() => match event.expect("the peer stands") {
                Event::Candidate(candidate) => self.browser.candidate(&candidate).await,
                Event::NegotiationNeeded if self.may_offer => self.offer().await,
                Event::Track(track) => {
                    let to = match track.kind() { Kind::Audio => self.voice.clone(), Kind::Video => self.camera.clone() };
                    tokio::spawn(echo(track, to));
                }
                Event::Channel(channel) => self.channel = Some(channel),
                Event::KeyframeWanted { mid } => {
                    assert_eq!(Some(mid), self.camera.mid());
                    self.keyframes_wanted += 1;
                }
                _ => {}
            },
            said = self.browser.said() => match said {
                Said::Description(description) => {
                    self.offers_seen += u32::from(description.kind == maru_peer::DescriptionKind::Offer);
                    if let Outcome::Answer(answer) = self.peer.apply_description(description).await.unwrap() {
                        self.browser.description(&answer).await;
                    }
                }
                Said::Candidate(candidate) => self.peer.add_candidate(candidate).await.unwrap(),
                Said::State(state) => self.page = state,
                Said::Stats(stats) => self.stats = Some(stats),
                Said::ChannelClosed => self.page_channel_closed = true,
                Said::Track(_) | Said::Channel => {}
            },
        }
    }

    async fn stats(&mut self) -> Value {
        self.stats = None;
        self.browser.act("stats").await;
        self.until("the page's figures", |call| call.stats.is_some())
            .await;
        self.stats.clone().unwrap()
    }

    /// Both directions: the browser decodes what comes back from us.
    async fn media_flows(&mut self, when: &str) {
        let before = self.stats().await;
        let more = |after: &Value, name: &str, by: u64| {
            after[name].as_u64() >= before[name].as_u64().map(|it| it + by)
        };
        soon(
            &format!("30 decoded frames and 50 packets of sound {when}"),
            async {
                loop {
                    let after = self.stats().await;
                    if more(&after, "decoded", 30) && more(&after, "samples", 50) {
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

    async fn channel_echoes(&mut self) {
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

    async fn end(self) {
        self.peer.close().await;
        self.browser.stop().await;
    }
}

async fn echo(mut from: RemoteTrack, to: LocalTrack) {
    let mut keyframe_seen = from.kind() == Kind::Audio;
    while let Some(frame) = from.recv().await {
        keyframe_seen |= frame.keyframe;
        let outgoing = OutgoingFrame {
            data: frame.data,
            timestamp: frame.timestamp,
            after_silence: false,
        };
        if keyframe_seen {
            // Frames before the state is known are lost; the browser then asks for a keyframe, and so do we.
            let _ = to.write(outgoing).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn we_offer() {
    let Some(path) = installed() else { return };
    let mut call = Call::new(path).await;
    call.browser.act("media").await;
    call.open_channel().await;
    call.offer().await;
    call.until("the connection", |call| call.page == "connected")
        .await;
    call.media_flows("at first").await;
    call.channel_echoes().await;
    // From our side.
    call.peer.restart_ice().await;
    call.media_flows("after our restart").await;
    // From theirs, against the roles of the first offer.
    let before = call.offers_seen;
    call.browser.act("restart").await;
    call.until("their offer", |call| call.offers_seen > before)
        .await;
    call.media_flows("after their restart").await;
    call.channel_echoes().await;
    let stats = call.peer.stats().await;
    assert!(
        stats.path.round_trip.is_some() && stats.path.local_candidate.is_some(),
        "{stats:?}"
    );
    assert_eq!(stats.tracks.len(), 4, "{stats:?}");
    call.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_offer() {
    let Some(path) = installed() else { return };
    let mut call = Call::new(path).await;
    call.browser.act("media").await;
    call.browser.act("channel").await;
    call.browser.act("offer").await;
    call.until("the channel", |call| {
        call.channel.is_some() && call.page == "connected"
    })
    .await;
    call.media_flows("at first").await;
    call.channel_echoes().await;
    let before = call.offers_seen;
    call.browser.act("restart").await;
    call.until("their offer", |call| call.offers_seen > before)
        .await;
    call.media_flows("after their restart").await;
    call.may_offer = true;
    call.peer.restart_ice().await;
    call.media_flows("after our restart").await;
    call.channel_echoes().await;
    call.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_close_is_noticed_on_the_other_side() {
    let Some(path) = installed() else { return };
    let mut call = Call::new(path).await;
    call.open_channel().await;
    call.offer().await;
    call.until("the connection", |call| call.page == "connected")
        .await;
    call.channel_echoes().await;
    call.browser.act("close").await;
    let mut channel = call.channel.take().unwrap();
    soon("the channel's end", async {
        while channel.recv().await.is_some() {}
    })
    .await;
    soon("the state", async {
        loop {
            if let Some(Event::State(ConnectionState::Reconnecting | ConnectionState::Failed)) =
                call.events.next().await
            {
                return;
            }
        }
    })
    .await;
    call.end().await;
}
