//! Events of a peer, in order, and the bounded queue that carries them.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use crate::candidate::Candidate;
use crate::channel::Channel;
use crate::connection_state::ConnectionState;
use crate::error::ServerError;
use crate::tracks::RemoteTrack;

/// Unread events. A connection makes a few dozen in its life, so that a caller this far behind has stopped reading.
const MAX_UNREAD: usize = 256;

/// An event of a peer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// Tracks or channels changed: make an offer when convenient.
    NegotiationNeeded,
    /// A local candidate: send it to the remote peer.
    Candidate(Candidate),
    /// Gathering is complete for this ICE generation.
    CandidatesComplete,
    /// The connection's state changed. Of several unread changes only the latest is reported.
    State(ConnectionState),
    /// Media of a new remote track arrives.
    Track(RemoteTrack),
    /// The remote peer opened a data channel.
    Channel(Channel),
    /// The peer is closed, because this data channel cannot be: the remote peer goes on sending on it without a reader
    /// ([`Channel`]).
    CannotCloseChannel {
        /// Its label.
        label: String,
    },
    /// The remote peer cannot decode this local track without a keyframe.
    KeyframeWanted {
        /// The `mid` of its media section.
        mid: String,
    },
    /// The share of our audio packets that the remote peer lost lately, 0 to 1: the loss that FEC should be prepared for.
    /// Comes with its RTCP reports, every few seconds.
    AudioLoss(f32),
    /// Encoders together should stay below this from now on, in bits per second. Sent at changes of 5 %.
    Bandwidth(u32),
    /// A STUN or TURN server is not used, or no longer; the call goes on over other paths. Reported for entries that
    /// cannot be read and for connections over TCP and TLS. A server over UDP that does not answer or refuses the
    /// credentials is not reported: it only yields no candidate.
    ServerUnusable {
        /// As configured, 256 characters at most.
        url: String,
        /// The local address it was tried from. Others may have worked.
        from: Option<IpAddr>,
        /// Why.
        error: ServerError,
    },
}

/// The receiving end. If it is dropped, the next event that cannot be delivered closes the peer.
#[derive(Debug)]
pub struct Events {
    queue: mpsc::Receiver<Event>,
    state: watch::Receiver<ConnectionState>,
    closed: bool,
}

impl Events {
    /// The next event; `None` when the peer is closed and everything was read. Cancel-safe.
    pub async fn next(&mut self) -> Option<Event> {
        if self.closed {
            return self.queue.recv().await;
        }
        tokio::select! {
            biased;
            changed = self.state.changed() => {
                let state = *self.state.borrow_and_update();
                self.closed = changed.is_err() || state == ConnectionState::Closed;
                if self.closed {
                    // Queued events can still be read; none is added.
                    self.queue.close();
                }
                Some(Event::State(if changed.is_err() { ConnectionState::Closed } else { state }))
            }
            event = self.queue.recv() => event,
        }
    }
}

/// The sending end. Never waits.
#[derive(Debug, Clone)]
pub(crate) struct EventSink {
    queue: mpsc::Sender<Event>,
    state: Arc<watch::Sender<ConnectionState>>,
}

impl EventSink {
    /// False where the queue is full or its reader is gone.
    pub(crate) fn emit(&self, event: Event) -> bool {
        self.queue.try_send(event).is_ok()
    }

    /// For events that are repeated or superseded: uses only half of the queue, and drops them beyond.
    pub(crate) fn emit_if_room(&self, event: Event) {
        if self.queue.capacity() > MAX_UNREAD / 2 {
            let _ = self.queue.try_send(event);
        }
    }

    /// Changes the state. `Closed` is final.
    pub(crate) fn set_state(&self, state: ConnectionState) {
        self.state.send_if_modified(|current| {
            let changed = *current != state && *current != ConnectionState::Closed;
            if changed {
                *current = state;
            }
            changed
        });
    }

    pub(crate) fn state(&self) -> ConnectionState {
        *self.state.borrow()
    }

    /// The state for a reader of its own.
    pub(crate) fn watch_state(&self) -> watch::Receiver<ConnectionState> {
        self.state.subscribe()
    }
}

pub(crate) fn events() -> (EventSink, Events) {
    let (queue, receiver) = mpsc::channel(MAX_UNREAD);
    let (state, states) = watch::channel(ConnectionState::Connecting);
    (
        EventSink {
            queue,
            state: Arc::new(state),
        },
        Events {
            queue: receiver,
            state: states,
            closed: false,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_unread_queue_is_bounded_and_reports_it() {
        let (sink, _events) = events();
        let emitted = (0..10_000)
            .filter(|_| sink.emit(Event::NegotiationNeeded))
            .count();
        assert_eq!(emitted, MAX_UNREAD);
    }

    #[tokio::test]
    async fn bandwidth_events_leave_room_for_others() {
        let (sink, _events) = events();
        for _ in 0..10_000 {
            sink.emit_if_room(Event::Bandwidth(1));
        }
        assert!(sink.emit(Event::NegotiationNeeded));
    }

    #[tokio::test]
    async fn closed_is_the_last_state() {
        let (sink, mut events) = events();
        sink.set_state(ConnectionState::Closed);
        sink.set_state(ConnectionState::Connected);
        drop(sink);
        assert!(matches!(
            events.next().await,
            Some(Event::State(ConnectionState::Closed))
        ));
        assert!(events.next().await.is_none());
    }
}
