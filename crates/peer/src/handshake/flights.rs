//! Who said what in a handshake, and what to do about a repetition. Pure: datagrams and the time go in.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::wire::{Fragment, handshake};

/// Far ends remembered. A connection has one, over a few paths.
const MAX_FAR_ENDS: usize = 32;
/// Datagrams of a flight, and fragments heard: a certificate chain is one of ours or a browser's own, and short.
const MAX_DATAGRAMS: usize = 16;
const MAX_HEARD: usize = 64;
/// Answers to repetitions of one flight. Browsers wait twice as long each time, so this is a minute.
const MAX_ANSWERS: u32 = 24;
/// The datagrams of one repeated flight arrive together and get one answer.
const SAME_FLIGHT: Duration = Duration::from_millis(25);

#[derive(Debug, Default)]
struct Talk {
    heard: BTreeSet<Fragment>,
    said: BTreeSet<Fragment>,
    /// Our newest flight, as it was sent.
    flight: Vec<Vec<u8>>,
    /// Something new was heard since: what we say next is another flight.
    over: bool,
    answers: u32,
    answered: Option<Instant>,
}

/// What to do with a datagram that arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate<'a> {
    /// It is the stack's.
    HandOn,
    /// It says again what was heard; send these again, if any.
    Answer(&'a [Vec<u8>]),
}

/// The handshakes of one socket.
#[derive(Debug, Default)]
pub(super) struct Flights {
    talks: HashMap<SocketAddr, Talk>,
}

impl Flights {
    /// Takes note of a datagram that leaves.
    pub(super) fn leaves(&mut self, to: SocketAddr, datagram: &[u8]) {
        let Some(fragments) = handshake(datagram) else {
            return;
        };
        let Some(talk) = self.talk(to) else { return };
        // The stack's own repetition has other record numbers, and takes the place of what it repeats.
        let again = fragments
            .iter()
            .any(|fragment| talk.said.contains(fragment));
        if again || std::mem::take(&mut talk.over) {
            talk.flight.clear();
            talk.said.clear();
        }
        if talk.flight.len() < MAX_DATAGRAMS {
            talk.said.extend(fragments);
            talk.flight.push(datagram.to_vec());
        }
    }

    /// A datagram arrived.
    pub(super) fn arrives(&mut self, from: SocketAddr, datagram: &[u8], now: Instant) -> Fate<'_> {
        let Some(fragments) = handshake(datagram) else {
            return Fate::HandOn;
        };
        let Some(talk) = self.talk(from) else {
            return Fate::HandOn;
        };
        let known = |fragment| talk.heard.contains(fragment);
        // Of what is encrypted nothing can be told.
        if fragments.is_empty() || !fragments.iter().all(known) {
            talk.over = true;
            talk.answers = 0;
            if talk.heard.len() < MAX_HEARD {
                talk.heard.extend(fragments);
            }
            return Fate::HandOn;
        }
        if talk.flight.is_empty() || talk.answers >= MAX_ANSWERS {
            return Fate::HandOn;
        }
        let just_now = |at| now.saturating_duration_since(at) < SAME_FLIGHT;
        if talk.answered.is_some_and(just_now) {
            return Fate::Answer(&[]);
        }
        talk.answered = Some(now);
        talk.answers += 1;
        Fate::Answer(&talk.flight)
    }

    fn talk(&mut self, with: SocketAddr) -> Option<&mut Talk> {
        if self.talks.len() >= MAX_FAR_ENDS && !self.talks.contains_key(&with) {
            return None;
        }
        Some(self.talks.entry(with).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::tests::{message, record};
    use super::*;

    fn far() -> SocketAddr {
        SocketAddr::from(([10, 0, 0, 1], 5000))
    }

    fn said(sequence: u16) -> Vec<u8> {
        record(22, 0, &message(sequence, 0))
    }

    fn finished() -> Vec<u8> {
        [record(20, 0, &[1]), record(22, 1, &[9; 40])].concat()
    }

    #[test]
    fn a_repetition_is_answered_with_what_was_said_and_goes_no_further() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut flights = Flights::default();
        assert_eq!(flights.arrives(far(), &said(0), start), Fate::HandOn);
        flights.leaves(far(), &said(0));
        assert_eq!(flights.arrives(far(), &said(1), at(20)), Fate::HandOn);
        // What was said before is not said again.
        let flight = [said(1), said(2)];
        for datagram in &flight {
            flights.leaves(far(), datagram);
        }
        let again = flights.arrives(far(), &said(1), at(70));
        assert_eq!(again, Fate::Answer(&flight));
        assert_eq!(flights.arrives(far(), &said(0), at(71)), Fate::Answer(&[]));
        // Half of it is new.
        let more = [said(1), said(2)].concat();
        assert_eq!(flights.arrives(far(), &more, at(90)), Fate::HandOn);
        flights.leaves(far(), &finished());
        let again = flights.arrives(far(), &said(2), at(200));
        assert_eq!(again, Fate::Answer(&[finished()]));
        assert_eq!(flights.arrives(far(), &finished(), at(300)), Fate::HandOn);
    }

    #[test]
    fn the_stacks_own_repetition_takes_the_place_of_what_it_repeats() {
        let now = Instant::now();
        let mut flights = Flights::default();
        flights.arrives(far(), &said(0), now);
        let with_number = |number: u8| {
            let mut datagram = said(3);
            datagram[10] = number;
            datagram
        };
        for number in 0..100 {
            flights.leaves(far(), &with_number(number));
        }
        assert_eq!(
            flights.arrives(far(), &said(0), now),
            Fate::Answer(&[with_number(99)])
        );
    }

    #[test]
    fn media_is_none_of_this_and_nobody_is_answered_for_ever() {
        let start = Instant::now();
        let mut flights = Flights::default();
        assert_eq!(flights.arrives(far(), &[128; 40], start), Fate::HandOn);
        flights.leaves(far(), &[128; 40]);
        assert!(flights.talks.is_empty());
        flights.arrives(far(), &said(0), start);
        flights.leaves(far(), &said(0));
        let answers = (1..1000)
            .map(|second| start + Duration::from_secs(second))
            .filter(|now| flights.arrives(far(), &said(0), *now) != Fate::HandOn)
            .count();
        assert_eq!(answers, 24);
        for port in 0..1000 {
            flights.arrives(SocketAddr::from(([10, 0, 0, 2], port)), &said(0), start);
        }
        assert!(flights.talks.len() <= MAX_FAR_ENDS);
    }
}
