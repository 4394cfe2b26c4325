//! A UDP socket that also reaches TURN servers over streams.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::directory::is_stand_in;
use super::framing::to_stream;
use super::link::{Arrival, Link};
use super::streams::Streams;
use super::unwrap::{carried, unwrap};

/// Messages waiting for the stack, of all servers together. More are dropped, as a full receive buffer does.
const MAX_ARRIVED: usize = 512;

/// The UDP socket of one address, with a connection for each TURN server that is reached over a stream: opened
/// when the stack first sends something there, ended with the socket.
#[derive(Debug)]
pub(crate) struct TurnSocket {
    udp: Arc<dyn AsyncUdpSocket>,
    local: SocketAddr,
    streams: Arc<Streams>,
    links: Mutex<HashMap<SocketAddr, Link>>,
    arrived: Mutex<mpsc::Receiver<Arrival>>,
    arrivals: mpsc::Sender<Arrival>,
    stream_first: AtomicBool,
}

impl TurnSocket {
    pub(crate) fn new(udp: Arc<dyn AsyncUdpSocket>, streams: Arc<Streams>) -> io::Result<Self> {
        let (arrivals, arrived) = mpsc::channel(MAX_ARRIVED);
        Ok(Self {
            local: udp.local_addr()?,
            udp,
            streams,
            links: Mutex::default(),
            arrived: Mutex::new(arrived),
            arrivals,
            stream_first: AtomicBool::new(false),
        })
    }

    /// Fails for good once the connection ended: the stack then gives up the server, and a later ICE restart
    /// makes new sockets and with them new connections.
    fn send(&self, transmit: &Transmit<'_>) -> io::Result<usize> {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let link = match links.entry(transmit.destination) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let (from, arrivals) = (self.local.ip(), self.arrivals.clone());
                let opened = self.streams.open(transmit.destination, from, arrivals);
                place.insert(opened.ok_or(io::ErrorKind::AddrNotAvailable)?)
            }
        };
        let size = transmit.segment_size.unwrap_or(transmit.contents.len());
        for datagram in transmit.contents.chunks(size.max(1)) {
            // What is no TURN message comes of a candidate the other side made up: UDP would lose it as well.
            if let Some(message) = to_stream(datagram) {
                link.send(message)?;
            }
        }
        Ok(transmit.contents.len())
    }

    fn poll_streams(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<usize> {
        let (Some(buf), Some(meta)) = (bufs.first_mut(), meta.first_mut()) else {
            return Poll::Pending;
        };
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        // Never `None`: a sender is kept here.
        let Poll::Ready(Some((from, message))) = arrived.poll_recv(cx) else {
            return Poll::Pending;
        };
        let packet = carried(&message).map_or(&message[..], |packet| &message[packet]);
        let length = packet.len().min(buf.len());
        buf[..length].copy_from_slice(&packet[..length]);
        *meta = RecvMeta::default();
        meta.addr = from;
        meta.len = length;
        meta.stride = length.max(1);
        Poll::Ready(1)
    }
}

impl AsyncUdpSocket for TurnSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.udp.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if is_stand_in(transmit.destination) {
            return Poll::Ready(self.send(transmit));
        }
        self.udp.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        // By turns, so that neither starves the other.
        let stream_first = self.stream_first.fetch_not(Ordering::Relaxed);
        if stream_first && let Poll::Ready(count) = self.poll_streams(cx, bufs, meta) {
            return Poll::Ready(Ok(count));
        }
        if let Poll::Ready(result) = self.udp.poll_recv(cx, bufs, meta) {
            let count = result.as_ref().copied().unwrap_or(0);
            for (buf, meta) in bufs.iter_mut().zip(meta.iter_mut()).take(count) {
                let datagrams = &mut buf[..meta.len];
                if let Some((length, stride)) = unwrap(datagrams, meta.stride) {
                    (meta.len, meta.stride) = (length, stride);
                }
            }
            return Poll::Ready(result);
        }
        if stream_first {
            // Asked above, and will wake us.
            return Poll::Pending;
        }
        self.poll_streams(cx, bufs, meta).map(Ok)
    }

    fn max_gso_segments(&self) -> usize {
        self.udp.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.udp.max_gro_segments()
    }
}
