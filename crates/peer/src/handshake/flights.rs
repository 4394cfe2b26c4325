//! The flights of DTLS handshakes, and the answers to retransmitted ones. No I/O: datagrams and times are passed in.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::wire::{Fragment, handshake_fragments};

/// Remote addresses remembered. A connection has one, over a few paths.
const MAX_REMOTES: usize = 32;
/// Datagrams of a flight, and fragments received: certificates are ours or a browser's, and their chains short.
const MAX_DATAGRAMS: usize = 16;
const MAX_FRAGMENTS: usize = 64;
/// Answers to retransmissions of one flight. Browsers double their timer each time, so that this covers a minute.
const MAX_ANSWERS: u32 = 24;
/// The datagrams of one retransmitted flight arrive together and get one answer.
const FLIGHT_WINDOW: Duration = Duration::from_millis(25);

/// The handshake with one remote address.
#[derive(Debug, Default)]
struct PeerFlights {
    received: BTreeSet<Fragment>,
    /// Fragments of our latest flight.
    sent: BTreeSet<Fragment>,
    /// Datagrams of our latest flight.
    datagrams: Vec<Vec<u8>>,
    /// Something new was received since: our next datagram begins another flight.
    complete: bool,
    answers: u32,
    answered: Option<Instant>,
}

/// What to do with a received datagram.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action<'a> {
    /// Forward it to the stack.
    Forward,
    /// It is a retransmission: send these datagrams again, if any, and drop it.
    Retransmit(&'a [Vec<u8>]),
}

/// The handshakes of one socket.
#[derive(Debug, Default)]
pub(super) struct Flights {
    peers: HashMap<SocketAddr, PeerFlights>,
}

impl Flights {
    /// Records a datagram that is sent.
    pub(super) fn on_sent(&mut self, to: SocketAddr, datagram: &[u8]) {
        let Some(fragments) = handshake_fragments(datagram) else {
            return;
        };
        let Some(peer) = self.peer(to) else { return };
        // The stack's own retransmissions have new record numbers. They replace the datagrams that they repeat.
        let retransmitted = fragments
            .iter()
            .any(|fragment| peer.sent.contains(fragment));
        if retransmitted || std::mem::take(&mut peer.complete) {
            peer.datagrams.clear();
            peer.sent.clear();
        }
        if peer.datagrams.len() < MAX_DATAGRAMS {
            peer.sent.extend(fragments);
            peer.datagrams.push(datagram.to_vec());
        }
    }

    /// Decides about a received datagram.
    pub(super) fn on_received(
        &mut self,
        from: SocketAddr,
        datagram: &[u8],
        now: Instant,
    ) -> Action<'_> {
        let Some(fragments) = handshake_fragments(datagram) else {
            return Action::Forward;
        };
        let Some(peer) = self.peer(from) else {
            return Action::Forward;
        };
        let known = |fragment| peer.received.contains(fragment);
        // Encrypted records show no fragments: they may be new.
        if fragments.is_empty() || !fragments.iter().all(known) {
            peer.complete = true;
            peer.answers = 0;
            if peer.received.len() < MAX_FRAGMENTS {
                peer.received.extend(fragments);
            }
            return Action::Forward;
        }
        if peer.datagrams.is_empty() || peer.answers >= MAX_ANSWERS {
            return Action::Forward;
        }
        let just_now = |at| now.saturating_duration_since(at) < FLIGHT_WINDOW;
        if peer.answered.is_some_and(just_now) {
            return Action::Retransmit(&[]);
        }
        peer.answered = Some(now);
        peer.answers += 1;
        Action::Retransmit(&peer.datagrams)
    }

    /// `None` where there are too many.
    fn peer(&mut self, remote: SocketAddr) -> Option<&mut PeerFlights> {
        if self.peers.len() >= MAX_REMOTES && !self.peers.contains_key(&remote) {
            return None;
        }
        Some(self.peers.entry(remote).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::tests::{message, record};
    use super::*;

    fn remote() -> SocketAddr {
        SocketAddr::from(([10, 0, 0, 1], 5000))
    }

    fn handshake(sequence: u16) -> Vec<u8> {
        record(22, 0, &message(sequence, 0))
    }

    fn finished() -> Vec<u8> {
        [record(20, 0, &[1]), record(22, 1, &[9; 40])].concat()
    }

    #[test]
    fn a_retransmission_is_answered_with_our_latest_flight_and_not_forwarded() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut flights = Flights::default();
        let receive = |flights: &mut Flights, datagram: &[u8], now| match flights.on_received(
            remote(),
            datagram,
            now,
        ) {
            Action::Forward => None,
            Action::Retransmit(datagrams) => Some(datagrams.to_vec()),
        };
        assert_eq!(receive(&mut flights, &handshake(0), start), None);
        flights.on_sent(remote(), &handshake(0));
        assert_eq!(receive(&mut flights, &handshake(1), at(20)), None);
        // The flight before is not sent again.
        let flight = [handshake(1), handshake(2)];
        for datagram in &flight {
            flights.on_sent(remote(), datagram);
        }
        let answer = receive(&mut flights, &handshake(1), at(70));
        assert_eq!(answer.as_deref(), Some(&flight[..]));
        let answer = receive(&mut flights, &handshake(0), at(71));
        assert_eq!(answer.as_deref(), Some(&[][..]));
        // Half of it is new.
        let more = [handshake(1), handshake(2)].concat();
        assert_eq!(receive(&mut flights, &more, at(90)), None);
        flights.on_sent(remote(), &finished());
        let answer = receive(&mut flights, &handshake(2), at(200));
        assert_eq!(answer.as_deref(), Some(&[finished()][..]));
        assert_eq!(receive(&mut flights, &finished(), at(300)), None);
    }

    #[test]
    fn a_retransmission_of_the_stack_replaces_the_flight_it_repeats() {
        let now = Instant::now();
        let mut flights = Flights::default();
        flights.on_received(remote(), &handshake(0), now);
        let with_record_number = |number: u8| {
            let mut datagram = handshake(3);
            datagram[10] = number;
            datagram
        };
        for number in 0..100 {
            flights.on_sent(remote(), &with_record_number(number));
        }
        assert_eq!(
            flights.on_received(remote(), &handshake(0), now),
            Action::Retransmit(&[with_record_number(99)])
        );
    }

    #[test]
    fn media_is_forwarded_and_answers_and_memory_are_bounded() {
        let start = Instant::now();
        let mut flights = Flights::default();
        let received = flights.on_received(remote(), &[128; 40], start);
        assert_eq!(received, Action::Forward);
        flights.on_sent(remote(), &[128; 40]);
        assert!(flights.peers.is_empty());
        flights.on_received(remote(), &handshake(0), start);
        flights.on_sent(remote(), &handshake(0));
        let answers = (1..1000)
            .map(|second| start + Duration::from_secs(second))
            .filter(|now| flights.on_received(remote(), &handshake(0), *now) != Action::Forward)
            .count();
        assert_eq!(answers, 24);
        for port in 0..1000 {
            let remote = SocketAddr::from(([10, 0, 0, 2], port));
            flights.on_received(remote, &handshake(0), start);
        }
        assert!(flights.peers.len() <= MAX_REMOTES);
    }
}
