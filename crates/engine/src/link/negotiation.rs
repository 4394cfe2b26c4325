//! Performs what the [`Negotiator`](maru_negotiation::Negotiator) decides, on the peer connection.

use std::collections::BTreeMap;
use std::time::Instant;

use maru_negotiation::{
    Action, Event, NoOffer, OfferTarget, RemoteDescription, SessionDescription,
};
use maru_peer::{Candidate, ChannelOptions, Error, Events, Peer};
use maru_protocol::{Connection, IceCandidate, Open, PeerSignal, Source};

use super::data_channels::{DataChannels, LABEL};
use super::incoming::SyncAudio;
use super::remote_sections::RemoteSections;
use super::senders::Sender;
use super::task::{LinkTask, create_peer};
use super::tracks::{add_missing_tracks, track_error};
use crate::event::EngineEvent;

/// A connection that is not in use yet.
struct NewConnection {
    peer: Peer,
    events: Events,
    senders: BTreeMap<Source, Sender>,
}

impl LinkTask {
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
        Some(match action {
            Action::Begin => Event::Begun(self.begin().await),
            Action::CreateOffer { ice_restart } => {
                Event::OfferCreated(self.create_offer(ice_restart).await)
            }
            Action::ApplyOffer { offer, target } => {
                let outcome = match target {
                    OfferTarget::Current { first } => self.apply_offer(offer, first).await,
                    OfferTarget::New => self.apply_offer_to_new(offer).await,
                };
                Event::OfferApplied {
                    outcome,
                    needs_offer: self.senders.has_track_without_mid(),
                }
            }
            Action::ApplyAnswer(answer) => Event::AnswerApplied(self.apply_answer(answer).await),
            Action::Replace => Event::Replaced(self.replace().await),
            Action::Send { kind, description } => {
                self.send(PeerSignal::Description {
                    connection: Connection::Media.into(),
                    description: maru_protocol::Description {
                        kind,
                        sdp: description.sdp,
                    },
                    tracks: description.tracks,
                    offer_id: description.offer_id,
                });
                return None;
            }
            Action::StatusChanged => {
                self.emit_status();
                return None;
            }
        })
    }

    async fn begin(&mut self) -> Result<(), String> {
        if self.channels.is_empty() {
            let options = ChannelOptions {
                label: LABEL.into(),
                negotiated: None,
                ordered: true,
            };
            let channel = self.peer.create_channel(options).await;
            let channel = channel.map_err(|error| format!("data channel: {error}"))?;
            self.channels.add(channel, true);
        }
        self.add_missing_tracks()
            .await
            .map_err(|error| track_error(&error))
    }

    async fn create_offer(&mut self, ice_restart: bool) -> Result<SessionDescription, NoOffer> {
        match self.peer.create_offer(ice_restart).await {
            Ok(offer) => Ok(self.with_tracks(offer)),
            Err(Error::NoNetwork) => Err(NoOffer::NoNetwork),
            Err(error) => Err(NoOffer::Error(error.to_string())),
        }
    }

    async fn apply_offer(
        &mut self,
        offer: SessionDescription,
        first: bool,
    ) -> Result<SessionDescription, String> {
        if first {
            // Local tracks go into the offer's sections, so that the answer carries both directions.
            self.add_missing_tracks()
                .await
                .map_err(|error| track_error(&error))?;
        }
        let answer = self.peer.apply_offer(&offer.sdp).await;
        let answer = answer.map_err(|error| error.to_string())?;
        self.on_description_applied(&offer).await;
        Ok(self.with_tracks(answer))
    }

    /// An offer from another connection than the one that the connection in use is negotiated with: the remote participant
    /// created a new one (their retry button, an unnoticed reload). So it needs a new connection here too, which replaces
    /// the one in use if the offer can be applied.
    async fn apply_offer_to_new(
        &mut self,
        offer: SessionDescription,
    ) -> Result<SessionDescription, String> {
        let mut new = self.new_connection().await?;
        let added = add_missing_tracks(&new.peer, &self.local_streams, &new.senders).await;
        match added {
            Ok(senders) => new.senders.extend(senders),
            Err(error) => {
                new.peer.close().await;
                return Err(track_error(&error));
            }
        }
        let answer = match new.peer.apply_offer(&offer.sdp).await {
            Ok(answer) => answer,
            Err(error) => {
                new.peer.close().await;
                return Err(error.to_string());
            }
        };
        self.use_connection(new).await;
        self.on_description_applied(&offer).await;
        Ok(self.with_tracks(answer))
    }

    async fn apply_answer(&mut self, answer: SessionDescription) -> Result<(), String> {
        if let Err(error) = self.peer.apply_answer(&answer.sdp).await {
            // Another copy of this answer would not help: another offer is made.
            let _ = self.peer.roll_back().await;
            return Err(error.to_string());
        }
        self.on_description_applied(&answer).await;
        Ok(())
    }

    async fn replace(&mut self) -> Result<(), String> {
        let new = self.new_connection().await?;
        self.use_connection(new).await;
        Ok(())
    }

    async fn new_connection(&self) -> Result<NewConnection, String> {
        let created = create_peer(&self.config).await;
        let (peer, events) = created.map_err(|error| format!("connection: {error}"))?;
        Ok(NewConnection {
            peer,
            events,
            senders: BTreeMap::new(),
        })
    }

    /// Replaces the connection in use, and closes it.
    async fn use_connection(&mut self, new: NewConnection) {
        self.receiver_tasks.shutdown().await;
        self.senders.with(|senders| *senders = new.senders);
        let old = std::mem::replace(&mut self.peer, new.peer);
        self.events = new.events;
        old.close().await;
        (self.channels, self.channel_events) = DataChannels::new();
        self.remote_sections = RemoteSections::default();
        self.receivers.clear();
        self.sync_audio = SyncAudio::default();
        self.emit_tracks();
        self.emit_problems().await;
    }

    /// A remote description took effect.
    async fn on_description_applied(&mut self, remote: &SessionDescription) {
        self.remote_sections
            .on_description(&remote.sdp, remote.tracks.as_ref());
        self.emit_tracks();
        self.emit_problems().await;
    }

    /// A local description with what its sections carry.
    fn with_tracks(&self, sdp: String) -> SessionDescription {
        let tracks = self.senders.with(|senders| {
            senders
                .iter()
                .filter_map(|(source, sender)| Some((sender.track.mid()?, Open::Known(*source))))
                .collect()
        });
        SessionDescription {
            sdp,
            tracks: Some(tracks),
            offer_id: None,
        }
    }

    pub(super) async fn on_signal(&mut self, signal: PeerSignal) {
        match signal {
            PeerSignal::Description {
                connection: Open::Known(Connection::Media),
                description,
                tracks,
                offer_id,
            } => {
                let kind = description.kind;
                let description = SessionDescription {
                    sdp: description.sdp,
                    tracks,
                    offer_id,
                };
                let remote = RemoteDescription { kind, description };
                self.negotiate(Event::Description(remote)).await;
            }
            PeerSignal::Candidate {
                connection: Open::Known(Connection::Media),
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
                // An invalid candidate is ignored: others may work.
                let _ = self.peer.add_candidate(candidate).await;
            }
            // Other connections (files), which this version does not have.
            PeerSignal::Description { .. } | PeerSignal::Candidate { .. } => {}
        }
    }

    pub(super) fn send_candidate(&self, candidate: Option<Candidate>) {
        self.send(PeerSignal::Candidate {
            connection: Connection::Media.into(),
            candidate: candidate.map(|candidate| IceCandidate {
                candidate: candidate.candidate,
                sdp_mid: candidate.mid,
                sdp_m_line_index: candidate.line,
                username_fragment: None,
            }),
        });
    }

    fn send(&self, signal: PeerSignal) {
        self.context.emit(EngineEvent::Signal {
            link: self.config.link,
            signal,
        });
    }
}
