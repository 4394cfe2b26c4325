//! The link itself: everything that happens to one connection, in one place and in order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use maru_negotiation::{Negotiator, Status, Transport};
use maru_peer::{Config, ConnectionState, Error, Event, Events, Kind, Peer};
use maru_protocol::Source;
use maru_sound::Sound;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::incoming::{self, Voice};
use super::outgoing::{MAX_FRAMES, MAX_PACKETS, Outgoing};
use super::sections::Sections;
use super::servers::Unusable;
use super::talk::{Heard, Talk};
use super::{Handle, MAX_REQUESTS, Options, Request};
use crate::engine::Listener;
use crate::hub::Hub;
use crate::{EngineEvent, LinkProblem, LinkStatus, RemoteStream, StreamId};

/// What the estimate begins with, as in `maru-peer`; bits per second.
const BANDWIDTH_AT_FIRST: u32 = 500_000;
/// Things channels and tracks say, waiting to be heard.
pub(super) const MAX_HEARD: usize = 64;

/// Makes a link. It ends when the handle goes.
pub(crate) fn spawn(
    options: Options,
    hub: Arc<Hub>,
    sound: Sound,
    listener: Listener,
    tasks: &mut JoinSet<()>,
) -> Handle {
    let (requests, asked) = mpsc::channel(MAX_REQUESTS);
    let (voice, packets) = mpsc::channel(MAX_PACKETS);
    let video = hub.link_came(options.link, BANDWIDTH_AT_FIRST, MAX_FRAMES);
    tasks.spawn(async move {
        let outgoing = Outgoing::default();
        let pump = outgoing.clone().run(Arc::clone(&hub), video, packets);
        let link = options.link;
        let task = Box::pin(Task::run(
            options,
            outgoing,
            Arc::clone(&hub),
            sound,
            listener.clone(),
            asked,
        ));
        tokio::select! {
            () = task => {}
            () = async { pump.await; std::future::pending().await } => {}
        }
        hub.link_went(link);
        listener(EngineEvent::Status {
            link,
            status: crate::LinkStatus::Closed,
            detail: String::new(),
        });
    });
    Handle { requests, voice }
}

/// A remote track and its name.
pub(super) struct Remote {
    pub(super) kind: Kind,
    pub(super) stream: StreamId,
}

pub(super) struct Task {
    pub(super) options: Options,
    pub(super) outgoing: Outgoing,
    pub(super) out: incoming::Out,
    /// What is sent, connection or not: it survives a connection that has to be made anew.
    pub(super) wanted: BTreeMap<Source, StreamId>,
    pub(super) peer: Peer,
    pub(super) events: Events,
    pub(super) negotiator: Negotiator,
    pub(super) sections: Sections,
    pub(super) remotes: BTreeMap<String, Remote>,
    pub(super) told: Vec<RemoteStream>,
    pub(super) problems: Vec<LinkProblem>,
    pub(super) voice: Voice,
    pub(super) pumps: JoinSet<String>,
    pub(super) talk: Talk,
    pub(super) heard: mpsc::Receiver<Heard>,
    pub(super) unusable: Unusable,
}

impl Task {
    async fn run(
        options: Options,
        outgoing: Outgoing,
        hub: Arc<Hub>,
        sound: Sound,
        listener: Listener,
        mut asked: mpsc::Receiver<Request>,
    ) {
        let (peer, events) = match connect(&options).await {
            Ok(made) => made,
            Err(error) => {
                listener(EngineEvent::Status {
                    link: options.link,
                    status: crate::LinkStatus::Failed,
                    detail: error.to_string(),
                });
                // Until it is closed: a link that vanished by itself would be a surprise.
                while asked.recv().await.is_some() {}
                return;
            }
        };
        let now = Instant::now();
        let (tell, heard) = mpsc::channel(MAX_HEARD);
        let negotiator = Negotiator::new(
            maru_negotiation::Options {
                polite: options.polite,
                offer_first: options.offer_first,
                seed: uuid::Uuid::new_v4().as_u64_pair().0,
            },
            now,
        );
        let mut task = Self {
            options,
            outgoing,
            out: incoming::Out {
                hub,
                sound,
                listener,
            },
            wanted: BTreeMap::new(),
            peer,
            events,
            negotiator,
            sections: Sections::default(),
            remotes: BTreeMap::new(),
            told: Vec::new(),
            problems: Vec::new(),
            voice: Voice::default(),
            pumps: JoinSet::new(),
            talk: Talk::new(tell),
            heard,
            unusable: Unusable::default(),
        };
        task.tell_status();
        task.serve(&mut asked).await;
        task.pumps.shutdown().await;
        task.outgoing.with(BTreeMap::clear);
        task.peer.close().await;
    }

    async fn serve(&mut self, asked: &mut mpsc::Receiver<Request>) {
        loop {
            let due = self.negotiator.poll_timeout();
            let timeout = async {
                match due {
                    // The tracks to send are asked for right after the link: one offer, not two.
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                request = asked.recv() => match request {
                    Some(request) => self.asked(request).await,
                    None => return,
                },
                event = self.events.next() => match event {
                    Some(event) => self.happened(event).await,
                    None => {
                        let closed = "the connection was closed".to_owned();
                        return self.feed(maru_negotiation::Event::Failed(closed)).await;
                    }
                },
                Some(heard) = self.heard.recv() => self.hear(heard),
                Some(ended) = self.pumps.join_next() => {
                    if let Ok(mid) = ended {
                        self.remotes.remove(&mid);
                        self.tell_tracks();
                    }
                }
                () = timeout => self.feed(maru_negotiation::Event::Timeout).await,
            }
        }
    }

    async fn asked(&mut self, request: Request) {
        match request {
            Request::Receive(signal) => self.receive(signal).await,
            Request::SetTrack(source, stream) => self.set_track(source, stream).await,
            Request::Send(text) => {
                // The page counts what it hands over and stops long before this is full.
                self.talk.send(text);
            }
            Request::SetPolite(polite) => {
                self.options.polite = polite;
                self.peer.set_polite(polite);
                self.feed(maru_negotiation::Event::Polite(polite)).await;
            }
            Request::SetIceServers(servers) => {
                self.options.ice_servers = servers;
                self.unusable.forget();
                // The old ones stay in use where these cannot be read.
                let _ = self
                    .peer
                    .set_ice_servers(&ice_servers(&self.options.ice_servers))
                    .await;
            }
            Request::RestartIce => self.feed(maru_negotiation::Event::RestartRequested).await,
            Request::NetworkChanged => {
                if self.negotiator.status() != Status::Connected || self.peer.path_is_gone() {
                    self.feed(maru_negotiation::Event::RestartRequested).await;
                }
            }
            Request::Figures(answer) => {
                let figures = self.figures().await;
                let _ = answer.send(figures);
            }
        }
    }

    async fn happened(&mut self, event: Event) {
        match event {
            Event::Candidate(candidate) => self.send_candidate(Some(candidate)),
            Event::CandidatesComplete => self.send_candidate(None),
            Event::State(state) => {
                let transport = match state {
                    ConnectionState::Connected => Transport::Connected,
                    ConnectionState::Reconnecting => Transport::Disconnected,
                    ConnectionState::Failed => Transport::Failed,
                    ConnectionState::Connecting | ConnectionState::Closed => return,
                };
                self.feed(maru_negotiation::Event::Transport(transport))
                    .await;
            }
            Event::Track(track) => self.track_came(track),
            Event::Channel(channel) => self.talk.add(channel, false),
            Event::KeyframeWanted { mid } => {
                let stream = self.outgoing.with(|tracks| {
                    tracks
                        .values()
                        .find(|sent| sent.track.mid().as_deref() == Some(&mid))
                        .and_then(|sent| sent.stream)
                });
                if let Some(stream) = stream {
                    self.out.hub.link_wants_keyframe(stream);
                }
            }
            Event::AudioLoss(lost) => {
                let worst = self.out.hub.set_voice_loss(self.options.link, lost);
                self.out.sound.set_loss(worst);
            }
            Event::ServerUnusable { url, error, .. } => {
                self.unusable.note(url, error);
                // It may come after the news that there is no path.
                if self.negotiator.status() == Status::Failed {
                    self.tell_status();
                }
            }
            Event::Bandwidth(bits) => self.out.hub.set_bandwidth(self.options.link, bits),
            _ => {}
        }
    }

    fn hear(&mut self, heard: Heard) {
        let link = self.options.link;
        if self.talk.note(&heard, self.options.polite) {
            (self.out.listener)(EngineEvent::Open { link });
        }
        if let Heard::Text(text) = heard {
            (self.out.listener)(EngineEvent::Message { link, text });
        }
    }

    pub(super) fn tell_status(&self) {
        (self.out.listener)(EngineEvent::Status {
            link: self.options.link,
            status: link_status(self.negotiator.status()),
            detail: self.unusable.explain(self.negotiator.detail()),
        });
    }
}

fn link_status(status: Status) -> LinkStatus {
    match status {
        Status::Connecting => LinkStatus::Connecting,
        Status::Connected => LinkStatus::Connected,
        Status::Reconnecting => LinkStatus::Reconnecting,
        Status::Failed => LinkStatus::Failed,
    }
}

fn ice_servers(servers: &[maru_protocol::IceServer]) -> Vec<maru_peer::IceServer> {
    servers
        .iter()
        .map(|server| maru_peer::IceServer {
            urls: server.urls.clone(),
            username: server.username.clone(),
            credential: server.credential.clone(),
        })
        .collect()
}

pub(super) async fn connect(options: &Options) -> Result<(Peer, Events), Error> {
    Peer::new(Config {
        ice_servers: ice_servers(&options.ice_servers),
        polite: options.polite,
        bind: options.bind.clone(),
        ..Config::default()
    })
    .await
}
