use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::flights::{Action, Flights};
use crate::clock;
use crate::lock::lock;

/// A socket that answers retransmitted handshake flights.
#[derive(Debug)]
pub(crate) struct HandshakeSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    flights: Mutex<Flights>,
}

impl HandshakeSocket {
    pub(crate) fn new(socket: Arc<dyn AsyncUdpSocket>) -> Self {
        Self {
            socket,
            flights: Mutex::default(),
        }
    }

    /// Answers a retransmission; false if the datagram is not one and goes to the stack.
    fn answer(&self, cx: &mut Context<'_>, from: SocketAddr, datagram: &[u8]) -> bool {
        let mut flights = lock(&self.flights);
        let Action::Retransmit(flight) = flights.on_received(from, datagram, clock::now()) else {
            return false;
        };
        for datagram in flight {
            // If the socket is full, the remote peer will retransmit once more.
            let _ = self.socket.poll_send(
                cx,
                &Transmit {
                    destination: from,
                    ecn: None,
                    contents: datagram,
                    segment_size: None,
                    src_ip: None,
                },
            );
        }
        true
    }
}

/// The first bytes of handshake records, plain and relayed (RFC 7983). Media and data channels have others.
fn may_be_handshake(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(0 | 20 | 22 | 64..=79))
}

impl AsyncUdpSocket for HandshakeSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let sent = self.socket.poll_send(cx, transmit);
        if sent.is_ready() && may_be_handshake(transmit.contents) {
            let size = transmit.segment_size.unwrap_or(transmit.contents.len());
            let mut flights = lock(&self.flights);
            for datagram in transmit.contents.chunks(size.max(1)) {
                flights.on_sent(transmit.destination, datagram);
            }
        }
        sent
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.socket.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Ok(count)) = received {
            for (buffer, meta) in bufs.iter().zip(meta.iter_mut()).take(count) {
                // A batch of datagrams (GRO) is media.
                let datagram = buffer.get(..meta.len).unwrap_or_default();
                if meta.len <= meta.stride
                    && may_be_handshake(datagram)
                    && self.answer(cx, meta.addr, datagram)
                {
                    // An empty datagram, which the stack ignores.
                    meta.len = 0;
                    meta.stride = 1;
                }
            }
        }
        received
    }

    fn max_gso_segments(&self) -> usize {
        self.socket.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.socket.max_gro_segments()
    }
}
