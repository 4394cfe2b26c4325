use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::limiter::{Limiter, Pair};
use super::wire::{Ice, ice};
use crate::clock;

/// A socket that holds connectivity checks back where there are too many.
#[derive(Debug)]
pub(crate) struct CheckedSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    local: SocketAddr,
    limiter: Arc<Mutex<Limiter>>,
}

impl CheckedSocket {
    /// `limiter` is that of all sockets of the connection.
    ///
    /// # Errors
    ///
    /// Where the socket has no address.
    pub(crate) fn new(
        socket: Arc<dyn AsyncUdpSocket>,
        limiter: Arc<Mutex<Limiter>>,
    ) -> io::Result<Self> {
        Ok(Self {
            local: socket.local_addr()?,
            socket,
            limiter,
        })
    }

    fn with_limiter<T>(&self, act: impl FnOnce(&mut Limiter) -> T) -> T {
        // Counters change whole; a panic elsewhere cannot have left one half changed.
        act(&mut self.limiter.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn pair(&self, remote: SocketAddr, relayed: u64) -> Pair {
        Pair {
            local: self.local,
            remote,
            relayed,
        }
    }
}

impl AsyncUdpSocket for CheckedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        // Several of one size in a row are media: a pair is checked with one datagram at a time.
        if let Some(Ice::Check(transaction, relayed)) = ice(transmit.contents) {
            let pair = self.pair(transmit.destination, relayed);
            if !self.with_limiter(|limiter| limiter.admit(pair, transaction, clock::now())) {
                // As if the network had lost it.
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
                if let Some(Ice::Answer(transaction, relayed)) = ice(datagram) {
                    let pair = self.pair(meta.addr, relayed);
                    self.with_limiter(|limiter| limiter.answered(pair, &transaction, clock::now()));
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
