//! The sending half of a connection: the socket, the queue in front of it, and the close.

use std::{
    io,
    task::{Context, Poll, Waker},
    time::Duration,
};

use maru_protocol::{ErrorCode, ServerMessage};
use tokio::net::tcp::OwnedWriteHalf;

use crate::frames;

/// Maximum size of the queue of a client that does not read, in bytes. If it overflows, the client is closed with
/// `slow-reader`.
pub const MAX_QUEUED_BYTES: usize = 512 * 1024;

/// What a client's own task has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextAction {
    /// Read and process.
    Read,
    /// Read and discard until the client closes.
    Discard,
    /// Drop the connection.
    End,
}

#[derive(Debug)]
pub(super) struct Output {
    socket: OwnedWriteHalf,
    /// Bytes that the socket has not accepted yet. They end at the end of a frame.
    pending: Vec<u8>,
    state: State,
    overflowed: bool,
    /// The client's own task.
    waker: Option<Waker>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A close frame was sent or queued; no further frame may follow. `None` until the next heartbeat after an
    /// overflow, where the time is not at hand.
    Closing {
        since: Option<Duration>,
    },
    /// The socket failed, or the client did not complete the close in time.
    Dead,
}

impl Output {
    pub(super) fn new(socket: OwnedWriteHalf) -> Self {
        Self {
            socket,
            pending: Vec::new(),
            state: State::Open,
            overflowed: false,
            waker: None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    pub(super) fn take_overflowed(&mut self) -> bool {
        std::mem::take(&mut self.overflowed)
    }

    /// Writes whole frames, or queues what the socket does not accept. Does nothing unless the connection is open.
    pub(super) fn send(&mut self, frames: &[u8]) {
        if !self.is_open() {
            return;
        }
        if self.pending.is_empty() {
            self.write(frames);
            if !self.pending.is_empty() {
                self.wake();
            }
        } else if self.pending.len() + frames.len() <= MAX_QUEUED_BYTES {
            self.pending.extend_from_slice(frames);
        } else {
            self.close_overflowed();
        }
    }

    /// Sends `frames`, the last of which is a close frame, and lets nothing follow. Does nothing unless the
    /// connection is open.
    pub(super) fn close(&mut self, now: Duration, frames: &[u8]) {
        if !self.is_open() {
            return;
        }
        self.send(frames);
        if self.is_open() {
            self.state = State::Closing { since: Some(now) };
        }
        self.wake();
    }

    /// Gives the socket up if the client has not completed the close within `timeout`.
    pub(super) fn check_close_timeout(&mut self, now: Duration, timeout: Duration) {
        match self.state {
            State::Closing { since: None } => self.state = State::Closing { since: Some(now) },
            State::Closing { since: Some(since) } if now.saturating_sub(since) >= timeout => {
                self.state = State::Dead;
                self.wake();
            }
            State::Open | State::Closing { .. } | State::Dead => {}
        }
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> NextAction {
        if !self
            .waker
            .as_ref()
            .is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            self.waker = Some(cx.waker().clone());
        }
        while !self.pending.is_empty() && self.state != State::Dead {
            match self.socket.as_ref().poll_write_ready(cx) {
                Poll::Pending => break,
                Poll::Ready(Err(_)) => self.state = State::Dead,
                Poll::Ready(Ok(())) => {
                    let pending = std::mem::take(&mut self.pending);
                    self.write(&pending);
                }
            }
        }
        match self.state {
            State::Open => NextAction::Read,
            State::Closing { .. } => {
                if self.pending.is_empty() {
                    // Shut down only the sending direction: closing a socket with unread input resets the
                    // connection, and the client might lose the error that was just sent.
                    let _ = socket2::SockRef::from(self.socket.as_ref())
                        .shutdown(std::net::Shutdown::Write);
                }
                NextAction::Discard
            }
            State::Dead => NextAction::End,
        }
    }

    /// The queue ends at the end of a frame, so the error and the close can still be appended. They may exceed
    /// [`MAX_QUEUED_BYTES`].
    fn close_overflowed(&mut self) {
        self.overflowed = true;
        let (code, message) = (ErrorCode::SlowReader, "your queue is full");
        append_error_frame(code, message, &mut self.pending);
        frames::write_close(code.close_code(), message, &mut self.pending);
        self.state = State::Closing { since: None };
        self.wake();
    }

    /// Writes what the socket accepts and queues the rest. The queue is empty before.
    fn write(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.socket.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.pending = bytes.to_vec();
                    return;
                }
                Err(_) => {
                    self.state = State::Dead;
                    self.wake();
                    return;
                }
            }
        }
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// Appends `message` as a text frame. Serialising the protocol's own types cannot fail; if it did, nothing would be
/// appended.
pub(super) fn append_message(message: &ServerMessage<'_>, out: &mut Vec<u8>) {
    if let Ok(text) = serde_json::to_vec(message) {
        out.reserve(text.len() + frames::MAX_HEADER_BYTES);
        frames::write(frames::TEXT, &text, out);
    }
}

pub(super) fn append_error_frame(code: ErrorCode, message: &str, out: &mut Vec<u8>) {
    let error = ServerMessage::Error {
        code: code.into(),
        message: message.into(),
        retry_after_ms: None,
    };
    append_message(&error, out);
}
