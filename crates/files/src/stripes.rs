//! When a further connection is worth it: an association has 1 MiB in flight at most, which is 50 MB/s at a round trip of
//! 20 ms, and halves its window with each loss. No I/O.

use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Connections of a pair, the first included, that are made one after the other. Home routers have thousands of ports, and a
/// tab of Chromium may have 500 connections.
const STEPS: [u8; 4] = [1, 4, 8, 16];
/// From so many on, the last step has to have raised a rate that is fast. With fewer, the rate of one association that loses
/// packets varies more within a second than a step changes it.
const MANY: u8 = 8;
/// Bytes per second from which on the processor may be the limit, which more connections would only burden. Below, losses
/// are, and on a long path it takes many seconds before new connections show what they gain.
const FAST: f64 = 50e6;
/// What the last step has to have raised a fast rate by.
const MIN_GAIN: f64 = 1.15;
/// How long is measured before connections are added.
const MEASURE: Duration = Duration::from_secs(1);
/// When none is to be added, it is asked again after this time.
const RETRY: Duration = Duration::from_secs(10);
/// On a shorter round trip one association is as fast as the processor.
const MIN_ROUND_TRIP: Duration = Duration::from_millis(3);
/// A queue of this length means that the path is full: more connections would only make it longer.
const MAX_QUEUEING: Duration = Duration::from_millis(20);

/// Decides how many connections there are.
#[derive(Debug)]
pub(crate) struct Striping {
    /// Connections at most.
    max: u8,
    /// Connections that were made or asked for.
    connections: u8,
    began: Option<Instant>,
    bytes: u64,
    /// How often all channels were full, and how often they were looked at.
    full: u32,
    looks: u32,
    /// Bytes per second before the last addition.
    before: Option<f64>,
    settled_until: Option<Instant>,
    /// The local address at which one that was offered did not open.
    refused: Option<IpAddr>,
    /// Of the path, without its queue.
    shortest: Option<Duration>,
}

/// What limits a sender now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of the path, as connectivity checks measure it: what waits in the association does not count.
    pub(crate) round_trip: Duration,
    pub(crate) relayed: bool,
    pub(crate) yields: bool,
    /// The address of this machine that the path uses, at which further connections are made.
    pub(crate) local: Option<IpAddr>,
}

impl Striping {
    pub(crate) const fn new(max: u8) -> Self {
        Self {
            max,
            connections: 1,
            began: None,
            bytes: 0,
            full: 0,
            looks: 0,
            before: None,
            settled_until: None,
            refused: None,
            shortest: None,
        }
    }

    /// One that was added at a local address did not open: the other side makes none, as a browser does, or has no ports for
    /// more; or this machine does not have that address any more. It is not tried again on this connection, unless its path
    /// changes.
    pub(crate) const fn on_refused(&mut self, local: IpAddr) {
        self.refused = Some(local);
        self.connections = self.connections.saturating_sub(1);
    }

    /// So many bytes were sent; `full`: no channel takes more.
    pub(crate) fn on_sent(&mut self, bytes: u64, full: bool, now: Instant) {
        self.began.get_or_insert(now);
        self.bytes += bytes;
        self.looks += 1;
        self.full += u32::from(full);
    }

    /// There is one connection again.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.max);
    }

    /// A round trip of the path; returns the shortest one so far.
    pub(crate) fn on_round_trip(&mut self, round_trip: Duration) -> Duration {
        let shortest = self.shortest.map_or(round_trip, |it| it.min(round_trip));
        self.shortest = Some(shortest);
        shortest
    }

    /// Whether [`Self::poll`] has something to decide.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.began
            .is_some_and(|began| now.saturating_duration_since(began) >= MEASURE)
    }

    /// How many connections to add now.
    pub(crate) fn poll(&mut self, limits: Limits, now: Instant) -> u8 {
        let Some(began) = self.began.filter(|_| self.is_due(now)) else {
            return 0;
        };
        let rate = self.bytes as f64 / now.saturating_duration_since(began).as_secs_f64();
        let is_limited = self.looks > 0 && self.full * 2 > self.looks;
        self.began = None;
        (self.bytes, self.full, self.looks) = (0, 0, 0);
        let shortest = self.on_round_trip(limits.round_trip);
        let permitted = limits.local.is_some()
            && limits.local != self.refused
            && !limits.yields
            && !limits.relayed
            && limits.round_trip >= MIN_ROUND_TRIP;
        if !permitted || !is_limited || self.settled_until.is_some_and(|until| now < until) {
            return 0;
        }
        let gained = self.before.is_none_or(|before| rate >= before * MIN_GAIN);
        let is_vain = self.connections >= MANY && rate >= FAST && !gained;
        if limits.round_trip - shortest > MAX_QUEUEING || is_vain {
            self.settled_until = Some(now + RETRY);
            return 0;
        }
        let next = STEPS.iter().find(|step| **step > self.connections);
        let added = next.map_or(0, |next| {
            (*next).min(self.max).saturating_sub(self.connections)
        });
        if added > 0 {
            self.connections += added;
            self.before = Some(rate);
            // The new connections need a while, which is not measured.
            self.settled_until = Some(now + MEASURE);
        }
        added
    }
}

#[cfg(test)]
mod tests;
