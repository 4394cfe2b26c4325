//! Performs what the [`Negotiator`](maru_negotiation::Negotiator) decides, on the peer connection.

use std::collections::BTreeMap;
use std::time::Instant;

use maru_negotiation::{
    Action, Event, NoOffer, OfferTarget, RemoteDescription, SessionDescription,
};
use maru_peer::{
    Candidate, ChannelOptions, Description, DescriptionKind, Error, Events, Outcome, Peer,
};
use maru_protocol::{Connection, IceCandidate, Open, PeerSignal, Source};
use tokio::sync::mpsc;

use super::incoming::Voice;
use super::outgoing::Sent;
use super::sections::Sections;
use super::talk::{LABEL, Talk};
use super::task::{MAX_HEARD, Task, connect};
use super::tracks::add_tracks;
use crate::EngineEvent;

/// A connection that is not in use yet, with what is sent.
struct NewConnection {
    peer: Peer,
    events: Events,
    tracks: BTreeMap<Source, Sent>,
}

impl Task {
    /// Hands an event to the negotiator and performs what comes of it, before the next event.
    pub(super) async fn feed(&mut self, event: Event) {
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
                    needs_offer: self.has_track_without_mid(),
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
                self.tell_status();
                return None;
            }
        })
    }

    async fn begin(&mut self) -> Result<(), String> {
        if self.talk.is_empty() {
            let options = ChannelOptions {
                label: LABEL.into(),
                negotiated: None,
            };
            let channel = self.peer.create_channel(options).await;
            let channel = channel.map_err(|error| format!("data channel: {error}"))?;
            self.talk.add(channel, true);
        }
        self.complete().await.map_err(|error| of_tracks(&error))
    }

    async fn create_offer(&mut self, ice_restart: bool) -> Result<SessionDescription, NoOffer> {
        if ice_restart {
            self.peer.restart_ice().await;
        }
        match self.peer.create_offer().await {
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
            // Ours go into their sections, so that the answer carries both directions.
            self.complete().await.map_err(|error| of_tracks(&error))?;
        }
        let answer = answer_to(&self.peer, &offer.sdp).await?;
        self.described(&offer).await;
        Ok(self.with_tracks(answer))
    }

    /// An offer out of another connection than the one we are in: the other side began again (its retry button, a reload
    /// we have not noticed). Ours cannot become a partner for it, so a new one takes its place if it can.
    async fn apply_offer_to_new(
        &mut self,
        offer: SessionDescription,
    ) -> Result<SessionDescription, String> {
        let mut new = self.new_connection().await?;
        let tracks = add_tracks(&new.peer, &self.wanted, &new.tracks).await;
        match tracks {
            Ok(tracks) => new.tracks.extend(tracks),
            Err(error) => {
                new.peer.close().await;
                return Err(of_tracks(&error));
            }
        }
        let answer = match answer_to(&new.peer, &offer.sdp).await {
            Ok(answer) => answer,
            Err(error) => {
                new.peer.close().await;
                return Err(error);
            }
        };
        self.use_connection(new).await;
        self.described(&offer).await;
        Ok(self.with_tracks(answer))
    }

    async fn apply_answer(&mut self, answer: SessionDescription) -> Result<(), String> {
        let description = Description {
            kind: DescriptionKind::Answer,
            sdp: answer.sdp.clone(),
        };
        match self.peer.apply_description(description).await {
            Ok(Outcome::Settled) => {
                self.described(&answer).await;
                Ok(())
            }
            Ok(outcome) => Err(format!("the answer came to {outcome:?}")),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn replace(&mut self) -> Result<(), String> {
        let new = self.new_connection().await?;
        self.use_connection(new).await;
        Ok(())
    }

    async fn new_connection(&self) -> Result<NewConnection, String> {
        let made = connect(&self.options).await;
        let (peer, events) = made.map_err(|error| format!("connection: {error}"))?;
        Ok(NewConnection {
            peer,
            events,
            tracks: BTreeMap::new(),
        })
    }

    /// Closes the connection in use for this one.
    async fn use_connection(&mut self, new: NewConnection) {
        self.pumps.shutdown().await;
        self.outgoing.with(|tracks| *tracks = new.tracks);
        let old = std::mem::replace(&mut self.peer, new.peer);
        self.events = new.events;
        old.close().await;
        let (tell, heard) = mpsc::channel(MAX_HEARD);
        self.talk = Talk::new(tell);
        self.heard = heard;
        self.sections = Sections::default();
        self.remotes.clear();
        self.voice = Voice::default();
        self.tell_tracks();
        self.tell_problems().await;
    }

    /// A description of theirs took effect.
    async fn described(&mut self, theirs: &SessionDescription) {
        self.sections.described(&theirs.sdp, theirs.tracks.as_ref());
        self.tell_tracks();
        self.tell_problems().await;
    }

    fn has_track_without_mid(&self) -> bool {
        self.outgoing
            .with(|tracks| tracks.values().any(|sent| sent.track.mid().is_none()))
    }

    fn with_tracks(&self, description: Description) -> SessionDescription {
        let tracks = self.outgoing.with(|tracks| {
            tracks
                .iter()
                .filter_map(|(source, sent)| Some((sent.track.mid()?, Open::Known(*source))))
                .collect()
        });
        SessionDescription {
            sdp: description.sdp,
            tracks: Some(tracks),
            offer_id: None,
        }
    }

    pub(super) async fn receive(&mut self, signal: PeerSignal) {
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
                self.feed(Event::Description(remote)).await;
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
                // One bad candidate among many is not worth a link.
                let _ = self.peer.add_candidate(candidate).await;
            }
            // Files travel on a connection of their own, and so may what later versions add.
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
        (self.out.listener)(EngineEvent::Signal {
            link: self.options.link,
            signal,
        });
    }
}

async fn answer_to(peer: &Peer, offer: &str) -> Result<Description, String> {
    let description = Description {
        kind: DescriptionKind::Offer,
        sdp: offer.to_owned(),
    };
    match peer.apply_description(description).await {
        Ok(Outcome::Answer(answer)) => Ok(answer),
        Ok(outcome) => Err(format!("the offer came to {outcome:?}")),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn of_tracks(error: &Error) -> String {
    format!("tracks: {error}")
}
