//! The playout delay that a network's jitter and loss require.

use crate::units::{SAMPLE_RATE, samples, to_usize};

/// Width of a histogram bucket, in samples.
const BUCKET: i64 = samples(5);
const BUCKETS: usize = 100;
/// A packet later than this indicates an outage, which no acceptable delay could cover.
const OUTAGE: i64 = samples(500);
/// Packets that the histogram remembers, by exponential forgetting: ten seconds of 20 ms packets.
const HISTOGRAM_MEMORY: f32 = 500.0;
/// The share of packets that must arrive in time.
const QUANTILE: f32 = 0.98;
/// The fastest packet of this and the previous period is the reference. A faster route that is gone (or a
/// drifting clock) is therefore forgotten after one to two periods.
const PERIOD: i64 = 5 * SAMPLE_RATE;
/// Loss above which the buffer waits one packet longer, for the FEC in the next one.
const FEC_WORTHWHILE: f32 = 0.005;
/// Initial loss estimate. Above [`FEC_WORTHWHILE`]: a call waits for FEC until the network has proven clean.
const INITIAL_LOSS: f32 = 0.01;
/// Packets that the loss estimate remembers.
const LOSS_MEMORY: f32 = 200.0;
/// Most packets that one gap adds to the loss estimate: a longer gap is an outage, which FEC cannot repair.
const MAX_GAP: u32 = 50;
/// Bounds of the target.
const MIN_TARGET: i64 = samples(20);
const MAX_TARGET: i64 = samples(1000);

/// Estimates the target playout delay from packet arrivals. All times in samples.
#[derive(Debug, Clone)]
pub struct TargetDelay {
    /// Share of packets by lateness against `anchor`.
    buckets: [f32; BUCKETS],
    /// Packets seen, up to [`HISTOGRAM_MEMORY`].
    weight: f32,
    /// Transit time at the lower edge of the first bucket. It follows the reference in whole buckets, and the
    /// buckets shift with it: the histogram stays valid when the reference changes.
    anchor: Option<i64>,
    extremes: Option<TransitExtremes>,
    loss: f32,
}

/// Transit times of the fastest and the slowest packet of this and the previous period.
#[derive(Debug, Clone, Copy)]
struct TransitExtremes {
    period_start: i64,
    fastest: [i64; 2],
    slowest: [i64; 2],
}

impl TransitExtremes {
    fn new(now: i64, transit: i64) -> Self {
        Self {
            period_start: now,
            fastest: [transit; 2],
            slowest: [transit; 2],
        }
    }

    fn add(&mut self, now: i64, transit: i64) {
        if now - self.period_start >= 2 * PERIOD {
            // No packet for a whole period: the old values say nothing about the network now.
            *self = Self::new(now, transit);
        } else if now - self.period_start >= PERIOD {
            self.period_start = now;
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

impl Default for TargetDelay {
    fn default() -> Self {
        Self {
            buckets: [0.0; BUCKETS],
            weight: 0.0,
            anchor: None,
            extremes: None,
            loss: INITIAL_LOSS,
        }
    }
}

impl TargetDelay {
    /// A packet with media time `timestamp` arrived at `now`.
    pub fn on_packet(&mut self, now: i64, timestamp: i64) {
        let transit = now - timestamp;
        if self
            .reference()
            .is_some_and(|reference| transit - reference > OUTAGE)
        {
            return;
        }
        let extremes = self
            .extremes
            .get_or_insert(TransitExtremes::new(now, transit));
        extremes.add(now, transit);
        let reference = extremes.fastest();
        let anchor = self.move_anchor(reference);

        // The first packets have a large weight, later ones the share of the memory: the estimate adapts quickly
        // at the start of a call and is steady afterwards.
        self.weight = (self.weight + 1.0).min(HISTOGRAM_MEMORY);
        let share = 1.0 / self.weight;
        for bucket in &mut self.buckets {
            *bucket *= 1.0 - share;
        }
        self.buckets[bucket_of(transit - anchor)] += share;
    }

    /// The stream restarted: its timestamps have another offset, the network is the same.
    pub fn on_restart(&mut self) {
        self.anchor = None;
        self.extremes = None;
    }

    /// Moves the anchor to just below `reference`, shifts the buckets accordingly, and returns the anchor.
    fn move_anchor(&mut self, reference: i64) -> i64 {
        let anchor = reference.div_euclid(BUCKET) * BUCKET;
        let moved = self.anchor.map_or(0, |before| (anchor - before) / BUCKET);
        self.anchor = Some(anchor);
        let by = to_usize(moved.abs()).min(BUCKETS - 1);
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

    /// A packet arrived with `missing` packets before it that have not arrived; 0 when it was the next in
    /// sequence.
    pub fn on_sequence(&mut self, missing: u32) {
        for _ in 0..missing.min(MAX_GAP) {
            self.loss += (1.0 - self.loss) / LOSS_MEMORY;
        }
        self.loss -= self.loss / LOSS_MEMORY;
    }

    /// A packet that was counted as missing arrived out of order.
    pub fn on_reordered(&mut self) {
        self.loss = (self.loss - 1.0 / LOSS_MEMORY).max(0.0);
    }

    /// Transit time of the fastest recent packet, with an arbitrary epoch. `None` before the first packet.
    #[must_use]
    pub fn reference(&self) -> Option<i64> {
        self.extremes.map(|extremes| extremes.fastest())
    }

    /// Recent share of packets that never arrived, 0 to 1.
    #[must_use]
    pub fn loss(&self) -> f32 {
        self.loss
    }

    /// The delay to aim for, counted from the arrival time that the fastest packet implies. `packet` is the
    /// duration of a packet, `fec` says whether packets carry FEC, `block` is the size of a request for samples.
    #[must_use]
    pub fn target(&self, packet: i64, fec: bool, block: i64) -> i64 {
        let late = self.lateness().unwrap_or(BUCKET);
        let for_fec = if fec && self.loss > FEC_WORTHWHILE {
            packet
        } else {
            0
        };
        // The last sample of a block may be the first of its packet.
        (late + for_fec + block).clamp(MIN_TARGET, MAX_TARGET)
    }

    /// The [`QUANTILE`] of lateness. Never more than that of the slowest recent packet: when jitter ends, the share
    /// of late packets takes half a minute to fade from the histogram.
    fn lateness(&self) -> Option<i64> {
        let (anchor, extremes) = self.anchor.zip(self.extremes)?;
        let mut covered = 0.0;
        let mut edge = anchor;
        for share in &self.buckets {
            covered += share;
            edge += BUCKET;
            if covered >= QUANTILE {
                break;
            }
        }
        Some(edge.min(extremes.slowest()) - extremes.fastest())
    }
}

fn bucket_of(late: i64) -> usize {
    to_usize(late / BUCKET).min(BUCKETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: i64 = samples(20);

    fn feed(delay: &mut TargetDelay, packets: std::ops::Range<i64>, late_ms: impl Fn(i64) -> i64) {
        for index in packets {
            delay.on_packet(samples(index * 20 + late_ms(index)), samples(index * 20));
        }
    }

    #[test]
    fn without_jitter_the_target_is_minimal() {
        let mut delay = TargetDelay::default();
        feed(&mut delay, 0..200, |_| 0);
        assert_eq!(delay.target(PACKET, false, samples(10)), samples(20));
    }

    #[test]
    fn jitter_raises_the_target_and_is_forgotten() {
        let mut delay = TargetDelay::default();
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
    fn a_slower_route_delays_playout_by_no_more_than_itself() {
        let mut delay = TargetDelay::default();
        feed(&mut delay, 0..500, |_| 0);
        let mut highest = 0;
        for index in 500..3000 {
            feed(&mut delay, index..index + 1, |_| 150);
            let reference = delay.reference().expect("packets arrived");
            highest = highest.max(reference + delay.target(PACKET, false, samples(10)));
        }
        assert_eq!(delay.reference(), Some(samples(150)));
        assert!(highest <= samples(150 + 20), "{highest}");
    }

    #[test]
    fn a_faster_route_keeps_the_histogram_until_it_fades() {
        let mut delay = TargetDelay::default();
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
    fn loss_adds_the_packet_that_fec_needs() {
        let mut delay = TargetDelay::default();
        feed(&mut delay, 0..200, |_| 0);
        (0..200).for_each(|_| delay.on_sequence(0));
        let clean = delay.target(PACKET, true, samples(10));
        assert_eq!(clean, samples(20));
        (0..100).for_each(|index| delay.on_sequence(u32::from(index % 20 == 0)));
        assert_eq!(delay.target(PACKET, true, samples(10)), clean + samples(10));
        assert_eq!(
            delay.target(PACKET, false, samples(10)),
            clean,
            "no FEC to wait for"
        );
    }

    #[test]
    fn reordering_is_not_loss() {
        let mut delay = TargetDelay::default();
        for _ in 0..500 {
            delay.on_sequence(1);
            delay.on_reordered();
            delay.on_sequence(0);
        }
        assert!(delay.loss() < 0.01, "{}", delay.loss());
    }
}
