//! What happens to a peer, told in order.

use std::net::IpAddr;

use tokio::sync::{mpsc, watch};

use crate::channel::Channel;
use crate::error::ServerError;
use crate::tracks::RemoteTrack;

/// Events waiting at most. A connection makes a few dozen in its life; a caller this far behind is gone.
const MAX_WAITING: usize = 256;

/// An offer or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptionKind {
    /// Asks.
    Offer,
    /// Settles.
    Answer,
}

/// A session description (RFC 9429).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Offer or answer.
    pub kind: DescriptionKind,
    /// SDP text (RFC 8866).
    pub sdp: String,
}

/// A trickled candidate (RFC 8838).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The `candidate:` line; empty for the end of candidates.
    pub candidate: String,
    /// The media section it belongs to.
    pub mid: Option<String>,
    /// The same, by position.
    pub line: Option<u16>,
}

/// How the connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Never connected so far.
    Connecting,
    /// A path works and the keys are agreed.
    Connected,
    /// The path went silent; it may come back, or an ICE restart may find another.
    Reconnecting,
    /// No path works. An ICE restart may still find one.
    Failed,
    /// Over. Nothing follows.
    Closed,
}

/// What happens to a peer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// Tracks or channels changed: make an offer when convenient.
    NegotiationNeeded,
    /// Hand this to the other side.
    Candidate(Candidate),
    /// All candidates of this round are known.
    CandidatesComplete,
    /// The connection's state changed. Only the latest of several unread changes is told.
    State(ConnectionState),
    /// Media of a new track arrives.
    Track(RemoteTrack),
    /// The other side opened a data channel.
    Channel(Channel),
    /// The other side cannot go on without a keyframe of this local track (by `mid`).
    KeyframeWanted {
        /// The media section.
        mid: String,
    },
    /// The share of our sound that the other side lost lately, 0 to 1: what FEC should be prepared for. Comes with
    /// its reports, every few seconds.
    VoiceLoss(f32),
    /// Encoders together should stay below this from now on, in bits per second. Sent at changes of 5 %.
    Bandwidth(u32),
    /// A STUN or TURN server is not used, or no longer; the call goes on over what else there is. Tells of
    /// entries that cannot be read and of connections over TCP and TLS. One that is reached over UDP and does
    /// not answer, or that refuses the credentials, is just a path that never comes.
    ServerUnusable {
        /// As configured, 256 characters at most.
        url: String,
        /// The address of ours it was tried from. Others may have fared better.
        from: Option<IpAddr>,
        /// Why.
        error: ServerError,
    },
}

/// The reading end. Dropping it closes the peer once it has something to tell.
#[derive(Debug)]
pub struct Events {
    queue: mpsc::Receiver<Event>,
    state: watch::Receiver<ConnectionState>,
    over: bool,
}

impl Events {
    /// The next event; `None` when the peer is closed and everything was read. Cancel-safe.
    pub async fn next(&mut self) -> Option<Event> {
        if self.over {
            return self.queue.recv().await;
        }
        tokio::select! {
            biased;
            changed = self.state.changed() => {
                let state = *self.state.borrow_and_update();
                self.over = changed.is_err() || state == ConnectionState::Closed;
                if self.over {
                    // What is queued can still be read; nothing is added.
                    self.queue.close();
                }
                Some(Event::State(if changed.is_err() { ConnectionState::Closed } else { state }))
            }
            event = self.queue.recv() => event,
        }
    }
}

/// The writing end. Never waits.
#[derive(Debug, Clone)]
pub(crate) struct EventSink {
    queue: mpsc::Sender<Event>,
    state: std::sync::Arc<watch::Sender<ConnectionState>>,
}

impl EventSink {
    /// False where nobody reads any more, or not fast enough.
    pub(crate) fn tell(&self, event: Event) -> bool {
        self.queue.try_send(event).is_ok()
    }

    /// For what is repeated or superseded anyway: leaves half of the queue to the rest.
    pub(crate) fn tell_if_room(&self, event: Event) {
        if self.queue.capacity() > MAX_WAITING / 2 {
            let _ = self.queue.try_send(event);
        }
    }

    pub(crate) fn state(&self, state: ConnectionState) {
        self.state.send_if_modified(|now| {
            let changed = *now != state && *now != ConnectionState::Closed;
            if changed {
                *now = state;
            }
            changed
        });
    }

    pub(crate) fn current(&self) -> ConnectionState {
        *self.state.borrow()
    }
}

pub(crate) fn events() -> (EventSink, Events) {
    let (queue, receiver) = mpsc::channel(MAX_WAITING);
    let (state, states) = watch::channel(ConnectionState::Connecting);
    (
        EventSink {
            queue,
            state: std::sync::Arc::new(state),
        },
        Events {
            queue: receiver,
            state: states,
            over: false,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_queue_nobody_reads_is_bounded_and_says_so() {
        let (sink, _events) = events();
        let taken = (0..10_000)
            .filter(|_| sink.tell(Event::NegotiationNeeded))
            .count();
        assert_eq!(taken, MAX_WAITING);
    }

    #[tokio::test]
    async fn bandwidth_never_crowds_out_the_rest() {
        let (sink, _events) = events();
        for _ in 0..10_000 {
            sink.tell_if_room(Event::Bandwidth(1));
        }
        assert!(sink.tell(Event::NegotiationNeeded));
    }

    #[tokio::test]
    async fn closed_is_the_last_state() {
        let (sink, mut events) = events();
        sink.state(ConnectionState::Closed);
        sink.state(ConnectionState::Connected);
        drop(sink);
        assert!(matches!(
            events.next().await,
            Some(Event::State(ConnectionState::Closed))
        ));
        assert!(events.next().await.is_none());
    }
}
