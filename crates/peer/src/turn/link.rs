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
use super::framing::{Deframer, request};
use super::servers::StreamServer;
use super::tls::Tls;
use crate::error::ServerError;

/// Messages waiting to be written at most: what a fast path may have in one burst.
const MAX_WAITING: usize = 256;
/// Older than this, a message is dropped instead of written. A stream keeps what it is given, so a path that
/// got slower would be seconds behind for good; dropped, it looks like the loss that congestion is on UDP, to
/// which the bandwidth estimate, the repair and SCTP all have answers.
const MAX_AGE: Duration = Duration::from_millis(200);
/// Octets handed to the connection at a time: as much as may be too old before the next look.
const BATCH: usize = 4 << 10;
/// For what is left to say when the socket goes: that the allocations are given up.
pub(super) const GOODBYE: Duration = Duration::from_millis(250);
/// Requests remembered. The stack has a handful open.
const REQUESTS: usize = 16;

/// The socket's end. Dropping it ends the connection.
#[derive(Debug)]
pub(super) struct Link {
    queue: mpsc::Sender<Waiting>,
    _held: oneshot::Sender<Infallible>,
}

/// The connection's end.
#[derive(Debug)]
pub(super) struct LinkEnd {
    queue: mpsc::Receiver<Waiting>,
    released: oneshot::Receiver<Infallible>,
}

#[derive(Debug)]
struct Waiting {
    since: Instant,
    message: Bytes,
}

/// What came, and the address of whom it is from as the stack knows it.
pub(super) type Arrival = (SocketAddr, Bytes);

pub(super) fn link() -> (Link, LinkEnd) {
    let (sender, queue) = mpsc::channel(MAX_WAITING);
    let (held, released) = oneshot::channel();
    let link = Link {
        queue: sender,
        _held: held,
    };
    (link, LinkEnd { queue, released })
}

impl Link {
    /// Takes a framed message, or drops it where too many wait. Fails once the connection ended.
    pub(super) fn send(&self, message: Bytes) -> io::Result<()> {
        let since = Instant::now();
        match self.queue.try_send(Waiting { since, message }) {
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

/// Serves one connection until the socket lets go of it, which is no error.
pub(super) async fn run(
    server: Arc<StreamServer>,
    from: IpAddr,
    tls: Arc<Tls>,
    end: LinkEnd,
    arrivals: mpsc::Sender<Arrival>,
    stand_in: SocketAddr,
) -> Result<(), ServerError> {
    let LinkEnd {
        mut queue,
        mut released,
    } = end;
    let stream = tokio::select! {
        stream = dial(&server, from, &tls) => stream?,
        _ = &mut released => return Ok(()),
    };
    let (reader, writer) = tokio::io::split(stream);
    let goodbye = async {
        let _ = (&mut released).await;
        tokio::time::sleep(GOODBYE).await;
    };
    let served = tokio::select! {
        error = receive(reader, arrivals, stand_in) => Err(error),
        sent = send(writer, &mut queue) => sent.map_err(|error| ended(&error)),
        () = goodbye => Ok(()),
    };
    // A server that hangs up on our goodbye has not failed.
    match released.try_recv() {
        Err(oneshot::error::TryRecvError::Closed) => Ok(()),
        _ => served,
    }
}

fn ended(error: &io::Error) -> ServerError {
    match error.kind() {
        // TLS without a goodbye.
        io::ErrorKind::UnexpectedEof => ServerError::Closed,
        kind => ServerError::Connection(kind),
    }
}

async fn receive(
    mut reader: ReadHalf<Box<dyn Stream>>,
    arrivals: mpsc::Sender<Arrival>,
    stand_in: SocketAddr,
) -> ServerError {
    let mut deframer = Deframer::default();
    loop {
        match reader.read_buf(deframer.space()).await {
            Ok(0) => return ServerError::Closed,
            Ok(_) => {}
            Err(error) => return ended(&error),
        }
        loop {
            match deframer.next() {
                // Dropped where the stack does not keep up: left in the stream it would come too late.
                Ok(Some(message)) => _ = arrivals.try_send((stand_in, message)),
                Ok(None) => break,
                Err(_) => return ServerError::NotTurn,
            }
        }
    }
}

/// Ends well when the socket lets go and everything is written.
async fn send(
    mut writer: WriteHalf<Box<dyn Stream>>,
    queue: &mut mpsc::Receiver<Waiting>,
) -> io::Result<()> {
    let mut requests = Requests::default();
    let mut batch = Vec::with_capacity(BATCH);
    // Before the server has answered anything, all that waits is copies of one request.
    let mut newest = None;
    while let Ok(waiting) = queue.try_recv() {
        newest = Some(waiting.message);
    }
    if let Some(message) = newest {
        requests.is_repeated(&message);
        batch.extend_from_slice(&message);
    }
    loop {
        if !batch.is_empty() {
            writer.write_all(&batch).await?;
            writer.flush().await?;
            batch.clear();
        }
        let Some(mut waiting) = queue.recv().await else {
            return writer.shutdown().await;
        };
        loop {
            if waiting.since.elapsed() <= MAX_AGE && !requests.is_repeated(&waiting.message) {
                batch.extend_from_slice(&waiting.message);
            }
            if batch.len() >= BATCH {
                break;
            }
            let Ok(next) = queue.try_recv() else { break };
            waiting = next;
        }
    }
}

/// The stack takes the path for UDP and repeats its requests; on a stream there are no repetitions
/// (RFC 8489 §6.2.2). Only what was written counts: a request that was dropped must be repeated.
#[derive(Debug, Default)]
struct Requests {
    written: [Option<[u8; 12]>; REQUESTS],
    next: usize,
}

impl Requests {
    fn is_repeated(&mut self, message: &[u8]) -> bool {
        let Some(id) = request(message) else {
            return false;
        };
        if self.written.contains(&Some(id)) {
            return true;
        }
        self.written[self.next] = Some(id);
        self.next = (self.next + 1) % REQUESTS;
        false
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::DuplexStream;

    use super::*;

    /// ChannelData of `size` octets that carries a number.
    fn message(number: u32, size: u16) -> Bytes {
        let mut message = vec![0x40, 0x01];
        message.extend(size.to_be_bytes());
        message.extend(number.to_be_bytes());
        message.resize(4 + usize::from(size), 0);
        Bytes::from(message)
    }

    fn number(message: &[u8]) -> u32 {
        u32::from_be_bytes(message[4..8].try_into().unwrap())
    }

    fn request(number: u8) -> Bytes {
        let mut message = vec![0x00, 0x03, 0, 0, 0x21, 0x12, 0xA4, 0x42];
        message.extend([number; 12]);
        Bytes::from(message)
    }

    /// A connection whose far end takes as much as its kernel would hold.
    fn connection(link_end: LinkEnd) -> (DuplexStream, tokio::task::JoinHandle<io::Result<()>>) {
        let (near, far) = tokio::io::duplex(8 << 10);
        let (_, writer) = tokio::io::split(Box::new(near) as Box<dyn Stream>);
        let mut queue = link_end.queue;
        (
            far,
            tokio::spawn(async move { send(writer, &mut queue).await }),
        )
    }

    async fn everything(mut far: DuplexStream) -> Vec<Bytes> {
        let mut octets = Vec::new();
        far.read_to_end(&mut octets).await.unwrap();
        let mut deframer = Deframer::default();
        // What a server says first.
        deframer.space().extend_from_slice(&request(0));
        deframer.space().extend_from_slice(&octets);
        assert!(deframer.next().unwrap().is_some());
        std::iter::from_fn(|| deframer.next().unwrap()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn on_a_stream_slower_than_the_media_nothing_comes_late() {
        let (link, link_end) = link();
        let (mut far, _task) = connection(link_end);
        let start = Instant::now();
        // 960 kbit/s into 480.
        let media = tokio::spawn(async move {
            for sent in 0..2000 {
                link.send(message(sent, 1196)).unwrap();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        let (mut late, mut came, mut packet) = (Duration::ZERO, 0, vec![0; 1200]);
        while far.read_exact(&mut packet).await.is_ok() {
            let sent = Duration::from_millis(10) * number(&packet);
            late = late.max(start.elapsed().saturating_sub(sent));
            came += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        media.await.unwrap();
        // 200 ms in the queue, and 12 KiB in the batch and the kernel.
        assert!(late < Duration::from_millis(450), "{late:?}");
        assert!(came > 950, "half of the media gets through: {came}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_takes_nothing_costs_no_more_than_its_queue() {
        let (link, link_end) = link();
        let (far, task) = connection(link_end);
        for sent in 0..5_000 {
            link.send(message(sent, 1196)).unwrap();
            if sent % 100 == 0 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(link.queue.capacity(), 0);
        tokio::time::sleep(Duration::from_secs(1)).await;
        link.send(message(7, 1196)).unwrap();
        drop(link);
        let came = everything(far).await;
        assert!(came.len() < 20, "{}", came.len());
        task.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_repeated_request_is_written_once_and_other_messages_as_often_as_they_come() {
        let (link, link_end) = link();
        // While the connection is made: the newest copy is enough.
        for _ in 0..5 {
            link.send(request(1)).unwrap();
        }
        let (far, task) = connection(link_end);
        for _ in 0..3 {
            tokio::task::yield_now().await;
            link.send(request(1)).unwrap();
            link.send(request(2)).unwrap();
            link.send(message(3, 100)).unwrap();
        }
        drop(link);
        task.await.unwrap().unwrap();
        let came = everything(far).await;
        let requests: Vec<_> = came.iter().filter(|message| message[0] == 0).collect();
        assert_eq!(requests, [&request(1), &request(2)]);
        assert_eq!(came.len() - requests.len(), 3);
    }

    #[test]
    fn a_connection_that_ended_says_so() {
        let (link, link_end) = link();
        drop(link_end);
        let refused = link.send(request(1)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::NotConnected);
    }
}
