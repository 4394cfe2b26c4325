//! A stripe: a further connection for bulk messages of the same pair, negotiated over the control channel of the first. A
//! task for each.

mod handle;

use std::sync::Arc;
use std::time::Instant;

use maru_negotiation::{
    Action, Event, Negotiator, NoOffer, OfferTarget, Options, RemoteDescription,
    SessionDescription, Transport,
};
use maru_peer::{
    Candidate, ChannelOptions, ChannelReceiver, ChannelSender, ConnectionState, Error, Events,
    Message, Peer,
};
use maru_protocol::{Description, IceCandidate};
use maru_transfer::control::StripeSignal;
use tokio::sync::{Notify, mpsc};

pub(super) use self::handle::{MAX_EVENTS, StripeConfig, StripeEvent, StripeHandle, StripeInput};
use super::config::{BULK_ORDERED, stripe_bind};

/// Signals that wait for a stripe.
const MAX_INPUTS: usize = 64;

pub(super) fn spawn(config: StripeConfig, events: mpsc::Sender<StripeEvent>) -> StripeHandle {
    let (inputs, received) = mpsc::channel(MAX_INPUTS);
    let (local, is_ours) = (config.local, config.offer_first);
    let full = Arc::new(Notify::new());
    let of_task = Arc::clone(&full);
    tokio::spawn(async move {
        let index = config.index;
        let _ = Box::pin(run(config, received, &events, &of_task)).await;
        // Fails when the link is gone.
        let _ = events.send(StripeEvent::Lost(index)).await;
    });
    StripeHandle {
        inputs,
        local,
        is_ours,
        sender: None,
        held: None,
        full,
    }
}

struct Stripe<'a> {
    index: u8,
    peer: Peer,
    negotiator: Negotiator,
    events: &'a mpsc::Sender<StripeEvent>,
}

/// The link is gone, or the connection.
struct Ended;

impl From<Error> for Ended {
    fn from(_: Error) -> Self {
        Self
    }
}

async fn run(
    config: StripeConfig,
    mut inputs: mpsc::Receiver<StripeInput>,
    events: &mpsc::Sender<StripeEvent>,
    full: &Notify,
) -> Result<(), Ended> {
    let (peer, mut peer_events) = Peer::new(config.peer).await?;
    let channel = peer
        .create_channel(ChannelOptions {
            label: "bulk".into(),
            negotiated: Some(1),
            ordered: BULK_ORDERED,
        })
        .await?;
    let (sender, mut receiver) = channel.split();
    let options = Options {
        polite: config.polite,
        offer_first: config.offer_first,
        seed: fastrand::u64(..),
    };
    let mut stripe = Stripe {
        index: config.index,
        peer,
        negotiator: Negotiator::new(options, Instant::now()),
        events,
    };
    let outcome = stripe
        .serve(&mut inputs, &mut peer_events, &sender, &mut receiver, full)
        .await;
    stripe.peer.close().await;
    outcome
}

impl Stripe<'_> {
    async fn serve(
        &mut self,
        inputs: &mut mpsc::Receiver<StripeInput>,
        peer_events: &mut Events,
        sender: &ChannelSender,
        receiver: &mut ChannelReceiver,
        full: &Notify,
    ) -> Result<(), Ended> {
        let mut is_open = false;
        loop {
            let timeout = self.negotiator.poll_timeout();
            let timeout = async {
                match timeout {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            let writable = async {
                full.notified().await;
                sender.writable().await
            };
            tokio::select! {
                input = inputs.recv() => self.on_input(input.ok_or(Ended)?).await?,
                event = peer_events.next() => self.on_peer_event(event.ok_or(Ended)?).await?,
                opened = sender.opened(), if !is_open => {
                    opened?;
                    is_open = true;
                    self.emit(StripeEvent::Opened(self.index, sender.clone())).await?;
                }
                message = receiver.recv(), if is_open => {
                    let bytes = match message.ok_or(Ended)? {
                        Message::Binary(bytes) => bytes,
                        Message::Text(text) => text.into(),
                    };
                    self.emit(StripeEvent::Bulk(bytes)).await?;
                }
                room = writable, if is_open => {
                    room?;
                    self.emit(StripeEvent::Writable).await?;
                }
                () = timeout => self.negotiate(Event::Timeout).await?,
            }
        }
    }

    async fn emit(&self, event: StripeEvent) -> Result<(), Ended> {
        self.events.send(event).await.map_err(|_| Ended)
    }

    async fn on_input(&mut self, StripeInput { signal, local }: StripeInput) -> Result<(), Ended> {
        if let Some(local) = local {
            // If this restarts ICE, it follows the first connection.
            self.peer.set_bind(stripe_bind(local));
        }
        match signal {
            StripeSignal::Description(description) => {
                let remote = RemoteDescription {
                    kind: description.kind,
                    description: plain(description.sdp),
                };
                self.negotiate(Event::Description(remote)).await
            }
            StripeSignal::Candidate(candidate) => {
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
                Ok(())
            }
        }
    }

    async fn on_peer_event(&mut self, event: maru_peer::Event) -> Result<(), Ended> {
        let candidate = match event {
            maru_peer::Event::Candidate(candidate) => Some(IceCandidate {
                candidate: candidate.candidate,
                sdp_mid: candidate.mid,
                sdp_m_line_index: candidate.line,
                username_fragment: None,
            }),
            maru_peer::Event::CandidatesComplete => None,
            maru_peer::Event::State(state) => {
                let transport = match state {
                    ConnectionState::Connected => Transport::Connected,
                    ConnectionState::Reconnecting => Transport::Disconnected,
                    ConnectionState::Failed => Transport::Failed,
                    ConnectionState::Connecting => return Ok(()),
                    ConnectionState::Closed => return Err(Ended),
                };
                return self.negotiate(Event::Transport(transport)).await;
            }
            maru_peer::Event::CannotCloseChannel { .. } => return Err(Ended),
            _ => return Ok(()),
        };
        let signal = StripeSignal::Candidate(candidate);
        self.emit(StripeEvent::Signal(self.index, signal)).await
    }

    async fn negotiate(&mut self, event: Event) -> Result<(), Ended> {
        self.negotiator.handle(event, Instant::now());
        while let Some(action) = self.negotiator.poll_action() {
            if let Some(outcome) = self.perform(action).await? {
                self.negotiator.handle(outcome, Instant::now());
            }
        }
        Ok(())
    }

    async fn perform(&mut self, action: Action) -> Result<Option<Event>, Ended> {
        let text = |error: Error| error.to_string();
        Ok(Some(match action {
            Action::Begin => Event::Begun(Ok(())),
            Action::CreateOffer { ice_restart } => {
                Event::OfferCreated(match self.peer.create_offer(ice_restart).await {
                    Ok(sdp) => Ok(plain(sdp)),
                    Err(Error::NoNetwork) => Err(NoOffer::NoNetwork),
                    Err(error) => Err(NoOffer::Error(error.to_string())),
                })
            }
            Action::ApplyOffer { offer, target } => Event::OfferApplied {
                outcome: match target {
                    OfferTarget::Current { .. } => self
                        .peer
                        .apply_offer(&offer.sdp)
                        .await
                        .map(plain)
                        .map_err(text),
                    // Another stripe of this index: this one is over.
                    OfferTarget::New => return Err(Ended),
                },
                needs_offer: false,
            },
            Action::ApplyAnswer(answer) => {
                let applied = self.peer.apply_answer(&answer.sdp).await;
                if applied.is_err() {
                    let _ = self.peer.roll_back().await;
                }
                Event::AnswerApplied(applied.map_err(text))
            }
            Action::Replace => return Err(Ended),
            Action::Send { kind, description } => {
                let sdp = description.sdp;
                let signal = StripeSignal::Description(Description { kind, sdp });
                self.emit(StripeEvent::Signal(self.index, signal)).await?;
                return Ok(None);
            }
            Action::StatusChanged => {
                if self.negotiator.status() == maru_negotiation::Status::Failed {
                    return Err(Ended);
                }
                return Ok(None);
            }
        }))
    }
}

const fn plain(sdp: String) -> SessionDescription {
    SessionDescription {
        sdp,
        tracks: None,
        offer_id: None,
    }
}
