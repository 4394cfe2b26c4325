//! Calls with a real browser: either side offering, media both ways, channel, ICE restart, close.
//!
//! What we send is what the browser sent: its own VP8 frames and Opus packets, reassembled here and packetised
//! anew. What comes back decoded there is proof of both directions.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use maru_audio::capture::CapturePipeline;
use maru_audio::codec::EncoderSettings;
use maru_audio::processing::ProcessingSettings;
use maru_peer::{
    AudioLevel, Channel, ChannelOptions, ConnectionState, Error, Event, Events, Kind, LocalTrack,
    Message, Outcome, OutgoingFrame, Peer, RemoteTrack,
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
    /// How loud the page takes us for, once it said so.
    level: Option<Option<f64>>,
    page: String,
    may_offer: bool,
    /// What comes goes back.
    echoes: bool,
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
            level: None,
            page: String::new(),
            may_offer: false,
            echoes: true,
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
                Event::Candidate(candidate) => {
                    // Without the name of a section a browser takes it for the first, refused or not.
                    assert!(candidate.mid.as_deref().is_some_and(|mid| !mid.is_empty()));
                    self.browser.candidate(&candidate).await;
                }
                Event::NegotiationNeeded if self.may_offer => self.offer().await,
                Event::Track(track) if self.echoes => {
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
                Said::Level(level) => self.level = Some(level),
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
        self.flows(30, when).await;
    }

    /// The same without a picture.
    async fn sound_flows(&mut self, when: &str) {
        self.flows(0, when).await;
    }

    async fn flows(&mut self, frames: u64, when: &str) {
        let before = self.stats().await;
        let more = |after: &Value, name: &str, by: u64| {
            after[name].as_u64() >= before[name].as_u64().map(|it| it + by)
        };
        soon(
            &format!("{frames} decoded frames and 50 packets of sound {when}"),
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
            level: None,
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

/// Everything but the picture, and again after either side looked for a new path.
async fn all_but_the_picture(mut call: Call) {
    call.until("the connection", |call| {
        call.page == "connected" && call.channel.is_some()
    })
    .await;
    call.sound_flows("at first").await;
    call.channel_echoes().await;
    assert!(call.peer.lacks_codec(Kind::Video).await);
    assert!(!call.peer.lacks_codec(Kind::Audio).await);
    let picture = OutgoingFrame {
        data: vec![0; 100].into(),
        timestamp: 0,
        after_silence: false,
        level: None,
    };
    assert_eq!(call.camera.write(picture).await, Err(Error::NotNegotiated));
    call.may_offer = true;
    call.peer.restart_ice().await;
    call.sound_flows("after our restart").await;
    let before = call.offers_seen;
    call.browser.act("restart").await;
    call.until("their offer", |call| call.offers_seen > before)
        .await;
    call.sound_flows("after their restart").await;
    call.channel_echoes().await;
    assert!(call.peer.lacks_codec(Kind::Video).await);
    assert_eq!(call.page, "connected");
    call.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_video_codec_in_common_we_offer() {
    let Some(path) = installed() else { return };
    let mut call = Call::new(path).await;
    call.browser.act("media").await;
    call.browser.act("h264").await;
    call.open_channel().await;
    call.offer().await;
    all_but_the_picture(call).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_video_codec_in_common_they_offer() {
    let Some(path) = installed() else { return };
    let mut call = Call::new(path).await;
    call.browser.act("media").await;
    call.browser.act("h264").await;
    call.browser.act("channel").await;
    call.browser.act("offer").await;
    all_but_the_picture(call).await;
}

/// Speaks for 20 ms at a time until the page takes us for as loud as `wanted`.
async fn speak(
    call: &mut Call,
    voice: &mut CapturePipeline,
    peak: f32,
    what: &str,
    wanted: fn(f64) -> bool,
) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let track = call.voice.clone();
    soon(what, async {
        while !call.level.flatten().is_some_and(wanted) {
            call.level = None;
            call.browser.act("level").await;
            while call.level.is_none() {
                tokio::select! {
                    () = call.step() => {}
                    _ = ticks.tick() => {
                        for _ in 0..2 {
                            let mut block = tone(peak);
                            let Some(packet) = voice.process_capture(&mut block, Duration::ZERO).unwrap() else { continue };
                            track.write(OutgoingFrame {
                                data: packet.payload.to_vec().into(),
                                timestamp: packet.timestamp,
                                after_silence: packet.after_silence,
                                level: Some(AudioLevel {
                                    voice: packet.level.voice,
                                    minus_dbov: packet.level.minus_dbov,
                                }),
                            }).await.unwrap();
                        }
                    }
                }
            }
        }
    })
    .await;
}

/// 10 ms of 400 Hz.
fn tone(peak: f32) -> [f32; 480] {
    std::array::from_fn(|index| {
        let phase = std::f32::consts::TAU * f32::from(u16::try_from(index).unwrap()) / 120.0;
        peak * phase.sin()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_sees_how_loud_we_are() {
    let Some(path) = installed() else { return };
    let settings = ProcessingSettings {
        echo_cancellation: false,
        noise_suppression: false,
        gain_control: false,
    };
    let mut voice = CapturePipeline::new(settings, EncoderSettings::default()).unwrap();
    for we_offer in [true, false] {
        let mut call = Call::new(path.clone()).await;
        call.echoes = false;
        if we_offer {
            call.offer().await;
        } else {
            call.browser.act("media").await;
            call.browser.act("offer").await;
        }
        call.until("the connection", |call| call.page == "connected")
            .await;
        // A sine with this peak has a root mean square 9 dB under the overload point: 0.35 of it.
        speak(&mut call, &mut voice, 0.5, "a loud voice", |level| {
            (0.3..0.4).contains(&level)
        })
        .await;
        speak(&mut call, &mut voice, 0.0, "silence", |level| level == 0.0).await;
        speak(&mut call, &mut voice, 0.05, "a soft voice", |level| {
            (0.03..0.04).contains(&level)
        })
        .await;
        call.end().await;
    }
}
