//! Offers, answers and candidates: W3C "perfect negotiation" (WebRTC §10.7) with trickle ICE (RFC 8838).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use maru_peer::{Candidate, ChannelOptions, Description, DescriptionKind, Error, Outcome};
use maru_protocol::{Connection, IceCandidate, Open, PeerSignal, SdpType, Source};
use tokio::sync::mpsc;

use super::incoming::Voice;
use super::recovery::{Happening, Recovery};
use super::sections::{Sections, ice_user_of, session_of};
use super::talk::{LABEL, Talk};
use super::task::{MAX_HEARD, Offer, Task, connect, seed};
use crate::EngineEvent;

/// An open offer is not sent again sooner.
const REPEAT: Duration = Duration::from_secs(1);
/// How long after an answer another one to the same offer may come.
const REPEATS: Duration = Duration::from_secs(5);

impl Task {
    pub(super) async fn begin(&mut self) {
        if self.begun {
            return;
        }
        self.begun = true;
        self.unsaid = true;
        if self.talk.is_empty() {
            let options = ChannelOptions {
                label: LABEL.into(),
                negotiated: None,
            };
            match self.peer.create_channel(options).await {
                Ok(channel) => self.talk.add(channel, true),
                Err(error) => return self.broken("data channel", &error),
            }
        }
        if let Err(error) = self.complete().await {
            return self.broken("tracks", &error);
        }
        self.negotiate().await;
    }

    /// Offers where something is unsaid. What comes up while an offer is open is said after its answer.
    pub(super) async fn negotiate(&mut self) {
        if !self.begun || !(self.unsaid || self.restart) {
            return;
        }
        match self.peer.create_offer().await {
            Ok(description) => {
                self.unsaid = false;
                let signal = self.signal_of(description);
                self.offer = Some(Offer {
                    signal: signal.clone(),
                    sent: Instant::now(),
                    times: 1,
                });
                self.send(signal);
            }
            // A new path is asked for, and the offer may have been lost with the signaling socket.
            Err(Error::OfferOpen) if self.restart => self.repeat_offer(),
            Err(Error::OfferOpen) => {}
            // The engine says when there is one again.
            Err(Error::NoNetwork) => {}
            Err(error) => self.broken("offer", &error),
        }
    }

    fn repeat_offer(&mut self) {
        self.resend_offer(REPEAT);
    }

    /// The open offer again, if it was sent `after` ago or longer: it may have been lost with the signaling socket.
    pub(super) fn resend_offer(&mut self, after: Duration) {
        let due = |offer: &&mut Offer| offer.sent.elapsed() >= after;
        if let Some(offer) = self.offer.as_mut().filter(due) {
            offer.times += 1;
            offer.sent = Instant::now();
            let signal = offer.signal.clone();
            self.send(signal);
        }
    }

    pub(super) async fn receive(&mut self, signal: PeerSignal) {
        match signal {
            PeerSignal::Description {
                connection: Open::Known(Connection::Media),
                description,
                tracks,
            } => self.describe(description, tracks.as_ref()).await,
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

    pub(super) async fn describe(
        &mut self,
        description: maru_protocol::Description,
        tracks: Option<&BTreeMap<String, Open<Source>>>,
    ) {
        let sdp = description.sdp;
        let kind = match description.kind {
            SdpType::Offer => DescriptionKind::Offer,
            SdpType::Answer => DescriptionKind::Answer,
        };
        let session = session_of(&sdp);
        if kind == DescriptionKind::Answer && self.is_repeated(&sdp).await {
            return;
        }
        if kind == DescriptionKind::Offer && self.session.is_some() && self.session != session {
            self.begin_again().await;
        }
        if kind == DescriptionKind::Offer && !self.begun {
            // Ours go into their sections, so that the answer carries both directions.
            self.begun = true;
            self.begin_at = None;
            if let Err(error) = self.complete().await {
                return self.broken("tracks", &error);
            }
        }
        let description = Description {
            kind,
            sdp: sdp.clone(),
        };
        match self.peer.apply_description(description).await {
            Ok(Outcome::Answer(answer)) => {
                self.offer = None;
                self.session = session;
                self.sections.described(&sdp, tracks);
                self.unsaid = self.has_homeless_track();
                let signal = self.signal_of(answer);
                self.send(signal);
            }
            Ok(Outcome::Settled) => {
                if let Some(offer) = self.offer.take() {
                    self.repeats = (offer.times - 1, Instant::now() + REPEATS);
                }
                self.session = session;
                self.sections.described(&sdp, tracks);
            }
            Ok(Outcome::Ignored) => {
                // It crossed ours on the way, or ours never came: lost with a signaling socket.
                self.repeat_offer();
                return;
            }
            Ok(Outcome::Stale) => return,
            Err(error) => {
                if kind == DescriptionKind::Answer {
                    // Taken back: an answer that could not be applied will not be better the next time.
                    self.offer = None;
                }
                return self.broken("description", &error);
            }
        }
        self.restart = self.peer.restart_wanted().await;
        let restarted = self.took_ice_user(&sdp);
        self.happens(Happening::Answered { restarted }).await;
        self.tell_tracks();
        self.tell_problems().await;
        self.negotiate().await;
    }

    /// An offer sent several times may be answered several times, and the wire does not say which offer an
    /// answer is for. Applied to the next offer it would break the connection in ways that are hard to see.
    pub(super) async fn is_repeated(&mut self, sdp: &str) -> bool {
        // The answer to a restart tells itself apart, however late another one is: that one would bring the
        // credentials of the path before, and the answer that is waited for would then find nothing open.
        match self.peer.is_repeated(sdp).await {
            Some(false) => {
                self.repeats.0 = 0;
                return false;
            }
            Some(true) => {
                self.repeats.0 = self.repeats.0.saturating_sub(1);
                return true;
            }
            None => {}
        }
        if self.repeats.0 == 0 || Instant::now() > self.repeats.1 {
            return self.offer.is_none();
        }
        self.repeats.0 -= 1;
        true
    }

    /// Notes who the other side is to ICE; true where it was somebody else before.
    fn took_ice_user(&mut self, sdp: &str) -> bool {
        let user = ice_user_of(sdp).map(str::to_owned);
        let before = std::mem::replace(&mut self.ice_user, user);
        before.is_some() && before != self.ice_user
    }

    /// An offer out of another connection than the one we are in: the other side began again (its retry
    /// button, a reload we have not noticed). Ours cannot become a partner for it, so this side begins again.
    async fn begin_again(&mut self) {
        let made = connect(&self.options).await;
        let (peer, events) = match made {
            Ok(made) => made,
            Err(error) => return self.broken("connection", &error),
        };
        self.pumps.shutdown().await;
        self.outgoing.with(BTreeMap::clear);
        let old = std::mem::replace(&mut self.peer, peer);
        self.events = events;
        old.close().await;
        let (tell, heard) = mpsc::channel(MAX_HEARD);
        self.talk = Talk::new(tell);
        self.heard = heard;
        self.begun = false;
        self.offer = None;
        self.repeats.0 = 0;
        self.unsaid = false;
        self.restart = false;
        self.session = None;
        self.ice_user = None;
        self.sections = Sections::default();
        self.remotes.clear();
        self.voice = Voice::default();
        self.recovery = Recovery::new(Instant::now(), seed());
        self.recovery.detail = "the other side began again".into();
        self.tell_status();
        self.tell_tracks();
        self.tell_problems().await;
    }

    pub(super) fn has_homeless_track(&self) -> bool {
        self.outgoing
            .with(|tracks| tracks.values().any(|sent| sent.track.mid().is_none()))
    }

    pub(super) fn signal_of(&self, description: Description) -> PeerSignal {
        let tracks = self.outgoing.with(|tracks| {
            tracks
                .iter()
                .filter_map(|(source, sent)| Some((sent.track.mid()?, Open::Known(*source))))
                .collect()
        });
        PeerSignal::Description {
            connection: Connection::Media.into(),
            description: maru_protocol::Description {
                kind: match description.kind {
                    DescriptionKind::Offer => SdpType::Offer,
                    DescriptionKind::Answer => SdpType::Answer,
                },
                sdp: description.sdp,
            },
            tracks: Some(tracks),
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

    pub(super) fn send(&self, signal: PeerSignal) {
        (self.out.listener)(EngineEvent::Signal {
            link: self.options.link,
            signal,
        });
    }
}
