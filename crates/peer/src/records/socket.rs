use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::last::{LastRecords, data_records};
use crate::channel::NegotiatedChannels;
use crate::checks::{CheckLimiter, Pair};
use crate::clock;
use crate::lock::lock;
use crate::stun::channel_data;

/// A socket that sends no data before the channels are made, and the last DTLS records again when a path works again.
#[derive(Debug)]
pub(crate) struct RecordSocket {
    socket: Arc<dyn AsyncUdpSocket>,
    checks: Arc<Mutex<CheckLimiter>>,
    channels: Arc<NegotiatedChannels>,
    records: Arc<Mutex<LastRecords>>,
}

impl RecordSocket {
    /// All sockets of a connection share `checks`, which those below report to, and `records`.
    pub(crate) fn new(
        socket: Arc<dyn AsyncUdpSocket>,
        checks: Arc<Mutex<CheckLimiter>>,
        channels: Arc<NegotiatedChannels>,
        records: Arc<Mutex<LastRecords>>,
    ) -> Self {
        Self {
            socket,
            checks,
            channels,
            records,
        }
    }

    fn send(&self, cx: &mut Context<'_>, pair: Pair, records: &[u8]) {
        let contents = match pair.channel() {
            Some(channel) => channel_data(channel, records),
            None if pair.relayed == 0 => records.to_vec(),
            // The stack binds a channel to each peer it uses.
            None => return,
        };
        // If the socket is full, the next answered check repeats them.
        let _ = self.socket.poll_send(
            cx,
            &Transmit {
                destination: pair.remote,
                ecn: None,
                contents: &contents,
                segment_size: None,
                src_ip: None,
            },
        );
    }
}

/// The first bytes of DTLS records with data, plain and relayed (RFC 7983).
fn may_be_data(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(0 | 23 | 64..=79))
}

impl AsyncUdpSocket for RecordSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        let may_be_data = may_be_data(transmit.contents);
        if may_be_data && !self.channels.are_made() && data_records(transmit.contents).is_some() {
            // To the stack it looks like a loss on the network.
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        let sent = self.socket.poll_send(cx, transmit);
        if sent.is_ready() && may_be_data {
            let size = transmit.segment_size.unwrap_or(transmit.contents.len());
            lock(&self.records).on_sent(transmit.contents.chunks(size.max(1)));
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
            for (buffer, meta) in bufs.iter().zip(meta.iter()).take(count) {
                // The first of a batch (GRO) says what all are.
                let datagram = buffer.get(..meta.len.min(meta.stride)).unwrap_or_default();
                if may_be_data(datagram) {
                    lock(&self.records).on_received(datagram);
                }
            }
            let answered = lock(&self.checks).take_answered();
            if let Some(pair) = answered {
                let again = lock(&self.records).on_check_answered(clock::now());
                for records in again {
                    self.send(cx, pair, &records);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stun::tests::channel_data as relayed;

    /// Counts what is sent.
    #[derive(Debug, Default)]
    struct Counter(Mutex<Vec<Vec<u8>>>);

    impl AsyncUdpSocket for Counter {
        fn local_addr(&self) -> io::Result<SocketAddr> {
            Ok(SocketAddr::from(([127, 0, 0, 1], 1)))
        }

        fn poll_send(
            &self,
            _: &mut Context<'_>,
            transmit: &Transmit<'_>,
        ) -> Poll<io::Result<usize>> {
            lock(&self.0).push(transmit.contents.to_vec());
            Poll::Ready(Ok(transmit.contents.len()))
        }

        fn poll_recv(
            &self,
            _: &mut Context<'_>,
            _: &mut [IoSliceMut<'_>],
            _: &mut [RecvMeta],
        ) -> Poll<io::Result<usize>> {
            Poll::Pending
        }

        fn max_gso_segments(&self) -> usize {
            1
        }

        fn max_gro_segments(&self) -> usize {
            1
        }
    }

    #[test]
    fn only_data_waits_for_the_channels() {
        let counter = Arc::new(Counter::default());
        let channels = Arc::<NegotiatedChannels>::default();
        let socket = RecordSocket::new(
            Arc::clone(&counter) as Arc<dyn AsyncUdpSocket>,
            Arc::default(),
            Arc::clone(&channels),
            Arc::default(),
        );
        let send = |contents: &[u8]| {
            let transmit = Transmit {
                destination: SocketAddr::from(([127, 0, 0, 1], 2)),
                ecn: None,
                contents,
                segment_size: None,
                src_ip: None,
            };
            let mut cx = Context::from_waker(std::task::Waker::noop());
            let sent = socket.poll_send(&mut cx, &transmit);
            assert!(matches!(sent, Poll::Ready(Ok(size)) if size == contents.len()));
        };
        let data = [23, 254, 253, 0, 1];
        // A DTLS handshake, media and a check.
        let others = [[22, 254, 253, 0, 0], [128, 96, 0, 1, 0], [0, 1, 0, 0, 0]];
        for datagram in others {
            send(&datagram);
            send(&relayed(&datagram));
        }
        send(&data);
        send(&relayed(&data));
        assert_eq!(lock(&counter.0).len(), 6);
        channels.set_made();
        send(&data);
        send(&relayed(&data));
        assert_eq!(lock(&counter.0)[6..], [data.to_vec(), relayed(&data)]);
    }
}
