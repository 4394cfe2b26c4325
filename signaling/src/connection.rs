//! The task of one WebSocket connection: reads frames, assembles messages, answers control frames. It is a
//! hand-written future rather than an `async fn`, so that this struct is all the memory an idle client needs.

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
    net::{TcpStream, tcp::OwnedReadHalf},
};

use crate::{
    address_limit::AddressPermit,
    client::{Client, NextAction},
    frames::{self, Frame, FrameError},
    session::{Session, SignalBatch},
    state::ServerState,
};

/// Two frames of the maximum size with their headers: an incomplete frame, and room to read on.
const READ_BUFFER_BYTES: usize = 2 * (MAX_FRAME_BYTES + frames::MAX_HEADER_BYTES);

thread_local! {
    /// One read buffer per thread instead of one per client. It is empty between two polls.
    static READ_BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BUFFER_BYTES]);
}

/// Registers a client whose WebSocket handshake is complete, and spawns the task of its connection. `early_data`
/// are the bytes that arrived together with the handshake.
pub(crate) fn spawn(
    state: &Arc<ServerState>,
    stream: TcpStream,
    permit: AddressPermit,
    early_data: Vec<u8>,
) -> Arc<Client> {
    let (read, write) = stream.into_split();
    let client = state.register(write, permit);
    tokio::spawn(Connection {
        state: Arc::clone(state),
        session: Session::new(Arc::clone(&client), state),
        client: Arc::clone(&client),
        socket: read,
        early_data: (!early_data.is_empty()).then_some(early_data),
        partial_frame: Vec::new(),
        fragments: None,
    });
    client
}

/// Completes when the connection has ended.
#[derive(Debug)]
struct Connection {
    state: Arc<ServerState>,
    client: Arc<Client>,
    socket: OwnedReadHalf,
    session: Session,
    early_data: Option<Vec<u8>>,
    /// The beginning of a frame whose rest has not arrived.
    partial_frame: Vec<u8>,
    /// The payload of a fragmented message so far (RFC 6455 §5.4).
    fragments: Option<Vec<u8>>,
}

impl Connection {
    /// Reads once and processes every complete frame, or discards what was read. `Ready(false)` at the end of the
    /// stream.
    fn poll_read(&mut self, cx: &mut Context<'_>, discard: bool) -> Poll<bool> {
        READ_BUFFER.with_borrow_mut(|buffer| {
            let partial = self.partial_frame.len();
            buffer[..partial].copy_from_slice(&self.partial_frame);
            let mut space = ReadBuf::new(&mut buffer[partial..]);
            if ready!(Pin::new(&mut self.socket).poll_read(cx, &mut space)).is_err() {
                return Poll::Ready(false);
            }
            let read = space.filled().len();
            if read == 0 {
                return Poll::Ready(false);
            }
            self.partial_frame = Vec::new();
            if !discard {
                self.client.on_received(self.state.now());
                self.process(&mut buffer[..partial + read]);
            }
            Poll::Ready(true)
        })
    }

    fn process(&mut self, bytes: &mut [u8]) {
        let mut batch = SignalBatch::default();
        let mut offset = 0;
        loop {
            match frames::parse(&mut bytes[offset..]) {
                Ok(None) => {
                    self.partial_frame = bytes[offset..].to_vec();
                    break;
                }
                Ok(Some((frame, length))) => {
                    if let Err(error) = self.on_frame(frame, &mut batch) {
                        self.fail(error);
                    }
                    // Bytes after a close frame of either side are ignored (RFC 6455 §1.4).
                    if !self.client.is_open() {
                        break;
                    }
                    offset += length;
                }
                Err(error) => {
                    self.fail(error);
                    break;
                }
            }
        }
        self.session.flush(&self.state, &mut batch);
    }

    fn on_frame(&mut self, frame: Frame<'_>, batch: &mut SignalBatch) -> Result<(), FrameError> {
        match frame {
            Frame::Data {
                opcode,
                fin,
                payload,
            } => self.on_data(opcode, fin, payload, batch),
            // Only the newest ping has to be answered (RFC 6455 §5.5.3), so those over the rate are dropped.
            Frame::Ping(_) | Frame::Pong if !self.session.accept_control_frame(&self.state) => {
                Ok(())
            }
            Frame::Ping(payload) => {
                let mut pong = Vec::with_capacity(payload.len() + 2);
                frames::write(frames::PONG, payload, &mut pong);
                self.client.send_frames(&pong);
                Ok(())
            }
            Frame::Pong => Ok(()),
            Frame::Close(payload) => self.on_close(payload),
        }
    }

    fn on_data(
        &mut self,
        opcode: u8,
        fin: bool,
        payload: &[u8],
        batch: &mut SignalBatch,
    ) -> Result<(), FrameError> {
        let message = match (opcode, self.fragments.take()) {
            (frames::BINARY, _) => return Err(FrameError::Binary),
            // Not copied: the usual case.
            (frames::TEXT, None) if fin => return self.on_text(payload, batch),
            (frames::TEXT, None) => payload.to_vec(),
            (frames::CONTINUATION, Some(mut message)) => {
                if message.len() + payload.len() > MAX_FRAME_BYTES {
                    return Err(FrameError::TooLarge);
                }
                message.extend_from_slice(payload);
                message
            }
            _ => return Err(FrameError::Protocol),
        };
        if fin {
            self.on_text(&message, batch)
        } else {
            self.fragments = Some(message);
            Ok(())
        }
    }

    fn on_text(&mut self, payload: &[u8], batch: &mut SignalBatch) -> Result<(), FrameError> {
        let text = std::str::from_utf8(payload).map_err(|_| FrameError::NotUtf8)?;
        self.session.on_message(&self.state, text, batch);
        Ok(())
    }

    fn on_close(&self, payload: &[u8]) -> Result<(), FrameError> {
        let code = match *payload {
            [] => 1000,
            [high, low, ref reason @ ..] => {
                std::str::from_utf8(reason).map_err(|_| FrameError::NotUtf8)?;
                u16::from_be_bytes([high, low])
            }
            [_] => return Err(FrameError::Protocol),
        };
        // Codes that must not appear in a close frame (RFC 6455 §7.4.1) are not echoed.
        let code = if matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
            code
        } else {
            1002
        };
        self.client.close(self.state.now(), None, code, "");
        Ok(())
    }

    /// Closes the connection because of `error` (RFC 6455 §7.1.7, "fail the WebSocket connection").
    fn fail(&self, error: FrameError) {
        let code = match error {
            FrameError::TooLarge => ErrorCode::TooLarge,
            FrameError::Protocol | FrameError::NotUtf8 | FrameError::Binary => {
                ErrorCode::BadMessage
            }
        };
        self.state.metrics.count_error(code);
        let (now, message) = (self.state.now(), error.to_string());
        self.client
            .close(now, Some(code), error.close_code(), &message);
    }
}

impl Future for Connection {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if let Some(mut early_data) = this.early_data.take() {
            this.process(&mut early_data);
        }
        loop {
            let discard = match this.client.poll_flush(cx) {
                NextAction::Read => false,
                NextAction::Discard => {
                    // Disconnect now: the socket is only waiting for the close handshake.
                    this.session.on_disconnect(&this.state);
                    this.partial_frame = Vec::new();
                    this.fragments = None;
                    true
                }
                NextAction::End => return Poll::Ready(()),
            };
            if !ready!(this.poll_read(cx, discard)) {
                return Poll::Ready(());
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.session.on_disconnect(&self.state);
        self.state.unregister(&self.client);
    }
}
