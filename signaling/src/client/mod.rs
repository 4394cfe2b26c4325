//! A connected client as the rest of the server uses it: send to it, close it, check its time-outs.
//!
//! A message is written straight to the receiver's socket by the sender's task. The alternative, a channel to a
//! task per receiver, costs a wake-up and a task switch per message. Only bytes that the socket does not accept are
//! queued, up to a limit; the client's own task writes them when the socket is writable again.

mod liveness;
mod output;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::Context,
    time::Duration,
};

use maru_protocol::{ErrorCode, ParticipantId, ServerMessage};
use tokio::net::tcp::OwnedWriteHalf;

use crate::{address_limit::AddressPermit, config::Timeouts, frames};
use liveness::{Liveness, Status};
use output::Output;

pub use output::{MAX_QUEUED_BYTES, NextAction};

/// A connected client.
#[derive(Debug)]
pub struct Client {
    /// Key in the registry of clients, never reused. It identifies the connection in the log.
    pub key: u64,
    /// In milliseconds since the server started. Outside the lock, since it is stored on every read.
    last_received: AtomicU64,
    inner: Mutex<Inner>,
    _permit: AddressPermit,
}

#[derive(Debug)]
struct Inner {
    output: Output,
    /// The participant whose signals may be sent to this client. A sender looks the client up before it sends; in
    /// between, this client may have left the room or joined another.
    participant: Option<ParticipantId>,
    liveness: Liveness,
}

impl PartialEq for Client {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Client {
    pub(crate) fn new(
        key: u64,
        socket: OwnedWriteHalf,
        permit: AddressPermit,
        now: Duration,
    ) -> Arc<Self> {
        Arc::new(Self {
            key,
            last_received: AtomicU64::new(milliseconds(now)),
            inner: Mutex::new(Inner {
                output: Output::new(socket),
                participant: None,
                liveness: Liveness::new(now),
            }),
            _permit: permit,
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // After a panic of another client's task the state is still consistent.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends whole frames. Does nothing once the connection is closing.
    pub fn send_frames(&self, frames: &[u8]) {
        self.inner().output.send(frames);
    }

    /// Sends whole frames meant for `participant`; false if this client is not, or no longer, that participant.
    #[must_use]
    pub fn send_to(&self, participant: ParticipantId, frames: &[u8]) -> bool {
        let mut inner = self.inner();
        if inner.participant != Some(participant) || !inner.output.is_open() {
            return false;
        }
        inner.output.send(frames);
        true
    }

    /// Sends one message.
    pub fn send(&self, message: &ServerMessage<'_>) {
        let mut frame = Vec::new();
        output::append_message(message, &mut frame);
        self.send_frames(&frame);
    }

    /// Sets which participant this client is, or that it is in no room.
    pub fn set_participant(&self, now: Duration, participant: Option<ParticipantId>) {
        let mut inner = self.inner();
        inner.participant = participant;
        inner.liveness.on_room_changed(now);
    }

    /// Sends the error `code` with `message` and closes with the close code of the protocol. Bytes that were sent
    /// or queued before still arrive.
    pub fn close_with_error(&self, now: Duration, code: ErrorCode, message: &str) {
        self.close(now, Some(code), code.close_code(), message);
    }

    /// Closes with `close_code`, after the error `code` if there is one. `message` is the text of both.
    pub fn close(&self, now: Duration, code: Option<ErrorCode>, close_code: u16, message: &str) {
        let mut frames = Vec::new();
        if let Some(code) = code {
            output::append_error_frame(code, message, &mut frames);
        }
        frames::write_close(close_code, message, &mut frames);
        self.inner().output.close(now, &frames);
    }

    /// Whether messages can still be sent: no close frame was sent or queued, and the socket works.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.inner().output.is_open()
    }

    /// True once after the queue has overflowed.
    pub fn take_overflowed(&self) -> bool {
        self.inner().output.take_overflowed()
    }

    /// Records that bytes were received at `now`.
    pub fn on_received(&self, now: Duration) {
        self.last_received
            .store(milliseconds(now), Ordering::Relaxed);
    }

    /// When this client will be closed as timed out, if it has been silent for so long that its path is probably dead.
    /// A client that is there sends something every ping interval.
    #[must_use]
    pub fn presumed_dead_at(&self, now: Duration, timeouts: &Timeouts) -> Option<Duration> {
        let last_received = Duration::from_millis(self.last_received.load(Ordering::Relaxed));
        let is_silent = now.saturating_sub(last_received) >= timeouts.ping_interval * 3 / 2;
        is_silent.then(|| last_received + timeouts.dead_after)
    }

    /// Pings a silent client and ends a connection that does not complete its close. True if the client has timed
    /// out: it was silent, or in no room, for too long. The caller closes it then.
    #[must_use]
    pub fn check_timeouts(&self, now: Duration, timeouts: &Timeouts) -> bool {
        let last_received = Duration::from_millis(self.last_received.load(Ordering::Relaxed));
        let mut inner = self.inner();
        if !inner.output.is_open() {
            inner.output.check_close_timeout(now, timeouts.close);
            return false;
        }
        let in_room = inner.participant.is_some();
        match inner.liveness.check(now, last_received, in_room, timeouts) {
            Status::Alive => false,
            Status::PingDue => {
                inner.output.send(&[0x80 | frames::PING, 0]);
                false
            }
            Status::TimedOut => true,
        }
    }

    /// For the client's own task: writes queued bytes and returns what the task has to do. Registers the task to be
    /// woken when that changes or when the socket becomes writable.
    pub fn poll_flush(&self, cx: &mut Context<'_>) -> NextAction {
        self.inner().output.poll_flush(cx)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
