//! One connection to a TURN server, in place of one UDP path to it.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::dial::{Stream, dial};
use super::framing::Deframer;
use super::request_filter::RequestFilter;
use super::server::StreamServer;
use super::tls::Tls;
use crate::error::ServerError;

/// Messages queued for writing: a burst on a fast path.
const MAX_QUEUED: usize = 256;
/// Messages older than this are dropped instead of written. A stream keeps all that it is given, so that a path that got
/// slower would lag behind by seconds for good. Dropped messages look like congestion loss on UDP, which the bandwidth
/// estimate, NACK and SCTP handle.
const MAX_AGE: Duration = Duration::from_millis(200);
/// Bytes written at a time: so much may become too old after its age was checked.
const BATCH: usize = 4 << 10;
/// Time for the last messages after the socket was closed: those that release the allocations.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_millis(250);

/// The socket's handle of a connection. Dropping it ends the connection.
#[derive(Debug)]
pub(super) struct Connection {
    queue: mpsc::Sender<Queued>,
    _open: oneshot::Sender<Infallible>,
}

/// The connection's own end.
#[derive(Debug)]
pub(super) struct ConnectionEnd {
    queue: mpsc::Receiver<Queued>,
    closed: oneshot::Receiver<Infallible>,
}

#[derive(Debug)]
struct Queued {
    since: Instant,
    message: Bytes,
}

/// A received message and the placeholder address of its server.
pub(super) type Received = (SocketAddr, Bytes);

pub(super) fn connection() -> (Connection, ConnectionEnd) {
    let (sender, queue) = mpsc::channel(MAX_QUEUED);
    let (open, closed) = oneshot::channel();
    let connection = Connection {
        queue: sender,
        _open: open,
    };
    (connection, ConnectionEnd { queue, closed })
}

impl Connection {
    /// Queues a framed message, or drops it if the queue is full.
    ///
    /// # Errors
    ///
    /// `NotConnected` once the connection has ended.
    pub(super) fn send(&self, message: Bytes) -> io::Result<()> {
        let since = Instant::now();
        match self.queue.try_send(Queued { since, message }) {
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

/// Opens and runs a connection until its [`Connection`] is dropped, which is no error.
pub(super) async fn run(
    server: Arc<StreamServer>,
    from: IpAddr,
    tls: Arc<Tls>,
    end: ConnectionEnd,
    received: mpsc::Sender<Received>,
    placeholder: SocketAddr,
) -> Result<(), ServerError> {
    let ConnectionEnd {
        mut queue,
        mut closed,
    } = end;
    let stream = tokio::select! {
        stream = dial(&server, from, &tls) => stream?,
        _ = &mut closed => return Ok(()),
    };
    let (reader, writer) = tokio::io::split(stream);
    let close_timeout = async {
        let _ = (&mut closed).await;
        tokio::time::sleep(CLOSE_TIMEOUT).await;
    };
    let result = tokio::select! {
        error = receive(reader, received, placeholder) => Err(error),
        sent = send(writer, &mut queue) => sent.map_err(|error| server_error(&error)),
        () = close_timeout => Ok(()),
    };
    // A server may close the connection when the allocations are released.
    match closed.try_recv() {
        Err(oneshot::error::TryRecvError::Closed) => Ok(()),
        _ => result,
    }
}

fn server_error(error: &io::Error) -> ServerError {
    match error.kind() {
        // TLS without `close_notify`.
        io::ErrorKind::UnexpectedEof => ServerError::Closed,
        kind => ServerError::Connection(kind),
    }
}

async fn receive(
    mut reader: ReadHalf<Box<dyn Stream>>,
    received: mpsc::Sender<Received>,
    placeholder: SocketAddr,
) -> ServerError {
    let mut deframer = Deframer::default();
    loop {
        match reader.read_buf(deframer.space()).await {
            Ok(0) => return ServerError::Closed,
            Ok(_) => {}
            Err(error) => return server_error(&error),
        }
        loop {
            match deframer.next() {
                // Dropped if the stack is too slow: left in the stream, it would come too late.
                Ok(Some(message)) => _ = received.try_send((placeholder, message)),
                Ok(None) => break,
                Err(_) => return ServerError::NotTurn,
            }
        }
    }
}

/// Returns once the [`Connection`] is dropped and the queue is written.
async fn send(
    mut writer: WriteHalf<Box<dyn Stream>>,
    queue: &mut mpsc::Receiver<Queued>,
) -> io::Result<()> {
    let mut requests = RequestFilter::default();
    let mut batch = Vec::with_capacity(BATCH);
    // Before the server's first response the queue holds only retransmissions of one request.
    let mut latest = None;
    while let Ok(queued) = queue.try_recv() {
        latest = Some(queued.message);
    }
    if let Some(message) = latest {
        requests.is_retransmission(&message);
        batch.extend_from_slice(&message);
    }
    loop {
        if !batch.is_empty() {
            writer.write_all(&batch).await?;
            writer.flush().await?;
            batch.clear();
        }
        let Some(mut queued) = queue.recv().await else {
            return writer.shutdown().await;
        };
        loop {
            if queued.since.elapsed() <= MAX_AGE && !requests.is_retransmission(&queued.message) {
                batch.extend_from_slice(&queued.message);
            }
            if batch.len() >= BATCH {
                break;
            }
            let Ok(next) = queue.try_recv() else { break };
            queued = next;
        }
    }
}

#[cfg(test)]
mod tests;
