//! The task of one WebSocket connection, written as a state machine rather than an `async fn`: all an idle
//! client keeps is this struct.

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use maru_protocol::{ErrorCode, limits::MAX_FRAME_BYTES};
use tokio::{
    io::{AsyncRead, ReadBuf},
    net::tcp::OwnedReadHalf,
};

use crate::{
    client::{Client, Duty},
    frames::{self, Frame, FrameError},
    server::Shared,
    session::{Relay, Session},
};

/// A frame with its header, twice: room to read on behind an incomplete one.
const READ_BYTES: usize = 2 * (MAX_FRAME_BYTES + 14);

thread_local! {
    /// One read buffer per thread, not per client: between two polls nothing is in it.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
    static RELAY: RefCell<Relay> = RefCell::new(Relay::default());
}

/// One client's connection; completes when it is over.
#[derive(Debug)]
pub struct Connection {
    shared: Arc<Shared>,
    client: Arc<Client>,
    socket: OwnedReadHalf,
    session: Session,
    /// What came together with the handshake.
    early: Option<Vec<u8>>,
    /// The beginning of a frame whose rest has not arrived.
    partial: Vec<u8>,
    /// The fragments of a message so far (RFC 6455 §5.4).
    message: Option<Vec<u8>>,
}

impl Connection {
    pub(crate) fn new(
        shared: Arc<Shared>,
        client: Arc<Client>,
        socket: OwnedReadHalf,
        early: Vec<u8>,
    ) -> Self {
        let session = Session::new(Arc::clone(&client), &shared);
        let early = (!early.is_empty()).then_some(early);
        Self {
            shared,
            client,
            socket,
            session,
            early,
            partial: Vec::new(),
            message: None,
        }
    }

    /// Reads once and acts on every whole frame. `Ready(false)` at the end of the stream.
    fn poll_read(&mut self, cx: &mut Context<'_>, discard: bool) -> Poll<bool> {
        BUFFER.with_borrow_mut(|buffer| {
            let kept = self.partial.len();
            buffer[..kept].copy_from_slice(&self.partial);
            let mut space = ReadBuf::new(&mut buffer[kept..]);
            if ready!(Pin::new(&mut self.socket).poll_read(cx, &mut space)).is_err() {
                return Poll::Ready(false);
            }
            let read = space.filled().len();
            if read == 0 {
                return Poll::Ready(false);
            }
            self.partial = Vec::new();
            if !discard {
                self.client.heard(self.shared.now());
                self.act(&mut buffer[..kept + read]);
            }
            Poll::Ready(true)
        })
    }

    fn act(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        RELAY.with_borrow_mut(|relay| {
            loop {
                match frames::parse(&mut bytes[at..]) {
                    Ok(None) => {
                        self.partial = bytes[at..].to_vec();
                        break;
                    }
                    Ok(Some((frame, length))) => {
                        if let Err(violation) = self.frame(frame, relay) {
                            self.violation(violation);
                        }
                        // Whatever follows a close frame, theirs or ours, is not looked at (RFC 6455 §1.4).
                        if !self.client.is_open() {
                            break;
                        }
                        at += length;
                    }
                    Err(violation) => {
                        self.violation(violation);
                        break;
                    }
                }
            }
            self.session.flush(&self.shared, relay);
        });
    }

    fn frame(&mut self, frame: Frame<'_>, relay: &mut Relay) -> Result<(), FrameError> {
        match frame {
            Frame::Data { opcode: 2, .. } => Err(FrameError::Binary),
            Frame::Data {
                opcode: 1,
                fin: true,
                payload,
            } if self.message.is_none() => self.text(payload, relay),
            Frame::Data {
                opcode,
                fin,
                payload,
            } => {
                let message = match (opcode, self.message.take()) {
                    (1, None) => payload.to_vec(),
                    (0, Some(mut message)) => {
                        if message.len() + payload.len() > MAX_FRAME_BYTES {
                            return Err(FrameError::TooLarge);
                        }
                        message.extend_from_slice(payload);
                        message
                    }
                    _ => return Err(FrameError::Protocol),
                };
                if fin {
                    self.text(&message, relay)
                } else {
                    self.message = Some(message);
                    Ok(())
                }
            }
            // The newest ping is the one that has to be answered (§5.5.3), so an answer may be left out.
            Frame::Ping(_) | Frame::Pong if !self.session.admits_control(&self.shared) => Ok(()),
            Frame::Ping(payload) => {
                let mut pong = Vec::with_capacity(payload.len() + 2);
                frames::write(frames::PONG, payload, &mut pong);
                self.client.send_frames(&pong);
                Ok(())
            }
            Frame::Pong => Ok(()),
            Frame::Close(payload) => {
                let code = match *payload {
                    [] => 1000,
                    [high, low, ref reason @ ..] => {
                        std::str::from_utf8(reason).map_err(|_| FrameError::NotUtf8)?;
                        u16::from_be_bytes([high, low])
                    }
                    [_] => return Err(FrameError::Protocol),
                };
                // Codes nobody may send (§7.4.1) are not sent back either.
                let code = if matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                    code
                } else {
                    1002
                };
                self.client.close(self.shared.now(), None, code, "");
                Ok(())
            }
        }
    }

    fn text(&mut self, payload: &[u8], relay: &mut Relay) -> Result<(), FrameError> {
        let text = std::str::from_utf8(payload).map_err(|_| FrameError::NotUtf8)?;
        self.session.receive(&self.shared, text, relay);
        Ok(())
    }

    fn violation(&mut self, violation: FrameError) {
        let code = match violation {
            FrameError::TooLarge => ErrorCode::TooLarge,
            FrameError::Protocol | FrameError::NotUtf8 | FrameError::Binary => {
                ErrorCode::BadMessage
            }
        };
        self.shared.metrics.count_error(code);
        let text = violation.to_string();
        self.client
            .close(self.shared.now(), Some(code), violation.close_code(), &text);
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if let Some(mut early) = this.early.take() {
            this.act(&mut early);
        }
        loop {
            let discard = match this.client.poll_duty(cx) {
                Duty::Read => false,
                Duty::Discard => {
                    // Disconnect now: the socket is only waiting for the close handshake.
                    this.session.lost(&this.shared);
                    this.partial = Vec::new();
                    this.message = None;
                    true
                }
                Duty::End => return Poll::Ready(()),
            };
            if !ready!(this.poll_read(cx, discard)) {
                return Poll::Ready(());
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.session.lost(&self.shared);
        self.shared.forget(&self.client);
    }
}
