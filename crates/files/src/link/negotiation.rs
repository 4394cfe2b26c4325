//! Makes the connection: performs what the [`Negotiator`](maru_negotiation::Negotiator) decides.

use std::time::Instant;

use maru_negotiation::{
    Action, Event, NoOffer, OfferTarget, RemoteDescription, SessionDescription, Status, Transport,
};
use maru_peer::{Candidate, ConnectionState, Error, Peer};
use maru_protocol::{Connection as Purpose, Description, IceCandidate, Open, PeerSignal};
use maru_transfer::resume::Fingerprints;

use super::channels::{ChannelState, Channels};
use super::config::{negotiator, peer_config};
use super::handle::LinkEvent;
use super::input::Opened;
use super::{Connection, LinkTask, RETRY};

impl LinkTask {
    /// Makes a connection, which the negotiator then uses.
    pub(super) async fn connect(&mut self) {
        match self.new_connection().await {
            Ok(connection) => self.connection = Some(connection),
            Err(_) => self.retry_later().await,
        }
    }

    async fn retry_later(&mut self) {
        self.retry_at = Some(Instant::now() + RETRY);
        self.emit(LinkEvent::Failed).await;
    }

    /// The connection is of no use any more: makes another one. The side that is not polite offers.
    pub(super) async fn reconnect(&mut self) {
        self.reconnect_as(!self.config.polite).await;
    }

    /// The other side closed the connection, or the peer did.
    pub(super) async fn on_connection_lost(&mut self) {
        let is_new = self.connected_at.is_some_and(|at| at.elapsed() < RETRY);
        if self.endpoint.transfers().next().is_none() {
            self.close_connection().await;
            self.emit(LinkEvent::Idle).await;
        } else if is_new {
            // It may do so again at once.
            self.close_connection().await;
            self.retry_later().await;
        } else {
            self.reconnect().await;
        }
    }

    async fn close_connection(&mut self) {
        self.endpoint.on_disconnected();
        self.close_stripes();
        if let Some(connection) = self.connection.take() {
            connection.peer.close().await;
        }
        self.emit(LinkEvent::Connected(None)).await;
    }

    pub(super) async fn reconnect_as(&mut self, offer_first: bool) {
        self.retry_at = None;
        self.close_connection().await;
        self.negotiator = negotiator(&self.config, offer_first);
        self.connect().await;
    }

    async fn new_connection(&self) -> Result<Connection, Error> {
        let (peer, events) = Peer::new(peer_config(&self.config)).await?;
        match Channels::new(&peer).await {
            Ok(channels) => Ok(Connection {
                peer,
                events,
                channels,
                has_small_socket: false,
            }),
            Err(error) => {
                peer.close().await;
                Err(error)
            }
        }
    }

    /// Both channels are open: the transfers begin, or go on.
    pub(super) async fn on_opened(&mut self, Opened(outcome): Opened) {
        let Some(connection) = &mut self.connection else {
            return;
        };
        let fingerprints = connection.peer.fingerprints().await;
        let (Ok(()), Some(fingerprints)) = (outcome, fingerprints) else {
            return self.on_connection_lost().await;
        };
        self.connected_at = Some(Instant::now());
        connection.channels.state = ChannelState::Open;
        let path = connection.peer.stats().await.path;
        if let Some(round_trip) = path.round_trip {
            self.striping.on_round_trip(round_trip);
        }
        let fingerprints = Fingerprints {
            own: fingerprints.local,
            partner: fingerprints.remote,
        };
        let candidates = self.config.candidates.all();
        let now = self.now();
        self.endpoint.on_connected(fingerprints, candidates, now);
        self.emit(LinkEvent::Connected(Some(path.relayed))).await;
    }

    pub(super) async fn on_peer_event(&mut self, event: maru_peer::Event) {
        match event {
            maru_peer::Event::Candidate(candidate) => self.send_candidate(Some(candidate)).await,
            maru_peer::Event::CandidatesComplete => self.send_candidate(None).await,
            maru_peer::Event::State(state) => {
                let transport = match state {
                    ConnectionState::Connected => Transport::Connected,
                    ConnectionState::Reconnecting => Transport::Disconnected,
                    ConnectionState::Failed => Transport::Failed,
                    ConnectionState::Connecting | ConnectionState::Closed => return,
                };
                let works = transport == Transport::Connected;
                let now = self.now();
                self.endpoint.set_path_works(works, now);
                if works && let Some(connection) = &self.connection {
                    connection.limit_in_flight().await;
                }
                self.emit(LinkEvent::Path(works)).await;
                self.negotiate(Event::Transport(transport)).await;
            }
            maru_peer::Event::NegotiationNeeded => {}
            maru_peer::Event::CannotCloseChannel { .. } => self.reconnect().await,
            _ => {}
        }
    }

    /// Passes an event to the negotiator, and performs all resulting actions before the next event.
    pub(super) async fn negotiate(&mut self, event: Event) {
        self.negotiator.handle(event, Instant::now());
        while let Some(action) = self.negotiator.poll_action() {
            if let Some(outcome) = self.perform(action).await {
                self.negotiator.handle(outcome, Instant::now());
            }
        }
    }

    async fn perform(&mut self, action: Action) -> Option<Event> {
        const NONE: &str = "there is no connection";
        let peer = self.connection.as_ref().map(|connection| &connection.peer);
        Some(match action {
            // The channels are there from the beginning.
            Action::Begin => Event::Begun(peer.map(|_| ()).ok_or_else(|| NONE.to_owned())),
            Action::CreateOffer { ice_restart } => Event::OfferCreated(match peer {
                None => Err(NoOffer::Error(NONE.to_owned())),
                Some(peer) => match peer.create_offer(ice_restart).await {
                    Ok(sdp) => Ok(description(sdp)),
                    Err(Error::NoNetwork) => Err(NoOffer::NoNetwork),
                    Err(error) => Err(NoOffer::Error(error.to_string())),
                },
            }),
            Action::ApplyOffer { offer, target } => {
                let outcome = match (target, peer) {
                    (OfferTarget::Current { .. }, Some(peer)) => peer
                        .apply_offer(&offer.sdp)
                        .await
                        .map(description)
                        .map_err(|error| error.to_string()),
                    (OfferTarget::Current { .. }, None) => Err(NONE.to_owned()),
                    (OfferTarget::New, _) => self.apply_offer_to_new(&offer).await,
                };
                let needs_offer = false;
                Event::OfferApplied {
                    outcome,
                    needs_offer,
                }
            }
            Action::ApplyAnswer(answer) => Event::AnswerApplied(match peer {
                None => Err(NONE.to_owned()),
                Some(peer) => match peer.apply_answer(&answer.sdp).await {
                    Ok(()) => Ok(()),
                    Err(error) => {
                        let _ = peer.roll_back().await;
                        Err(error.to_string())
                    }
                },
            }),
            Action::Replace => Event::Replaced(match self.new_connection().await {
                Ok(connection) => {
                    self.use_connection(connection).await;
                    Ok(())
                }
                Err(error) => Err(error.to_string()),
            }),
            Action::Send { kind, description } => {
                self.emit(LinkEvent::Signal(PeerSignal::Description {
                    connection: Purpose::Files.into(),
                    description: Description {
                        kind,
                        sdp: description.sdp,
                    },
                    tracks: None,
                    offer_id: description.offer_id,
                }))
                .await;
                return None;
            }
            Action::StatusChanged => {
                if self.negotiator.status() == Status::Failed {
                    self.retry_later().await;
                }
                return None;
            }
        })
    }

    async fn apply_offer_to_new(
        &mut self,
        offer: &SessionDescription,
    ) -> Result<SessionDescription, String> {
        let new = self
            .new_connection()
            .await
            .map_err(|error| error.to_string())?;
        match new.peer.apply_offer(&offer.sdp).await {
            Ok(sdp) => {
                self.use_connection(new).await;
                Ok(description(sdp))
            }
            Err(error) => {
                new.peer.close().await;
                Err(error.to_string())
            }
        }
    }

    async fn use_connection(&mut self, new: Connection) {
        self.endpoint.on_disconnected();
        self.close_stripes();
        if let Some(old) = self.connection.replace(new) {
            old.peer.close().await;
        }
        self.emit(LinkEvent::Connected(None)).await;
    }

    pub(super) async fn on_signal(&mut self, signal: PeerSignal) {
        match signal {
            PeerSignal::Description {
                connection: Open::Known(Purpose::Files),
                description,
                offer_id,
                ..
            } => {
                self.retry_at = None;
                let remote = RemoteDescription {
                    kind: description.kind,
                    description: SessionDescription {
                        sdp: description.sdp,
                        tracks: None,
                        offer_id,
                    },
                };
                self.negotiate(Event::Description(remote)).await;
            }
            PeerSignal::Candidate {
                connection: Open::Known(Purpose::Files),
                candidate,
            } => {
                let candidate = candidate.map_or(
                    Candidate {
                        candidate: String::new(),
                        mid: None,
                        line: None,
                    },
                    |candidate| Candidate {
                        candidate: candidate.candidate,
                        mid: candidate.sdp_mid,
                        line: candidate.sdp_m_line_index,
                    },
                );
                if let Some(connection) = &self.connection {
                    // An invalid candidate is ignored: others may work.
                    let _ = connection.peer.add_candidate(candidate).await;
                }
            }
            PeerSignal::Description { .. } | PeerSignal::Candidate { .. } => {}
        }
    }

    async fn send_candidate(&self, candidate: Option<Candidate>) {
        let candidate = candidate.map(|candidate| IceCandidate {
            candidate: candidate.candidate,
            sdp_mid: candidate.mid,
            sdp_m_line_index: candidate.line,
            username_fragment: None,
        });
        let connection = Purpose::Files.into();
        let signal = PeerSignal::Candidate {
            connection,
            candidate,
        };
        self.emit(LinkEvent::Signal(signal)).await;
    }
}

const fn description(sdp: String) -> SessionDescription {
    SessionDescription {
        sdp,
        tracks: None,
        offer_id: None,
    }
}
