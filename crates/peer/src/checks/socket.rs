use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::limiter::{CheckLimiter, Pair};
use super::wire::{Check, CheckKind, parse};
use crate::clock;
use crate::lock::lock;

/// A socket that drops connectivity checks beyond the rate limit.
#[derive(Debug)]
pub(crate) struct CheckedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    local: SocketAddr,
    limiter: Arc<Mutex<CheckLimiter>>,
}

impl CheckedSocket {
    /// All sockets of a connection share one `limiter`.
    ///
    /// # Errors
    ///
    /// Where the socket has no address.
    pub(crate) fn new(
        socket: Arc<dyn AsyncUdpSocket>,
        limiter: Arc<Mutex<CheckLimiter>>,
    ) -> io::Result<Self> {
        Ok(Self {
            local: socket.local_addr()?,
            socket,
            limiter,
        })
    }

    fn pair(&self, remote: SocketAddr, check: &Check) -> Pair {
        Pair {
            local: self.local,
            remote,
            relayed: check.relayed,
        }
    }
}

impl AsyncUdpSocket for CheckedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        // A batch of datagrams (GSO) is media: checks are sent one by one.
        let request = parse(transmit.contents).filter(|check| check.kind == CheckKind::Request);
        if let Some(check) = request {
            let pair = self.pair(transmit.destination, &check);
            let admitted = lock(&self.limiter).admit(pair, check.transaction, clock::now());
            if !admitted {
                // To the stack it looks like a loss on the network.
                return Poll::Ready(Ok(transmit.contents.len()));
            }
        }
        self.socket.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let received = self.socket.poll_recv(cx, bufs, meta);
        if let Poll::Ready(Ok(count)) = received {
            for (buffer, meta) in bufs.iter().zip(meta.iter()).take(count) {
                let datagram = buffer.get(..meta.len.min(meta.stride)).unwrap_or_default();
                let response = parse(datagram).filter(|check| check.kind == CheckKind::Response);
                if let Some(check) = response {
                    let pair = self.pair(meta.addr, &check);
                    lock(&self.limiter).on_response(pair, &check.transaction, clock::now());
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
