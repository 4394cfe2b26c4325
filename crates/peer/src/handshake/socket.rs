use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::flights::{Fate, Flights};
use crate::clock;

/// A socket that answers the repetitions of handshakes over it.
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

    /// True where the datagram is not the stack's.
    fn answer(&self, cx: &mut Context<'_>, from: SocketAddr, datagram: &[u8]) -> bool {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let Fate::Answer(flight) = flights.arrives(from, datagram, clock::now()) else {
            return false;
        };
        for datagram in flight {
            // What the socket has no room for now is asked for again.
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

/// Handshakes begin with these, plain and relayed; media and data channels do not.
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
            let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
            for datagram in transmit.contents.chunks(size.max(1)) {
                flights.leaves(transmit.destination, datagram);
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
                // Several of one size in a row are no handshake.
                let datagram = buffer.get(..meta.len).unwrap_or_default();
                if meta.len <= meta.stride
                    && may_be_handshake(datagram)
                    && self.answer(cx, meta.addr, datagram)
                {
                    // Nothing is left of it; the stride says that there is nothing to divide.
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
