//! One client as the rest of the server sees it: something to write to, to wake and to end.
//!
//! Whoever has a message for a client writes it straight to that client's socket, from its own task: no
//! queue, no wake-up, no second task switch per message. Only what the socket does not take is kept, bounded,
//! and left to the client's own task to write when there is room again.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use maru_protocol::{ErrorCode, ParticipantId, ServerMessage};
use tokio::net::tcp::OwnedWriteHalf;

use crate::{address_limit::AddressPermit, config::Timeouts, frames};

/// Most bytes kept for a client that does not read: then it is disconnected (`slow-reader`).
pub const QUEUE_BYTES: usize = 512 * 1024;

/// A connected client.
#[derive(Debug)]
pub struct Client {
    /// Key in the registry, never reused.
    pub key: u64,
    socket: OwnedWriteHalf,
    output: Mutex<Output>,
    heard: AtomicU64,
    _permit: AddressPermit,
}

#[derive(Debug)]
struct Output {
    /// Frames the socket has not taken yet.
    pending: Vec<u8>,
    /// Whose messages may be written: a relay that looked this client up before it changed rooms must not
    /// reach it afterwards.
    participant: Option<ParticipantId>,
    state: State,
    /// The queue was found full.
    slow: bool,
    /// The client's own task.
    owner: Option<Waker>,
    pinged: u64,
    /// In no room since, in milliseconds.
    idle_since: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A close frame is written or pending; nothing more may be sent. Since when, in milliseconds; `None`
    /// until the next beat where whoever closed had no clock.
    Closing(Option<u64>),
    /// Nothing can be sent any more.
    Dead,
}

/// What a client's own task is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Read.
    Read,
    /// Read until the other side closes, and discard.
    Discard,
    /// End.
    End,
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
            socket,
            output: Mutex::new(Output {
                pending: Vec::new(),
                participant: None,
                state: State::Open,
                slow: false,
                owner: None,
                pinged: 0,
                idle_since: milliseconds(now),
            }),
            heard: AtomicU64::new(milliseconds(now)),
            _permit: permit,
        })
    }

    fn output(&self) -> MutexGuard<'_, Output> {
        // A panic elsewhere must not take this client down with it; the state is whole between statements.
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes whole frames.
    pub fn send_frames(&self, frames: &[u8]) {
        let mut output = self.output();
        if output.state == State::Open {
            self.push(&mut output, frames);
        }
    }

    /// Writes frames meant for `participant`; false when this client is no longer that participant.
    pub fn send_to(&self, participant: ParticipantId, frames: &[u8]) -> bool {
        let mut output = self.output();
        if output.participant != Some(participant) || output.state != State::Open {
            return false;
        }
        self.push(&mut output, frames);
        true
    }

    /// Sends one message. Serialising our own types cannot fail; were it to, the client would be told nothing.
    pub fn send(&self, message: &ServerMessage<'_>) {
        if let Ok(text) = serde_json::to_vec(message) {
            let mut frame = Vec::with_capacity(text.len() + 10);
            frames::write(frames::TEXT, &text, &mut frame);
            self.send_frames(&frame);
        }
    }

    /// Who this client is from now on, for [`Client::send_to`].
    pub fn become_participant(&self, now: Duration, participant: Option<ParticipantId>) {
        let mut output = self.output();
        output.participant = participant;
        output.idle_since = milliseconds(now);
    }

    /// Tells the client why (unless `code` is `None`) and closes: what is written still arrives.
    pub fn close(&self, now: Duration, code: Option<ErrorCode>, close_code: u16, reason: &str) {
        let mut output = self.output();
        if output.state != State::Open {
            return;
        }
        let mut frames = Vec::new();
        if let Some(code) = code {
            farewell(code, reason, &mut frames);
        }
        frames::write_close(close_code, reason, &mut frames);
        self.push(&mut output, &frames);
        if output.state == State::Open {
            output.state = State::Closing(Some(milliseconds(now)));
        }
        wake(&mut output);
    }

    /// Whether anything can still be sent: no close frame is written and the socket works.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.output().state == State::Open
    }

    /// True once, after the queue of this client was found full.
    pub fn was_slow(&self) -> bool {
        std::mem::take(&mut self.output().slow)
    }

    /// Something was received at `now`.
    pub fn heard(&self, now: Duration) {
        self.heard.store(milliseconds(now), Ordering::Relaxed);
    }

    /// One look by the heartbeat: pings a silent client and gives up one that does not close. True when its
    /// silence, or the time it has been in no room, is over the limit.
    pub fn beat(&self, now: Duration, timeouts: &Timeouts) -> bool {
        let now_ms = milliseconds(now);
        let silent = now_ms.saturating_sub(self.heard.load(Ordering::Relaxed));
        let ping_interval = milliseconds(timeouts.ping_interval);
        let mut output = self.output();
        match output.state {
            State::Open => {
                let idle = now_ms.saturating_sub(output.idle_since);
                if silent >= milliseconds(timeouts.dead_after)
                    || (output.participant.is_none() && idle >= milliseconds(timeouts.join))
                {
                    return true;
                }
                if silent >= ping_interval && now_ms.saturating_sub(output.pinged) >= ping_interval
                {
                    output.pinged = now_ms;
                    self.push(&mut output, &[0x80 | frames::PING, 0]);
                }
            }
            State::Closing(None) => output.state = State::Closing(Some(now_ms)),
            State::Closing(Some(since))
                if now_ms.saturating_sub(since) >= milliseconds(timeouts.close) =>
            {
                output.state = State::Dead;
                wake(&mut output);
            }
            State::Closing(_) | State::Dead => {}
        }
        false
    }

    /// For the client's own task: writes what is pending and says what to do. Registers the task for the
    /// next change.
    pub fn poll_duty(&self, cx: &mut Context<'_>) -> Duty {
        let mut output = self.output();
        if !output
            .owner
            .as_ref()
            .is_some_and(|owner| owner.will_wake(cx.waker()))
        {
            output.owner = Some(cx.waker().clone());
        }
        while !output.pending.is_empty() && output.state != State::Dead {
            match self.socket.as_ref().poll_write_ready(cx) {
                Poll::Pending => break,
                Poll::Ready(Err(_)) => output.state = State::Dead,
                Poll::Ready(Ok(())) => {
                    let pending = std::mem::take(&mut output.pending);
                    self.write(&mut output, &pending);
                }
            }
        }
        match output.state {
            State::Open => Duty::Read,
            State::Closing(_) => {
                if output.pending.is_empty() {
                    // Half-close: a close that discarded unread input would reset the connection, and the
                    // error just written might never be read.
                    let _ = socket2::SockRef::from(self.socket.as_ref())
                        .shutdown(std::net::Shutdown::Write);
                }
                Duty::Discard
            }
            State::Dead => Duty::End,
        }
    }

    fn push(&self, output: &mut Output, frames: &[u8]) {
        if output.pending.is_empty() {
            self.write(output, frames);
            if !output.pending.is_empty() {
                wake(output);
            }
        } else if output.pending.len() + frames.len() <= QUEUE_BYTES {
            output.pending.extend_from_slice(frames);
        } else if output.state == State::Open {
            // What is pending ends between two frames, so why it ends can still be appended. Who does not
            // read that in the time a close may take is cut off.
            output.slow = true;
            let code = ErrorCode::SlowReader;
            farewell(code, "your queue is full", &mut output.pending);
            frames::write_close(code.close_code(), "your queue is full", &mut output.pending);
            output.state = State::Closing(None);
            wake(output);
        }
    }

    /// Writes as much as the socket takes and keeps the rest.
    fn write(&self, output: &mut Output, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.socket.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    output.pending = bytes.to_vec();
                    return;
                }
                Err(_) => {
                    output.state = State::Dead;
                    wake(output);
                    return;
                }
            }
        }
    }
}

fn farewell(code: ErrorCode, reason: &str, out: &mut Vec<u8>) {
    let error = ServerMessage::Error {
        code: code.into(),
        message: reason.into(),
    };
    if let Ok(text) = serde_json::to_vec(&error) {
        frames::write(frames::TEXT, &text, out);
    }
}

fn wake(output: &mut Output) {
    if let Some(owner) = output.owner.take() {
        owner.wake();
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
