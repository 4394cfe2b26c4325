//! What the tests share: two peers and the signaling between them, without a server.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]

pub mod browser;
pub mod call;
pub mod coturn;
pub mod path;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use maru_peer::{
    Bind, Candidate, Channel, Config, ConnectionState, Event, LocalTrack, Outcome, OutgoingFrame,
    Peer, RemoteTrack, ServerError,
};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// Nothing here may take longer, on a busy machine either.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn loopback() -> Config {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    Config {
        bind: Bind::Addresses(vec![address]),
        ..Config::default()
    }
}

/// Runs `future` or fails the test.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited too long for {what}"))
}

/// Rewrites a candidate on its way to the other side: how a test puts a path between two peers.
pub type Route = Arc<dyn Fn(Candidate) -> Option<Candidate> + Send + Sync>;

/// One peer with its events sorted.
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
    needed: watch::Sender<bool>,
    deaf: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

/// A description may name candidates too: all must take the route.
fn without_candidates(mut description: maru_peer::Description) -> maru_peer::Description {
    let kept = description
        .sdp
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("a=candidate"));
    description.sdp = kept.collect();
    description
}

enum Signal {
    Description(maru_peer::Description),
    Candidate(Candidate),
}

/// Rewrites a description on its way to the other side.
pub type Edit = fn(String) -> String;

/// Two peers whose signals reach each other in order; each offers when negotiation is needed, once
/// [`Side::ready`] was called. The first is impolite.
pub async fn pair(first: Config, second: Config, route: Option<Route>) -> (Side, Side) {
    edited_pair(first, second, route, |sdp| sdp).await
}

/// The same with descriptions that are not what was made.
pub async fn edited_pair(
    first: Config,
    second: Config,
    route: Option<Route>,
    edit: Edit,
) -> (Side, Side) {
    let (to_second, from_first) = mpsc::unbounded_channel();
    let (to_first, from_second) = mpsc::unbounded_channel();
    let first = side(
        Config {
            polite: false,
            ..first
        },
        to_second,
        from_second,
        route.clone(),
        edit,
    )
    .await;
    let second = side(
        Config {
            polite: true,
            ..second
        },
        to_first,
        from_first,
        route,
        edit,
    )
    .await;
    (first, second)
}

async fn side(
    config: Config,
    out: mpsc::UnboundedSender<Signal>,
    mut signals: mpsc::UnboundedReceiver<Signal>,
    route: Option<Route>,
    edit: Edit,
) -> Side {
    let (peer, mut events) = Peer::new(config).await.unwrap();
    let peer = Arc::new(peer);
    let (tell_track, tracks) = mpsc::unbounded_channel();
    let (tell_channel, channels) = mpsc::unbounded_channel();
    let (tell_keyframe, keyframes) = mpsc::unbounded_channel();
    let (tell_state, state) = watch::channel(ConnectionState::Connecting);
    let (tell_bandwidth, bandwidth) = watch::channel(0);
    let (tell_offer, offers) = watch::channel(0);
    let (tell_gathered, gathered) = watch::channel(false);
    let (tell_unusable, unusable) = mpsc::unbounded_channel();
    let (needed, mut may_offer) = watch::channel(false);
    let deaf = Arc::new(AtomicBool::new(false));
    let hears_nothing = Arc::clone(&deaf);
    let handle = Arc::clone(&peer);
    let task = tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                event = events.next() => event,
                Some(signal) = signals.recv() => {
                    if hears_nothing.load(Ordering::Relaxed) {
                        continue;
                    }
                    match signal {
                        Signal::Description(description) => {
                            let mut description = if route.is_some() { without_candidates(description) } else { description };
                            description.sdp = edit(description.sdp);
                            if let Outcome::Answer(answer) = handle.apply_description(description).await.unwrap() {
                                let _ = out.send(Signal::Description(answer));
                            }
                        }
                        Signal::Candidate(candidate) => handle.add_candidate(candidate).await.unwrap(),
                    }
                    continue;
                }
                Ok(()) = may_offer.changed() => Some(Event::NegotiationNeeded),
            };
            match event {
                Some(Event::NegotiationNeeded) if *may_offer.borrow() => {
                    match handle.create_offer().await {
                        Ok(offer) => {
                            tell_offer.send_modify(|count| *count += 1);
                            let _ = out.send(Signal::Description(offer));
                        }
                        // Told again once it is settled.
                        Err(maru_peer::Error::OfferOpen) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
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
                    tell_state.send_replace(state);
                }
                Some(Event::Track(track)) => {
                    let _ = tell_track.send(track);
                }
                Some(Event::Channel(channel)) => {
                    let _ = tell_channel.send(channel);
                }
                Some(Event::KeyframeWanted { mid }) => {
                    let _ = tell_keyframe.send(mid);
                }
                Some(Event::Bandwidth(bits_per_second)) => {
                    tell_bandwidth.send_replace(bits_per_second);
                }
                Some(Event::CandidatesComplete) => {
                    tell_gathered.send_replace(true);
                }
                Some(Event::ServerUnusable { url, error, .. }) => {
                    let _ = tell_unusable.send((url, error));
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
        needed,
        deaf,
        task,
    }
}

impl Side {
    /// From now on this side offers when negotiation is needed, and does so once now.
    pub fn ready(&self) {
        self.needed.send_replace(true);
    }

    /// Signals of the other side are lost from now on, or are not any more.
    pub fn set_deaf(&self, deaf: bool) {
        self.deaf.store(deaf, Ordering::Relaxed);
    }

    pub async fn reaches(&mut self, wanted: ConnectionState) {
        let state = self.state.wait_for(|state| *state == wanted);
        soon(&format!("{wanted:?}"), state).await.unwrap();
    }

    pub async fn close(self) {
        soon("close", self.peer.close()).await;
        soon("the end of events", self.task).await.unwrap();
    }
}

/// A frame a decoder would not like, but whose place in a stream can be seen: index and size are in it.
pub fn frame(index: u32, keyframe: bool, size: usize) -> Bytes {
    let mut data = vec![u8::from(!keyframe); size.max(8)];
    data[4..8].copy_from_slice(&index.to_be_bytes());
    Bytes::from(data)
}

pub fn index_of(frame: &[u8]) -> u32 {
    u32::from_be_bytes(frame[4..8].try_into().unwrap())
}

/// Writes until the track is negotiated and the frame was taken.
pub async fn write(track: &LocalTrack, data: Bytes, timestamp: u32) {
    let frame = OutgoingFrame {
        data,
        timestamp,
        after_silence: false,
        level: None,
    };
    soon("a written frame", async {
        while track.write(frame.clone()).await == Err(maru_peer::Error::NotNegotiated) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
