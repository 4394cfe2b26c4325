//! The behaviour that both engines share, as signals and times: `ui/src/engine/webview/vectors.test.ts` replays the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]
#![allow(
    dead_code,
    reason = "of the simulated network, only its connection is used"
)]

#[path = "network/connection.rs"]
mod connection;

use std::time::{Duration, Instant};

use connection::{Connection, description};
use maru_negotiation::{
    Action, Event, Negotiator, OfferTarget, Options, RemoteDescription, SessionDescription,
    Transport, sdp,
};
use maru_protocol::SdpType;
use serde::Deserialize;

/// As the links of both engines look at the clock, in milliseconds.
const TICK: u64 = 500;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    name: String,
    polite: bool,
    offer_first: bool,
    events: Vec<(u64, VectorEvent)>,
    until: u64,
    sent: Vec<(u64, String)>,
    status: String,
    detail: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum VectorEvent {
    Offer {
        offer: String,
        id: Option<String>,
    },
    Answer {
        answer: String,
        to: To,
        #[serde(default, rename = "withoutId")]
        without_id: bool,
    },
    Junk {
        junk: SdpType,
        of: String,
    },
    Share {
        share: bool,
    },
    Restart {
        #[serde(rename = "restart")]
        _restart: bool,
    },
    Polite {
        polite: bool,
    },
    Transport {
        transport: String,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum To {
    /// The first, second … offer of this side.
    Offer(usize),
    Unknown(String),
}

struct Replay {
    negotiator: Negotiator,
    connection: Connection,
    sessions: u32,
    start: Instant,
    now: u64,
    offers: Vec<SessionDescription>,
    sent: Vec<(u64, String)>,
}

impl Replay {
    fn feed(&mut self, event: Event) {
        let now = self.start + Duration::from_millis(self.now);
        self.negotiator.handle(event, now);
        while let Some(action) = self.negotiator.poll_action() {
            if let Some(outcome) = self.perform(action) {
                self.negotiator.handle(outcome, now);
            }
        }
    }

    fn perform(&mut self, action: Action) -> Option<Event> {
        match action {
            Action::Begin => Some(Event::Begun(Ok(()))),
            Action::CreateOffer { ice_restart } => Some(Event::OfferCreated(Ok(self
                .connection
                .create_offer(ice_restart)))),
            Action::ApplyOffer { offer, target } => {
                let outcome = match target {
                    OfferTarget::Current { .. } => self.connection.apply_offer(&offer.sdp),
                    OfferTarget::New => {
                        let mut new = self.new_connection();
                        let outcome = new.apply_offer(&offer.sdp);
                        if outcome.is_ok() {
                            self.connection = new;
                        }
                        outcome
                    }
                };
                let needs_offer = self.connection.needs_offer();
                Some(Event::OfferApplied {
                    outcome,
                    needs_offer,
                })
            }
            Action::ApplyAnswer(answer) => Some(Event::AnswerApplied(
                self.connection.apply_answer(&answer.sdp),
            )),
            Action::Replace => {
                self.connection = self.new_connection();
                Some(Event::Replaced(Ok(())))
            }
            Action::Send { kind, description } => {
                self.note(kind, description);
                None
            }
            Action::StatusChanged => None,
        }
    }

    fn new_connection(&mut self) -> Connection {
        self.sessions += 1;
        let mut new = Connection::new(self.sessions);
        for track in self.connection.wanted() {
            new.set_track(track, true);
        }
        new
    }

    fn note(&mut self, kind: SdpType, description: SessionDescription) {
        let what = match kind {
            SdpType::Answer => match &description.offer_id {
                Some(id) => format!("answer to {id}"),
                None => "answer".into(),
            },
            SdpType::Offer => {
                let before = self.offers.last();
                if before.is_some_and(|before| before.offer_id == description.offer_id) {
                    "offer again".into()
                } else {
                    let sdp = &description.sdp;
                    let restart =
                        before.is_some_and(|SessionDescription { sdp: before, .. }| {
                            sdp::session(before) == sdp::session(sdp)
                                && sdp::ice_ufrag(before) != sdp::ice_ufrag(sdp)
                        });
                    self.offers.push(description);
                    if restart { "restart" } else { "offer" }.into()
                }
            }
        };
        self.sent.push((self.now, what));
    }

    fn take(&mut self, event: &VectorEvent) {
        let event = match event {
            VectorEvent::Offer { offer, id } => {
                // Copies of one offer are the same text.
                let number = id.as_ref().map_or(1, |id| id[1..].parse().unwrap());
                let mut offer = description(remote(offer, number));
                offer.offer_id.clone_from(id);
                received(SdpType::Offer, offer)
            }
            VectorEvent::Answer {
                answer,
                to,
                without_id,
            } => {
                let (number, id) = match to {
                    To::Offer(index) => {
                        let offer = &self.offers[index - 1];
                        (
                            connection::number_of(&offer.sdp).unwrap(),
                            offer.offer_id.clone(),
                        )
                    }
                    To::Unknown(id) => (0, Some(id.clone())),
                };
                let mut answer = description(remote(answer, usize::try_from(number).unwrap()));
                answer.offer_id = id.filter(|_| !without_id);
                received(SdpType::Answer, answer)
            }
            VectorEvent::Junk { junk, of } => {
                let text =
                    format!("x=0\r\no=- {of} 1 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 {of}\r\n");
                received(*junk, description(text))
            }
            VectorEvent::Share { share } => {
                self.connection.set_track("screen", *share);
                Event::NegotiationNeeded
            }
            VectorEvent::Restart { .. } => Event::RestartRequested,
            VectorEvent::Polite { polite } => Event::Polite(*polite),
            VectorEvent::Transport { transport } => Event::Transport(match transport.as_str() {
                "connected" => Transport::Connected,
                "disconnected" => Transport::Disconnected,
                "failed" => Transport::Failed,
                other => unreachable!("{other}"),
            }),
        };
        self.feed(event);
    }
}

fn received(kind: SdpType, description: SessionDescription) -> Event {
    Event::Description(RemoteDescription { kind, description })
}

/// `A1` is connection A with its first ICE credentials; F is one of Firefox.
fn remote(name: &str, number: usize) -> String {
    let (session, _) = name.split_at(1);
    let user = if session == "F" { "mozilla" } else { "-" };
    format!(
        "v=0\r\no={user} {session} {number} IN IP4 127.0.0.1\r\na=fingerprint:sha-256 {session}\r\n\
         a=x-offer:{number}\r\na=ice-ufrag:{name}\r\nm=audio 9 X 0\r\na=x-track:microphone\r\n\
         m=audio 9 X 0\r\na=x-track:camera\r\n"
    )
}

#[test]
fn the_vectors_shared_with_the_webview_engine() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../vectors/negotiation.json")).unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let start = Instant::now();
        let mut connection = Connection::new(1);
        connection.set_track("microphone", true);
        connection.set_track("camera", true);
        let options = Options {
            polite: vector.polite,
            offer_first: vector.offer_first,
            seed: 0,
        };
        let mut replay = Replay {
            negotiator: Negotiator::new(options, start),
            connection,
            sessions: 1,
            start,
            now: 0,
            offers: Vec::new(),
            sent: Vec::new(),
        };
        let mut events = vector.events.iter().peekable();
        for now in (0..=vector.until).step_by(100) {
            replay.now = now;
            while let Some((_, event)) = events.next_if(|(at, _)| *at <= now) {
                replay.take(event);
            }
            if now % TICK == 0 {
                replay.feed(Event::Timeout);
            }
        }
        let status = format!("{:?}", replay.negotiator.status()).to_lowercase();
        assert_eq!(replay.sent, vector.sent, "{}", vector.name);
        assert_eq!(status, vector.status, "{}", vector.name);
        assert_eq!(replay.negotiator.detail(), vector.detail, "{}", vector.name);
    }
}
