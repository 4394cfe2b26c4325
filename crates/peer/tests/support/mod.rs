//! What the tests share: two peers and the signaling between them, without a server.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]

pub mod browser;
pub mod browser_call;
pub mod burst;
pub mod call;
pub mod coturn;
pub mod negotiation;
pub mod path;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use maru_peer::{
    Bind, Candidate, Channel, ChannelOptions, Config, ConnectionState, Event, Kind, LocalTrack,
    OutgoingFrame, Peer, RemoteTrack, ServerError,
};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use self::negotiation::{Description, Negotiation};

/// Time limit of every wait, generous for busy machines.
pub const TIMEOUT: Duration = Duration::from_secs(60);

pub fn loopback() -> Config {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    Config {
        bind: Bind::Addresses(vec![address]),
        ..Config::default()
    }
}

/// The same without media.
pub fn data_only() -> Config {
    Config {
        media: false,
        ..loopback()
    }
}

/// Waits for `future`, or fails the test after [`TIMEOUT`].
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(TIMEOUT, future)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

/// For how long `future` waits for timers, in virtual time: a busy machine does not count. `future` must not wait for
/// another process, as the time passes at once then.
pub async fn waiting_time(future: impl Future<Output = ()>) -> Duration {
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    future.await;
    let waited = start.elapsed();
    tokio::time::resume();
    waited
}

/// Rewrites a candidate on its way to the remote peer, so that a test can put a path between two peers.
pub type Route = Arc<dyn Fn(Candidate) -> Option<Candidate> + Send + Sync>;

/// One peer, with a receiver for each kind of event.
pub struct Side {
    pub peer: Arc<Peer>,
    pub tracks: mpsc::UnboundedReceiver<RemoteTrack>,
    pub channels: mpsc::UnboundedReceiver<Channel>,
    pub keyframes: mpsc::UnboundedReceiver<String>,
    pub state: watch::Receiver<ConnectionState>,
    pub bandwidth: watch::Receiver<u32>,
    pub offers: watch::Receiver<u32>,
    pub gathered: watch::Receiver<bool>,
    pub unusable: mpsc::UnboundedReceiver<(String, ServerError)>,
    /// Labels of channels that could not be closed.
    pub ended: mpsc::UnboundedReceiver<String>,
    requests: mpsc::UnboundedSender<Request>,
    drop_signals: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

/// Removes the candidates of a description: only trickled ones take the route.
fn without_candidates(sdp: &str) -> String {
    sdp.split_inclusive('\n')
        .filter(|line| !line.starts_with("a=candidate"))
        .collect()
}

enum Signal {
    Description(Description),
    Candidate(Candidate),
}

/// What a test asks of a side.
enum Request {
    Offer,
    RestartIce,
}

/// Rewrites a description on its way to the remote peer.
pub type Edit = fn(String) -> String;

/// Two peers with ordered signaling between them. After [`Side::ready`] a peer offers whenever negotiation is needed. The
/// first is impolite.
pub async fn pair(first: Config, second: Config, route: Option<Route>) -> (Side, Side) {
    edited_pair(first, second, route, |sdp| sdp).await
}

/// The same, with rewritten descriptions.
pub async fn edited_pair(
    first: Config,
    second: Config,
    route: Option<Route>,
    edit: Edit,
) -> (Side, Side) {
    let (to_second, from_first) = mpsc::unbounded_channel();
    let (to_first, from_second) = mpsc::unbounded_channel();
    let first = side(first, false, (to_second, from_second), route.clone(), edit).await;
    let second = side(second, true, (to_first, from_first), route, edit).await;
    (first, second)
}

async fn side(
    config: Config,
    polite: bool,
    (out, mut signals): (
        mpsc::UnboundedSender<Signal>,
        mpsc::UnboundedReceiver<Signal>,
    ),
    route: Option<Route>,
    edit: Edit,
) -> Side {
    let (peer, mut events) = Peer::new(config).await.unwrap();
    let peer = Arc::new(peer);
    let (send_track, tracks) = mpsc::unbounded_channel();
    let (send_channel, channels) = mpsc::unbounded_channel();
    let (send_keyframe, keyframes) = mpsc::unbounded_channel();
    let (send_state, state) = watch::channel(ConnectionState::Connecting);
    let (send_bandwidth, bandwidth) = watch::channel(0);
    let (send_offer, offers) = watch::channel(0);
    let (send_gathered, gathered) = watch::channel(false);
    let (send_unusable, unusable) = mpsc::unbounded_channel();
    let (requests, mut requested) = mpsc::unbounded_channel();
    let (send_ended, ended) = mpsc::unbounded_channel();
    let drop_signals = Arc::new(AtomicBool::new(false));
    let dropping = Arc::clone(&drop_signals);
    let mut negotiation = Negotiation::new(Arc::clone(&peer), polite);
    let task = tokio::spawn(async move {
        loop {
            if let Some(offer) = negotiation.offer_if_needed().await {
                send_offer.send_modify(|count| *count += 1);
                let _ = out.send(Signal::Description(offer));
            }
            let event = tokio::select! {
                event = events.next() => event,
                Some(signal) = signals.recv() => {
                    match signal {
                        _ if dropping.load(Ordering::Relaxed) => {}
                        Signal::Description(description) => {
                            let edit = |sdp: String| edit(if route.is_some() { without_candidates(&sdp) } else { sdp });
                            let description = match description {
                                Description::Offer(sdp) => Description::Offer(edit(sdp)),
                                Description::Answer(sdp) => Description::Answer(edit(sdp)),
                            };
                            if let Some(answer) = negotiation.apply(description).await {
                                let _ = out.send(Signal::Description(answer));
                            }
                        }
                        Signal::Candidate(candidate) => negotiation.add_candidate(candidate).await,
                    }
                    continue;
                }
                Some(request) = requested.recv() => {
                    match request {
                        Request::Offer => {
                            negotiation.may_offer = true;
                            negotiation.needs_offer = true;
                        }
                        Request::RestartIce => negotiation.needs_restart = true,
                    }
                    continue;
                }
            };
            match event {
                Some(Event::NegotiationNeeded) => negotiation.needs_offer = true,
                Some(Event::Candidate(candidate)) => {
                    let candidate = match &route {
                        Some(route) => route(candidate),
                        None => Some(candidate),
                    };
                    if let Some(candidate) = candidate {
                        let _ = out.send(Signal::Candidate(candidate));
                    }
                }
                Some(Event::State(state)) => {
                    send_state.send_replace(state);
                }
                Some(Event::Track(track)) => {
                    let _ = send_track.send(track);
                }
                Some(Event::Channel(channel)) => {
                    let _ = send_channel.send(channel);
                }
                Some(Event::KeyframeWanted { mid }) => {
                    let _ = send_keyframe.send(mid);
                }
                Some(Event::Bandwidth(bits_per_second)) => {
                    send_bandwidth.send_replace(bits_per_second);
                }
                Some(Event::CandidatesComplete) => {
                    send_gathered.send_replace(true);
                }
                Some(Event::CannotCloseChannel { label }) => {
                    let _ = send_ended.send(label);
                }
                Some(Event::ServerUnusable { url, error, .. }) => {
                    let _ = send_unusable.send((url, error));
                }
                Some(_) => {}
                None => return,
            }
        }
    });
    Side {
        peer,
        tracks,
        channels,
        keyframes,
        state,
        bandwidth,
        offers,
        gathered,
        unusable,
        requests,
        ended,
        drop_signals,
        task,
    }
}

impl Side {
    /// Offers now, and from now on whenever negotiation is needed.
    pub fn ready(&self) {
        let _ = self.requests.send(Request::Offer);
    }

    /// Restarts ICE with the next offer, which is made at once after [`Self::ready`].
    pub fn restart_ice(&self) {
        let _ = self.requests.send(Request::RestartIce);
    }

    /// Begins or stops dropping incoming signals.
    pub fn set_drop_signals(&self, drop_signals: bool) {
        self.drop_signals.store(drop_signals, Ordering::Relaxed);
    }

    pub async fn reaches(&mut self, wanted: ConnectionState) {
        let state = self.state.wait_for(|state| *state == wanted);
        soon(&format!("{wanted:?}"), state).await.unwrap();
    }

    /// The next two remote tracks, one of each kind.
    pub async fn audio_and_video(&mut self) -> [RemoteTrack; 2] {
        let mut tracks = [
            soon("a track", self.tracks.recv()).await.unwrap(),
            soon("a track", self.tracks.recv()).await.unwrap(),
        ];
        tracks.sort_by_key(|track| track.kind() == Kind::Video);
        tracks
    }

    pub async fn close(self) {
        soon("close", self.peer.close()).await;
        soon("the end of events", self.task).await.unwrap();
    }
}

/// A frame that no decoder could decode, with the VP8 keyframe bit and its index in it.
pub fn frame(index: u32, keyframe: bool, size: usize) -> Bytes {
    let mut data = vec![u8::from(!keyframe); size.max(8)];
    data[4..8].copy_from_slice(&index.to_be_bytes());
    Bytes::from(data)
}

pub fn index_of(frame: &[u8]) -> u32 {
    u32::from_be_bytes(frame[4..8].try_into().unwrap())
}

/// Bytes that show if they were altered: the index, and numbers that follow from it. At least 8.
pub fn numbered(index: usize, size: usize) -> Bytes {
    let mut state = index as u64;
    let words = std::iter::from_fn(|| {
        let word = state.to_be_bytes();
        // Knuth's MMIX generator.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Some(word)
    });
    let size = size.max(8);
    let mut bytes: Vec<u8> = words.take(size.div_ceil(8)).flatten().collect();
    bytes.truncate(size);
    bytes.into()
}

/// A frame to send, without an audio level.
pub fn outgoing(data: Bytes, timestamp: u32) -> OutgoingFrame {
    OutgoingFrame {
        data,
        timestamp,
        after_silence: false,
        level: None,
    }
}

/// The value of the first `a=fingerprint` of a description, in lowercase.
pub fn fingerprint(sdp: &str) -> Option<String> {
    let value = |line: &str| Some(line.strip_prefix("a=fingerprint:sha-256 ")?.to_lowercase());
    sdp.lines().find_map(value)
}

/// A fingerprint as a description writes it, in lowercase.
pub fn written(fingerprint: [u8; 32]) -> String {
    fingerprint.map(|byte| format!("{byte:02x}")).join(":")
}

/// Options of a channel that is announced in-band.
pub fn channel(label: &str) -> ChannelOptions {
    ChannelOptions {
        label: label.into(),
        negotiated: None,
        ordered: true,
    }
}

/// Options of a channel that both peers create with this ID.
pub fn negotiated(id: u16, ordered: bool) -> ChannelOptions {
    ChannelOptions {
        label: format!("negotiated {id}"),
        negotiated: Some(id),
        ordered,
    }
}

/// Waits until the track is negotiated, and writes the frame.
pub async fn write(track: &LocalTrack, data: Bytes, timestamp: u32) {
    let frame = outgoing(data, timestamp);
    soon("a written frame", async {
        while track.write(frame.clone()).await == Err(maru_peer::Error::NotNegotiated) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
