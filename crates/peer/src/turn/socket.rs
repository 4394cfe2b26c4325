//! A UDP socket that also reaches TURN servers over TCP and TLS.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::channel_data::{packet_range, unwrap_batch};
use super::connection::{Connection, Received};
use super::connections::TurnConnections;
use super::framing::to_stream;
use super::placeholders::is_placeholder;
use crate::lock::lock;

/// Received messages queued for the stack, from all servers. More are dropped, as by a full receive buffer.
const MAX_RECEIVED: usize = 512;

/// The UDP socket of one local address, with a connection for each TURN server over TCP or TLS. A connection is opened
/// when the stack first sends to its placeholder address, and ends with the socket.
#[derive(Debug)]
pub(crate) struct TurnSocket {
    udp: Arc<dyn AsyncUdpSocket>,
    local: SocketAddr,
    connections: Arc<TurnConnections>,
    /// By placeholder address.
    open: Mutex<HashMap<SocketAddr, Connection>>,
    received: Mutex<mpsc::Receiver<Received>>,
    /// For the connections.
    sender: mpsc::Sender<Received>,
    poll_streams_first: AtomicBool,
}

impl TurnSocket {
    pub(crate) fn new(
        udp: Arc<dyn AsyncUdpSocket>,
        connections: Arc<TurnConnections>,
    ) -> io::Result<Self> {
        let (sender, received) = mpsc::channel(MAX_RECEIVED);
        Ok(Self {
            local: udp.local_addr()?,
            udp,
            connections,
            open: Mutex::default(),
            received: Mutex::new(received),
            sender,
            poll_streams_first: AtomicBool::new(false),
        })
    }

    /// Sends to a placeholder address.
    ///
    /// # Errors
    ///
    /// Where there is no server, or its connection has ended. The stack then gives up the server; the next ICE restart
    /// opens new sockets and with them new connections.
    fn send(&self, transmit: &Transmit<'_>) -> io::Result<usize> {
        let mut open = lock(&self.open);
        let connection = match open.entry(transmit.destination) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let (from, sender) = (self.local.ip(), self.sender.clone());
                let opened = self.connections.open(transmit.destination, from, sender);
                place.insert(opened.ok_or(io::ErrorKind::AddrNotAvailable)?)
            }
        };
        let size = transmit.segment_size.unwrap_or(transmit.contents.len());
        for datagram in transmit.contents.chunks(size.max(1)) {
            // Not a TURN message, so the destination was a forged candidate. Dropped, as on UDP.
            if let Some(message) = to_stream(datagram) {
                connection.send(message)?;
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
        // Never `Ready(None)`: `self.sender` keeps the channel open.
        let Poll::Ready(Some((from, message))) = lock(&self.received).poll_recv(cx) else {
            return Poll::Pending;
        };
        let packet = packet_range(&message).map_or(&message[..], |packet| &message[packet]);
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
        if is_placeholder(transmit.destination) {
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
        // In turns, so that neither starves the other.
        let streams_first = self.poll_streams_first.fetch_not(Ordering::Relaxed);
        if streams_first && let Poll::Ready(count) = self.poll_streams(cx, bufs, meta) {
            return Poll::Ready(Ok(count));
        }
        if let Poll::Ready(result) = self.udp.poll_recv(cx, bufs, meta) {
            let count = result.as_ref().copied().unwrap_or(0);
            for (buf, meta) in bufs.iter_mut().zip(meta.iter_mut()).take(count) {
                let datagrams = &mut buf[..meta.len];
                if let Some((length, stride)) = unwrap_batch(datagrams, meta.stride) {
                    (meta.len, meta.stride) = (length, stride);
                }
            }
            return Poll::Ready(result);
        }
        if streams_first {
            // Polled above: the waker is registered.
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
