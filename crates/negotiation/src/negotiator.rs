//! The machine: see the crate's documentation for what can happen to it.

mod descriptions;
mod offers;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use maru_protocol::SdpType;

use crate::history::{History, Identity};
use crate::pending_offer::{DuplicateAnswers, PendingOffer};
use crate::recovery::{Recovery, RecoveryEvent};
use crate::remote::Remote;
use crate::{Action, Event, OfferTarget, SessionDescription, Status};

/// How long a side that does not offer first waits for the other's offer: decision 0003.
const OFFER_WAIT: Duration = Duration::from_millis(500);
/// An unanswered offer is sent again this often, for as long as the link is not given up: the other side may be too
/// busy to answer, or away from the server.
const RESEND: Duration = Duration::from_secs(4);
/// Least time between two copies of a pending offer, whatever asks for another one.
const MIN_RESEND: Duration = Duration::from_secs(1);

/// How a link begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// This side gives way when two offers cross.
    pub polite: bool,
    /// This side offers at once instead of waiting for the other's offer.
    pub offer_first: bool,
    /// Random: spreads the retries of several links over time, and makes the IDs of its offers its own.
    pub seed: u64,
}

/// The offer that this side answered last, and the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answered {
    offer: Identity,
    answer: SessionDescription,
}

/// What is being performed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Operation {
    Begin,
    CreateOffer,
    ApplyOffer {
        offer: SessionDescription,
        target: OfferTarget,
        /// Something was to be offered before.
        needed_offer: bool,
    },
    ApplyAnswer(SessionDescription),
    Replace,
}

/// Negotiation and recovery of one link.
#[derive(Debug, Clone, PartialEq)]
pub struct Negotiator {
    polite: bool,
    seed: u64,
    /// Offers made so far.
    offers: u64,
    /// Something was offered, or an offer was taken.
    begun: bool,
    /// When this side begins by itself.
    begin_at: Option<Instant>,
    pending_offer: Option<PendingOffer>,
    duplicates: DuplicateAnswers,
    needs_offer: bool,
    /// An ICE restart is due with the next offer.
    needs_restart: bool,
    /// No offer before that: the last one came to nothing.
    offer_at: Option<Instant>,
    /// Our ICE user name fragment in force.
    local_ufrag: Option<String>,
    remote: Remote,
    answered: Option<Answered>,
    /// An answer came from another connection than the one that this side is connected to.
    replaced_by_remote: bool,
    /// Offers of theirs that were applied.
    applied_offers: History,
    /// Answers of theirs that were applied.
    applied_answers: History,
    recovery: Recovery,
    operation: Option<Operation>,
    actions: VecDeque<Action>,
}

impl Negotiator {
    /// A link that begins.
    #[must_use]
    pub fn new(options: Options, now: Instant) -> Self {
        let wait = if options.offer_first {
            Duration::ZERO
        } else {
            OFFER_WAIT
        };
        Self {
            polite: options.polite,
            seed: options.seed,
            offers: 0,
            begun: false,
            begin_at: Some(now + wait),
            pending_offer: None,
            duplicates: DuplicateAnswers::default(),
            needs_offer: false,
            needs_restart: false,
            offer_at: None,
            local_ufrag: None,
            remote: Remote::default(),
            answered: None,
            replaced_by_remote: false,
            applied_offers: History::default(),
            applied_answers: History::default(),
            recovery: Recovery::new(now, fraction(options.seed)),
            operation: None,
            actions: VecDeque::new(),
        }
    }

    /// Where the link stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.recovery.status
    }

    /// Why, for a person to read; empty where there is nothing to say.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.recovery.detail
    }

    /// Something was offered, or an offer of theirs taken: what is to be sent has to be in the connection by now.
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        self.begun
    }

    /// The next thing to do. At most one action with an outcome is out at a time.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// When [`Event::Timeout`] is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let may_offer = self.operation.is_none() && self.recovery.status != Status::Failed;
        let resend = self
            .pending_offer
            .as_ref()
            .map(|pending| pending.sent + RESEND);
        let retry = if self.pending_offer.is_none() && self.wants_offer() {
            self.offer_at
        } else {
            None
        };
        [
            self.begin_at.filter(|_| self.operation.is_none()),
            self.recovery.due(),
            resend.filter(|_| may_offer),
            retry.filter(|_| may_offer),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Takes an event. See the crate's documentation for the order of events and actions.
    pub fn handle(&mut self, event: Event, now: Instant) {
        let before = (self.recovery.status, self.recovery.detail.clone());
        match event {
            Event::Description(remote) => self.on_description(remote, now),
            Event::NegotiationNeeded => {
                self.needs_offer = true;
                self.offer_if_needed(now);
            }
            Event::Transport(transport) => {
                self.on_recovery_event(RecoveryEvent::Transport(transport), now);
                self.replace_if_useless();
            }
            Event::RestartRequested => self.on_recovery_event(RecoveryEvent::RestartRequested, now),
            Event::Polite(polite) => self.polite = polite,
            Event::Timeout => self.on_timeout(now),
            Event::Failed(detail) => self.fail(detail, now),
            Event::Begun(outcome) => {
                self.operation = None;
                self.needs_offer = true;
                match outcome {
                    Ok(()) => self.offer_if_needed(now),
                    Err(detail) => self.fail(detail, now),
                }
            }
            Event::OfferCreated(outcome) => self.on_offer_created(outcome, now),
            Event::OfferApplied {
                outcome,
                needs_offer,
            } => self.on_offer_applied(outcome, needs_offer, now),
            Event::AnswerApplied(outcome) => self.on_answer_applied(outcome, now),
            Event::Replaced(outcome) => {
                self.operation = None;
                match outcome {
                    Ok(()) => {
                        self.begin_again(now);
                        // A pending offer of theirs that the old connection answered is to be answered by this one.
                        self.applied_offers = History::default();
                        self.begin();
                    }
                    Err(detail) => self.fail(detail, now),
                }
            }
        }
        if before != (self.recovery.status, self.recovery.detail.clone()) {
            self.actions.push_back(Action::StatusChanged);
        }
    }

    fn on_timeout(&mut self, now: Instant) {
        let due = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        if due(self.begin_at) && self.operation.is_none() {
            self.begin();
        }
        self.on_recovery_event(RecoveryEvent::Timeout, now);
        if self.recovery.status == Status::Failed {
            return;
        }
        self.resend_offer(RESEND, now);
        if due(self.offer_at) {
            self.offer_if_needed(now);
        }
    }

    fn begin(&mut self) {
        self.begin_at = None;
        self.begun = true;
        self.perform(Operation::Begin, Action::Begin);
    }

    fn on_recovery_event(&mut self, event: RecoveryEvent, now: Instant) {
        if !self.recovery.step(event, now, self.polite) {
            return;
        }
        // Before the first exchange there are no credentials to replace, and one more restart than the one that waits for
        // its answer would only interrupt it.
        let restarting = self
            .pending_offer
            .as_ref()
            .is_some_and(|pending| pending.restarts);
        self.needs_restart |= self.local_ufrag.is_some() && !restarting;
        self.resend_offer(MIN_RESEND, now);
        self.offer_if_needed(now);
    }

    /// Everything about the connection that was replaced is over; what is to be sent is not.
    fn begin_again(&mut self, now: Instant) {
        let options = Options {
            polite: self.polite,
            offer_first: true,
            seed: self.seed,
        };
        *self = Self {
            begin_at: None,
            offers: self.offers,
            needs_offer: self.needs_offer,
            // Of both connections: what was on its way when the other side began again may still come.
            applied_offers: std::mem::take(&mut self.applied_offers),
            applied_answers: std::mem::take(&mut self.applied_answers),
            actions: std::mem::take(&mut self.actions),
            ..Self::new(options, now)
        };
        self.recovery.detail = "the other side began again".into();
    }

    fn perform(&mut self, operation: Operation, action: Action) {
        debug_assert!(self.operation.is_none(), "one action at a time");
        self.operation = Some(operation);
        self.actions.push_back(action);
    }

    fn send(&mut self, kind: SdpType, description: SessionDescription) {
        self.actions.push_back(Action::Send { kind, description });
    }

    fn fail(&mut self, detail: String, now: Instant) {
        self.on_recovery_event(RecoveryEvent::NegotiationFailed(detail), now);
    }
}

/// 0 to 1.
fn fraction(seed: u64) -> f64 {
    f64::from(u32::try_from(seed >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}
