//! Two negotiators, each with the least that a peer connection does, and a signaling channel between them that loses,
//! repeats and delays. Time is made up.

mod connection;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use maru_negotiation::{
    Action, Event, Negotiator, OfferTarget, Options, RemoteDescription, Status, Transport,
};
use maru_protocol::SdpType;

pub(crate) use connection::Connection;
use connection::description;

/// Between two looks at the clock, in milliseconds.
const STEP: u64 = 10;
/// From credentials that agree to a selected pair, in milliseconds.
const CHECKS: u64 = 100;
/// Of silence until a transport says so, in milliseconds.
const DISCONNECTED: u64 = 1_500;

/// How the signaling channel treats what one side sends.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Channel {
    /// Everything is lost until then, in milliseconds.
    pub(crate) lost_until: u64,
    /// Milliseconds to the other side.
    pub(crate) delay: u64,
    /// The other side gets everything twice, the second time this much later.
    pub(crate) repeat_after: Option<u64>,
    /// Milliseconds that this side needs for each action: a busy computer.
    pub(crate) busy: u64,
}

/// One participant's end.
pub(crate) struct Side {
    pub(crate) negotiator: Negotiator,
    pub(crate) connection: Connection,
    pub(crate) channel: Channel,
    /// What has arrived and waits.
    inbox: VecDeque<RemoteDescription>,
    free_at: u64,
    /// The outcome of the action being performed.
    outcome: Option<Event>,
    connected: bool,
    /// When it will say that it is connected, or no longer.
    agreed_at: Option<u64>,
    lost_at: Option<u64>,
    /// Descriptions sent.
    pub(crate) sent: usize,
    /// Connections given up while there was a path.
    pub(crate) given_up: usize,
}

impl Side {
    fn new(options: Options, session: u32, now: Instant) -> Self {
        Self {
            negotiator: Negotiator::new(options, now),
            connection: Connection::new(session),
            channel: Channel::default(),
            inbox: VecDeque::new(),
            free_at: 0,
            outcome: None,
            connected: false,
            agreed_at: None,
            lost_at: None,
            sent: 0,
            given_up: 0,
        }
    }
}

/// A description on its way.
struct InFlight {
    to: usize,
    at: u64,
    description: RemoteDescription,
}

pub(crate) struct Network {
    pub(crate) sides: [Side; 2],
    in_flight: Vec<InFlight>,
    /// No path until then, in milliseconds.
    pub(crate) cut_until: u64,
    start: Instant,
    pub(crate) now: u64,
    sessions: u32,
    /// Neither side says which offer an answer is for.
    pub(crate) without_ids: bool,
}

impl Network {
    /// `offers_first` of each side; side 1 is polite.
    pub(crate) fn new(offers_first: [bool; 2], seeds: [u64; 2]) -> Self {
        let start = Instant::now();
        let side = |index: usize| {
            let options = Options {
                polite: index == 1,
                offer_first: offers_first[index],
                seed: seeds[index],
            };
            Side::new(options, u32::try_from(index).unwrap_or_default() + 1, start)
        };
        Self {
            sides: [side(0), side(1)],
            in_flight: Vec::new(),
            cut_until: 0,
            start,
            now: 0,
            sessions: 2,
            without_ids: false,
        }
    }

    fn instant(&self) -> Instant {
        self.start + Duration::from_millis(self.now)
    }

    /// A person begins or stops to send something.
    pub(crate) fn set_track(&mut self, side: usize, track: &'static str, on: bool) {
        let here = &mut self.sides[side];
        if here.connection.set_track(track, on) && here.negotiator.has_begun() {
            self.feed(side, Event::NegotiationNeeded);
        }
    }

    pub(crate) fn feed(&mut self, side: usize, event: Event) {
        let now = self.instant();
        self.sides[side].negotiator.handle(event, now);
    }

    /// Something arrives that the other side did not send.
    pub(crate) fn inject(&mut self, side: usize, kind: SdpType, sdp: String) {
        let description = description(sdp);
        let inbox = &mut self.sides[side].inbox;
        inbox.push_back(RemoteDescription { kind, description });
    }

    /// The app of one side is started again: what was on its way to the old one is for nobody.
    pub(crate) fn reload(&mut self, side: usize, offer_first: bool) {
        self.sessions += 1;
        let options = Options {
            polite: side == 1,
            offer_first,
            seed: u64::from(self.sessions),
        };
        let mut fresh = Side::new(options, self.sessions, self.instant());
        let old = &self.sides[side];
        fresh.channel = old.channel;
        fresh.free_at = self.now;
        fresh.sent = old.sent;
        for track in old.connection.wanted() {
            fresh.connection.set_track(track, true);
        }
        self.sides[side] = fresh;
        self.in_flight.retain(|message| message.to != side);
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, milliseconds: u64) {
        let until = self.now + milliseconds;
        while self.now < until {
            self.now += STEP;
            self.deliver();
            for side in 0..2 {
                self.work(side);
                self.transport(side);
            }
        }
    }

    fn deliver(&mut self) {
        let now = self.now;
        let mut arrived: Vec<InFlight> = Vec::new();
        let mut index = 0;
        while index < self.in_flight.len() {
            if self.in_flight[index].at <= now {
                arrived.push(self.in_flight.remove(index));
            } else {
                index += 1;
            }
        }
        arrived.sort_by_key(|message| message.at);
        for message in arrived {
            self.sides[message.to].inbox.push_back(message.description);
        }
    }

    /// One side's event loop: outcomes before anything else, one event at a time.
    fn work(&mut self, side: usize) {
        let now = self.instant();
        for _ in 0..20 {
            if self.sides[side].free_at > self.now {
                return;
            }
            if let Some(outcome) = self.sides[side].outcome.take() {
                self.feed(side, outcome);
            }
            while let Some(action) = self.sides[side].negotiator.poll_action() {
                self.perform(side, action);
                if self.sides[side].outcome.is_some() {
                    self.sides[side].free_at = self.now + self.sides[side].channel.busy;
                    break;
                }
            }
            if self.sides[side].outcome.is_some() {
                continue;
            }
            let due = self.sides[side].negotiator.poll_timeout();
            if due.is_some_and(|due| due <= now) {
                self.feed(side, Event::Timeout);
            } else if let Some(description) = self.sides[side].inbox.pop_front() {
                self.feed(side, Event::Description(description));
            } else {
                return;
            }
        }
    }

    fn perform(&mut self, side: usize, action: Action) {
        let path = self.has_path();
        let here = &mut self.sides[side];
        let outcome = match action {
            Action::Begin => Event::Begun(Ok(())),
            Action::CreateOffer { ice_restart } => {
                Event::OfferCreated(Ok(here.connection.create_offer(ice_restart)))
            }
            Action::ApplyOffer { offer, target } => {
                let outcome = match target {
                    OfferTarget::Current { .. } => here.connection.apply_offer(&offer.sdp),
                    OfferTarget::New => {
                        self.sessions += 1;
                        let mut fresh = Connection::new(self.sessions);
                        for track in here.connection.wanted() {
                            fresh.set_track(track, true);
                        }
                        let outcome = fresh.apply_offer(&offer.sdp);
                        if outcome.is_ok() {
                            here.given_up += usize::from(path);
                            here.connection = fresh;
                            here.connected = false;
                        }
                        outcome
                    }
                };
                Event::OfferApplied {
                    outcome,
                    needs_offer: here.connection.needs_offer(),
                }
            }
            Action::ApplyAnswer(answer) => {
                Event::AnswerApplied(here.connection.apply_answer(&answer.sdp))
            }
            Action::Replace => {
                self.sessions += 1;
                let mut fresh = Connection::new(self.sessions);
                for track in here.connection.wanted() {
                    fresh.set_track(track, true);
                }
                here.given_up += usize::from(path);
                here.connection = fresh;
                here.connected = false;
                Event::Replaced(Ok(()))
            }
            Action::Send { kind, description } => {
                self.send(side, &RemoteDescription { kind, description });
                return;
            }
            Action::StatusChanged => return,
        };
        self.sides[side].outcome = Some(outcome);
    }

    fn send(&mut self, from: usize, description: &RemoteDescription) {
        let side = &mut self.sides[from];
        side.sent += 1;
        let channel = side.channel;
        if self.now < channel.lost_until {
            return;
        }
        let mut description = description.clone();
        if self.without_ids {
            description.description.offer_id = None;
        }
        let copies = [Some(0), channel.repeat_after];
        for later in copies.into_iter().flatten() {
            self.in_flight.push(InFlight {
                to: 1 - from,
                at: self.now + channel.delay + later,
                description: description.clone(),
            });
        }
    }

    /// Both ends agree on who they are, and the network carries it.
    pub(crate) fn has_path(&self) -> bool {
        let [one, two] = &self.sides;
        self.now >= self.cut_until && one.connection.fits(&two.connection)
    }

    fn transport(&mut self, side: usize) {
        let path = self.has_path();
        let now = self.now;
        let here = &mut self.sides[side];
        if path && !here.connected {
            here.lost_at = None;
            let at = *here.agreed_at.get_or_insert(now + CHECKS);
            if now >= at {
                here.connected = true;
                here.agreed_at = None;
                self.feed(side, Event::Transport(Transport::Connected));
            }
        } else if !path && here.connected {
            here.agreed_at = None;
            let at = *here.lost_at.get_or_insert(now + DISCONNECTED);
            if now >= at {
                here.connected = false;
                here.lost_at = None;
                self.feed(side, Event::Transport(Transport::Disconnected));
            }
        } else {
            here.agreed_at = None;
            here.lost_at = None;
        }
    }

    /// What is wrong with the link when nothing has happened for a while; `None` where all is well.
    pub(crate) fn complaint(&self) -> Option<String> {
        for (index, side) in self.sides.iter().enumerate() {
            let other = &self.sides[1 - index];
            if side.negotiator.status() != Status::Connected {
                let (status, detail) = (side.negotiator.status(), side.negotiator.detail());
                return Some(format!("side {index} is {status:?}: {detail}"));
            }
            if side.connection.has_pending_offer() {
                return Some(format!("side {index} waits for an answer"));
            }
            let (theirs, seen) = (other.connection.wanted(), side.connection.remote_tracks());
            if theirs != seen {
                return Some(format!("side {index} sees {seen:?} of {theirs:?}"));
            }
        }
        None
    }
}
