//! The task of a link: it owns the connection and handles every event in order.

use std::collections::BTreeMap;
use std::time::Instant;

use maru_negotiation::{Negotiator, Status, Transport};
use maru_peer::{Config, ConnectionState, Error, Event, Events, Kind, Peer};
use maru_protocol::Source;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::context::LinkContext;
use super::data_channels::{ChannelEvent, DataChannels};
use super::handle::{LinkConfig, LinkRequest};
use super::incoming::SyncAudio;
use super::remote_sections::RemoteSections;
use super::senders::Senders;
use super::unusable_servers::UnusableServers;
use crate::event::{EngineEvent, LinkProblem, LinkStatus, RemoteStream};
use crate::ids::StreamId;

/// A remote track.
pub(super) struct Receiver {
    pub(super) kind: Kind,
    pub(super) stream: StreamId,
}

/// The connection in use and what is negotiated on it.
pub(super) struct LinkTask {
    pub(super) config: LinkConfig,
    pub(super) context: LinkContext,
    pub(super) negotiator: Negotiator,
    /// What the page sends. Kept when the connection is replaced.
    pub(super) local_streams: BTreeMap<Source, StreamId>,
    pub(super) senders: Senders,
    pub(super) peer: Peer,
    pub(super) events: Events,
    pub(super) remote_sections: RemoteSections,
    /// By `mid`.
    pub(super) receivers: BTreeMap<String, Receiver>,
    /// A task for each receiver; returns its `mid` when the track has ended.
    pub(super) receiver_tasks: JoinSet<String>,
    pub(super) sync_audio: SyncAudio,
    pub(super) channels: DataChannels,
    pub(super) channel_events: mpsc::Receiver<ChannelEvent>,
    pub(super) unusable_servers: UnusableServers,
    /// As last reported to the page.
    pub(super) reported_tracks: Vec<RemoteStream>,
    pub(super) reported_problems: Vec<LinkProblem>,
}

impl LinkTask {
    /// Creates the connection, without negotiating.
    pub(super) async fn connect(
        config: LinkConfig,
        senders: Senders,
        context: LinkContext,
    ) -> Result<Self, String> {
        let (peer, events) = create_peer(&config)
            .await
            .map_err(|error| error.to_string())?;
        let negotiator = Negotiator::new(
            maru_negotiation::Options {
                polite: config.polite,
                offer_first: config.offer_first,
                seed: uuid::Uuid::new_v4().as_u64_pair().0,
            },
            Instant::now(),
        );
        let (channels, channel_events) = DataChannels::new();
        Ok(Self {
            config,
            context,
            negotiator,
            local_streams: BTreeMap::new(),
            senders,
            peer,
            events,
            remote_sections: RemoteSections::default(),
            receivers: BTreeMap::new(),
            receiver_tasks: JoinSet::new(),
            sync_audio: SyncAudio::default(),
            channels,
            channel_events,
            unusable_servers: UnusableServers::default(),
            reported_tracks: Vec::new(),
            reported_problems: Vec::new(),
        })
    }

    /// Runs until the sender of `requests` is dropped.
    ///
    /// # Errors
    ///
    /// Why `maru-peer` closed the connection: the events were not read fast enough, or the other side goes on sending on a
    /// closed data channel. For debugging.
    pub(super) async fn run(
        mut self,
        requests: &mut mpsc::Receiver<LinkRequest>,
    ) -> Result<(), String> {
        self.emit_status();
        let ended = self.handle_events(requests).await;
        self.receiver_tasks.shutdown().await;
        self.senders.with(BTreeMap::clear);
        self.peer.close().await;
        ended
    }

    async fn handle_events(
        &mut self,
        requests: &mut mpsc::Receiver<LinkRequest>,
    ) -> Result<(), String> {
        loop {
            let timeout_at = self.negotiator.poll_timeout();
            let timeout = async {
                match timeout_at {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // Requests before the timeout: the page sets its tracks right after creating the link, and the first
                // offer should contain them.
                biased;
                request = requests.recv() => match request {
                    Some(request) => self.on_request(request).await,
                    None => return Ok(()),
                },
                event = self.events.next() => match event {
                    Some(Event::CannotCloseChannel { .. }) => {
                        return Err("the other side goes on sending on a closed data channel".into());
                    }
                    Some(event) => self.on_peer_event(event).await,
                    None => {
                        return Err(self.unusable_servers.explain("the connection was closed"));
                    }
                },
                Some(event) = self.channel_events.recv() => self.on_channel_event(event),
                Some(ended) = self.receiver_tasks.join_next() => {
                    if let Ok(mid) = ended {
                        self.receivers.remove(&mid);
                        self.emit_tracks();
                    }
                }
                () = timeout => self.negotiate(maru_negotiation::Event::Timeout).await,
            }
        }
    }

    async fn on_request(&mut self, request: LinkRequest) {
        match request {
            LinkRequest::Receive(signal) => self.on_signal(signal).await,
            LinkRequest::SetTrack(source, stream) => self.set_track(source, stream).await,
            LinkRequest::SendMessage(text) => {
                // The page counts what is queued and stops long before this is full.
                self.channels.send(text);
            }
            LinkRequest::SetPolite(polite) => {
                self.config.polite = polite;
                self.negotiate(maru_negotiation::Event::Polite(polite))
                    .await;
            }
            LinkRequest::SetIceServers(servers) => {
                self.config.ice_servers = servers;
                self.unusable_servers.clear();
                // If that fails, the previous servers stay in use.
                let _ = self
                    .peer
                    .set_ice_servers(&ice_servers(&self.config.ice_servers))
                    .await;
            }
            LinkRequest::RestartIce => {
                self.negotiate(maru_negotiation::Event::RestartRequested)
                    .await;
            }
            LinkRequest::NetworkChanged => {
                if self.negotiator.status() != Status::Connected || self.peer.path_is_gone() {
                    self.negotiate(maru_negotiation::Event::RestartRequested)
                        .await;
                }
            }
            LinkRequest::Stats(answer) => {
                let stats = self.stats().await;
                let _ = answer.send(stats);
            }
        }
    }

    async fn on_peer_event(&mut self, event: Event) {
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
                self.negotiate(maru_negotiation::Event::Transport(transport))
                    .await;
            }
            Event::Track(track) => self.add_receiver(track),
            Event::Channel(channel) => self.channels.add(channel, false),
            Event::KeyframeWanted { mid } => {
                if let Some((_, stream)) = self.senders.by_mid(&mid) {
                    self.context.router.request_local_keyframe(stream);
                }
            }
            Event::AudioLoss(lost) => {
                let worst = self.context.audio_loss.update(self.config.link, lost);
                self.context.sound.set_loss(worst);
            }
            Event::ServerUnusable { url, error, .. } => {
                self.unusable_servers.add(url, error);
                // It may be reported after the link has failed, which it explains.
                if self.negotiator.status() == Status::Failed {
                    self.emit_status();
                }
            }
            Event::Bandwidth(bandwidth) => {
                self.context
                    .router
                    .set_bandwidth(self.config.link, bandwidth);
            }
            _ => {}
        }
    }

    fn on_channel_event(&mut self, event: ChannelEvent) {
        let link = self.config.link;
        if self.channels.on_event(&event, self.config.polite) {
            self.context.emit(EngineEvent::Open { link });
        }
        if let ChannelEvent::Message(text) = event {
            self.context.emit(EngineEvent::Message { link, text });
        }
    }

    pub(super) fn emit_status(&self) {
        self.context.emit(EngineEvent::Status {
            link: self.config.link,
            status: link_status(self.negotiator.status()),
            detail: self.unusable_servers.explain(self.negotiator.detail()),
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

pub(super) async fn create_peer(config: &LinkConfig) -> Result<(Peer, Events), Error> {
    Peer::new(Config {
        ice_servers: ice_servers(&config.ice_servers),
        bind: config.bind.clone(),
        ..Config::default()
    })
    .await
}
