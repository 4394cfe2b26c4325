//! How much delay the network asks for.

use crate::{SAMPLE_RATE, count::length, samples};

/// Width of a histogram bucket: finer than anybody hears, coarse enough to be robust.
const BUCKET: i64 = samples(5);
/// A packet later than this tells of an outage, which no delay anybody would bear could cover.
const OUTAGE: i64 = samples(500);
const BUCKETS: usize = 100;
/// Packets the histogram remembers, by exponential forgetting: ten seconds of 20 ms packets.
const MEMORY: f32 = 500.0;
/// The share of packets that must arrive in time.
const COVERED: f32 = 0.98;
/// The fastest packet of this and the previous period is the reference, so that a faster route that is gone
/// (or a drifting clock) is forgotten after one to two periods.
const PERIOD: i64 = 5 * SAMPLE_RATE;
/// Loss above which the buffer waits one packet longer, for the FEC the next one carries.
const FEC_WORTHWHILE: f32 = 0.005;
/// Where the loss estimate begins: the first seconds of a call wait for FEC until the network proves clean.
const FIRST_LOSS: f32 = 0.01;
/// Packets the loss estimate remembers.
const LOSS_MEMORY: f32 = 200.0;
/// What is asked for at least and at most.
const LEAST: i64 = samples(20);
const MOST: i64 = samples(1000);

/// Estimates the playout delay to aim for, in samples.
#[derive(Debug, Clone)]
pub struct Delay {
    /// Shares of packets by lateness against `anchor`.
    buckets: [f32; BUCKETS],
    /// Packets seen, up to [`MEMORY`].
    weight: f32,
    /// Transit of the first bucket's edge. It follows the reference in whole buckets and the buckets move with
    /// it: what was learnt about the network stays true when the reference is forgotten.
    anchor: Option<i64>,
    /// Transits of the fastest and the slowest packet lately.
    extremes: Option<Extremes>,
    loss: f32,
}

/// Of this and the previous period, so that what is older than two is forgotten.
#[derive(Debug, Clone, Copy)]
struct Extremes {
    began: i64,
    fastest: [i64; 2],
    slowest: [i64; 2],
}

impl Extremes {
    fn new(now: i64, transit: i64) -> Self {
        Self {
            began: now,
            fastest: [transit; 2],
            slowest: [transit; 2],
        }
    }

    fn note(&mut self, now: i64, transit: i64) {
        if now - self.began >= 2 * PERIOD {
            // Nothing came for a whole period: what was before says nothing about now.
            *self = Self::new(now, transit);
        } else if now - self.began >= PERIOD {
            self.began = now;
            self.fastest = [transit, self.fastest[0]];
            self.slowest = [transit, self.slowest[0]];
        }
        self.fastest[0] = self.fastest[0].min(transit);
        self.slowest[0] = self.slowest[0].max(transit);
    }

    fn fastest(&self) -> i64 {
        self.fastest[0].min(self.fastest[1])
    }

    fn slowest(&self) -> i64 {
        self.slowest[0].max(self.slowest[1])
    }
}

impl Default for Delay {
    fn default() -> Self {
        Self {
            buckets: [0.0; BUCKETS],
            weight: 0.0,
            anchor: None,
            extremes: None,
            loss: FIRST_LOSS,
        }
    }
}

impl Delay {
    /// Takes note of a packet with media time `timestamp` that arrived at `now`, both in samples.
    pub fn arrived(&mut self, now: i64, timestamp: i64) {
        let transit = now - timestamp;
        if self
            .reference()
            .is_some_and(|reference| transit - reference > OUTAGE)
        {
            return;
        }
        let extremes = self.extremes.get_or_insert(Extremes::new(now, transit));
        extremes.note(now, transit);
        let reference = extremes.fastest();
        let anchor = self.follow(reference);

        // The first packets count fully, later ones as a share of what is remembered: quick at the start of
        // a call, steady afterwards.
        self.weight = (self.weight + 1.0).min(MEMORY);
        let share = 1.0 / self.weight;
        for bucket in &mut self.buckets {
            *bucket *= 1.0 - share;
        }
        self.buckets[bucket(transit - anchor)] += share;
    }

    /// The sender began anew: its clock says nothing about the old one, the network is still the same.
    pub fn anew(&mut self) {
        self.anchor = None;
        self.extremes = None;
    }

    /// Moves the anchor to just below `reference`, and with it what the buckets mean. Returns it.
    fn follow(&mut self, reference: i64) -> i64 {
        let anchor = reference.div_euclid(BUCKET) * BUCKET;
        let moved = self.anchor.map_or(0, |before| (anchor - before) / BUCKET);
        self.anchor = Some(anchor);
        let by = length(moved.abs()).min(BUCKETS - 1);
        if moved > 0 {
            let below: f32 = self.buckets[..by].iter().sum();
            self.buckets.copy_within(by.., 0);
            self.buckets[BUCKETS - by..].fill(0.0);
            self.buckets[0] += below;
        } else if moved < 0 {
            let above: f32 = self.buckets[BUCKETS - by..].iter().sum();
            self.buckets.copy_within(..BUCKETS - by, by);
            self.buckets[..by].fill(0.0);
            self.buckets[BUCKETS - 1] += above;
        }
        anchor
    }

    /// Takes note that `missing` packets are missing before one that came (bounded by 50: an outage says
    /// nothing about the loss FEC can repair).
    pub fn missing(&mut self, missing: u32) {
        for _ in 0..missing.min(50) {
            self.loss += (1.0 - self.loss) / LOSS_MEMORY;
        }
        self.loss -= self.loss / LOSS_MEMORY;
    }

    /// Takes note that a packet counted as missing came after all, out of order.
    pub fn found(&mut self) {
        self.loss = (self.loss - 1.0 / LOSS_MEMORY).max(0.0);
    }

    /// Transit of the fastest recent packet, in samples of a clock whose zero is nobody's business. `None`
    /// before the first packet.
    #[must_use]
    pub fn reference(&self) -> Option<i64> {
        self.extremes.map(|extremes| extremes.fastest())
    }

    /// Recent share of packets that never came, 0 to 1.
    #[must_use]
    pub fn loss(&self) -> f32 {
        self.loss
    }

    /// How long after the fastest packet's schedule a sample should be played, in samples, for packets of
    /// `packet` samples that carry FEC or do not, to a sound card that asks for `block` samples at once.
    #[must_use]
    pub fn target(&self, packet: i64, fec: bool, block: i64) -> i64 {
        let late = self.late().unwrap_or(BUCKET);
        let for_fec = if fec && self.loss > FEC_WORTHWHILE {
            packet
        } else {
            0
        };
        // The last sample of a block may be the first of its packet.
        (late + for_fec + block).clamp(LEAST, MOST)
    }

    /// The lateness that most packets stay below. Never more than that of the slowest packet lately: when a
    /// network calms down, the share of its worse packets takes half a minute to fade from the histogram.
    fn late(&self) -> Option<i64> {
        let (anchor, extremes) = self.anchor.zip(self.extremes)?;
        let mut covered = 0.0;
        let mut edge = anchor;
        for share in &self.buckets {
            covered += share;
            edge += BUCKET;
            if covered >= COVERED {
                break;
            }
        }
        Some(edge.min(extremes.slowest()) - extremes.fastest())
    }
}

fn bucket(late: i64) -> usize {
    length(late / BUCKET).min(BUCKETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: i64 = samples(20);

    fn feed(delay: &mut Delay, packets: std::ops::Range<i64>, late_ms: impl Fn(i64) -> i64) {
        for index in packets {
            delay.arrived(samples(index * 20 + late_ms(index)), samples(index * 20));
        }
    }

    #[test]
    fn a_quiet_network_asks_for_almost_nothing() {
        let mut delay = Delay::default();
        feed(&mut delay, 0..200, |_| 0);
        assert_eq!(delay.target(PACKET, false, samples(10)), samples(20));
    }

    #[test]
    fn jitter_is_covered_and_forgotten() {
        let mut delay = Delay::default();
        feed(&mut delay, 0..500, |index| (index * 37) % 80);
        let jittery = delay.target(PACKET, false, samples(10));
        assert!(
            jittery >= samples(80) && jittery <= samples(100),
            "{jittery}"
        );
        feed(&mut delay, 500..3000, |_| 0);
        assert_eq!(delay.target(PACKET, false, samples(10)), samples(20));
    }

    #[test]
    fn a_slower_route_is_not_paid_for_twice() {
        let mut delay = Delay::default();
        feed(&mut delay, 0..500, |_| 0);
        let mut highest = 0;
        for index in 500..3000 {
            feed(&mut delay, index..index + 1, |_| 150);
            let reference = delay.reference().expect("packets came");
            highest = highest.max(reference + delay.target(PACKET, false, samples(10)));
        }
        assert_eq!(delay.reference(), Some(samples(150)));
        assert!(highest <= samples(150 + 20), "{highest}");
    }

    #[test]
    fn a_faster_route_keeps_what_is_known_and_then_forgets_it() {
        let mut delay = Delay::default();
        feed(&mut delay, 0..500, |index| 200 + (index * 37) % 40);
        feed(&mut delay, 500..501, |_| 0);
        assert_eq!(delay.reference(), Some(0));
        assert!(
            delay.target(PACKET, false, samples(10)) >= samples(230),
            "old packets still count"
        );
        feed(&mut delay, 501..3000, |_| 0);
        assert_eq!(delay.target(PACKET, false, samples(10)), samples(20));
    }

    #[test]
    fn loss_buys_the_time_fec_needs() {
        let mut delay = Delay::default();
        feed(&mut delay, 0..200, |_| 0);
        (0..200).for_each(|_| delay.missing(0));
        let clean = delay.target(PACKET, true, samples(10));
        assert_eq!(clean, samples(20));
        (0..100).for_each(|index| delay.missing(u32::from(index % 20 == 0)));
        assert_eq!(delay.target(PACKET, true, samples(10)), clean + samples(10));
        assert_eq!(
            delay.target(PACKET, false, samples(10)),
            clean,
            "nothing to wait for"
        );
    }

    #[test]
    fn reordering_is_not_loss() {
        let mut delay = Delay::default();
        for _ in 0..500 {
            delay.missing(1);
            delay.found();
            delay.missing(0);
        }
        assert!(delay.loss() < 0.01, "{}", delay.loss());
    }
}
