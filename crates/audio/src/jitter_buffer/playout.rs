//! Decides which samples are played next: decoded, recovered, concealed or silent.

use super::{
    decode_request::{Decode, DecodeRequest},
    stats::JitterBufferStats,
    sync_buffer::SyncBuffer,
};
use crate::{
    packet_buffer::{BufferedPacket, MAX_PACKETS, PacketBuffer},
    units::{samples, to_usize},
};

/// Distance from the target, in samples, above which correcting the delay matters more than inaudible joints.
pub(super) const FAR_OFF: i64 = samples(80);
/// Distance above which packets are skipped instead of waiting for time-stretching.
const SKIP_ABOVE: i64 = samples(1000);
/// Length of one step of concealment or silence.
const STEP: i64 = samples(10);
/// Playout stops after this long without packets.
const MAX_STARVATION: i64 = samples(1000);
/// Minimum delay at the start: the first packets say little about jitter. Most networks need this much, and
/// time-stretching removes an excess within a second.
const INITIAL_DELAY: i64 = samples(80);

/// State of network and sender during one request for samples. Times in samples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conditions {
    pub(super) now: i64,
    /// Delay to aim for.
    pub(super) target: i64,
    /// Transit time of the fastest recent packet.
    pub(super) reference: Option<i64>,
    /// Duration of a packet.
    pub(super) packet: i64,
    /// The sender sends FEC.
    pub(super) fec: bool,
}

/// Packets, decoded samples and the position between them.
#[derive(Debug, Default)]
pub(super) struct Playout {
    packets: PacketBuffer,
    audio: SyncBuffer,
    /// Media time to be decoded next; `None` while playout is stopped.
    next: Option<i64>,
    last_sequence: Option<i64>,
    /// Samples produced while media time stood still because no packet was there. When those packets turn out to
    /// be lost, this much of the gap has been filled already.
    filled_ahead: i64,
    /// The last packet announced silence.
    dtx: bool,
    pub(super) stats: JitterBufferStats,
}

impl Playout {
    pub(super) fn insert(&mut self, packet: BufferedPacket) {
        if self.next.is_some_and(|next| packet.end() <= next) {
            self.stats.late_packets += 1;
            return;
        }
        self.packets.insert(packet);
    }

    /// Drops all packets and stops.
    pub(super) fn reset(&mut self) {
        self.packets.clear();
        self.stop();
    }

    fn stop(&mut self) {
        self.next = None;
        self.last_sequence = None;
        self.filled_ahead = 0;
        self.dtx = false;
    }

    pub(super) fn packets(&self) -> usize {
        self.packets.len()
    }

    /// Decoded samples to be played.
    pub(super) fn decoded(&self) -> i64 {
        self.audio.len()
    }

    /// Media time of the next sample to be played; `None` while playout is stopped.
    pub(super) fn position(&self) -> Option<i64> {
        Some(self.next? + self.filled_ahead - self.audio.len())
    }

    /// The delay with which media time `start` would be played right after the decoded samples.
    fn delay_of(&self, start: i64, conditions: &Conditions) -> i64 {
        conditions.now + self.audio.len() - start - conditions.reference.unwrap_or(0)
    }

    /// Starts when the first packet is due. Skips packets that are too old: after an outage, current audio is
    /// better than a second of delay.
    pub(super) fn start_or_skip(&mut self, conditions: &Conditions) {
        let (wanted, limit) = if self.next.is_some() {
            (conditions.target, SKIP_ABOVE)
        } else {
            (conditions.target.max(INITIAL_DELAY), FAR_OFF)
        };
        let Some(first) = self.packets.first() else {
            return;
        };
        let start = first.start().max(self.next.unwrap_or(i64::MIN));
        if self.delay_of(start, conditions) > wanted + limit {
            while self.packets.len() > 1
                && let Some(first) = self.packets.first()
                && self.delay_of(first.start(), conditions) > wanted
            {
                self.stats.skipped += first.duration() as u64;
                self.packets.pop();
            }
            self.stop();
        }
        let Some(first) = self.packets.first() else {
            return;
        };
        if self.next.is_none() && self.delay_of(first.start(), conditions) >= wanted {
            self.next = Some(first.start());
        }
    }

    /// Decodes until `count` samples are ready or playout stops.
    pub(super) fn ensure(&mut self, count: i64, conditions: &Conditions, decode: &mut Decode<'_>) {
        while self.audio.len() < count && self.advance(conditions, decode) {}
    }

    /// Decodes packets until `count` samples are ready. False when the next packet is not there: nothing is
    /// concealed ahead of time, since it may still arrive.
    pub(super) fn decode_ahead(
        &mut self,
        count: i64,
        conditions: &Conditions,
        decode: &mut Decode<'_>,
    ) -> bool {
        while self.audio.len() < count {
            let next_is_here = self
                .next
                .zip(self.packets.first())
                .is_some_and(|(next, first)| first.start() <= next);
            if !next_is_here {
                return false;
            }
            self.advance(conditions, decode);
        }
        true
    }

    pub(super) fn play(&mut self, out: &mut [f32]) {
        self.audio.play(out);
    }

    /// Removes one pitch period; false where none can be removed.
    pub(super) fn accelerate(&mut self, force: bool) -> bool {
        let removed = self.audio.accelerate(force);
        self.stats.accelerated += removed as u64;
        removed > 0
    }

    /// Repeats one pitch period; false where none can be repeated.
    pub(super) fn decelerate(&mut self, force: bool) -> bool {
        let added = self.audio.decelerate(force);
        self.stats.decelerated += added as u64;
        added > 0
    }

    /// Appends the next samples, or advances media time without any. False while playout is stopped.
    fn advance(&mut self, conditions: &Conditions, decode: &mut Decode<'_>) -> bool {
        let Some(next) = self.next else { return false };
        let Some(first) = self.packets.first() else {
            return self.starve(decode);
        };
        if first.end() <= next {
            // Covers only media time that has been played. Well-behaved senders do not overlap packets.
            self.stats.late_packets += 1;
            self.packets.pop();
            return true;
        }
        let gap = first.start() - next;
        let in_sequence = self
            .last_sequence
            .is_some_and(|last| first.position.sequence == last + 1);
        if gap <= 0 {
            self.decode_first(decode);
        } else if self.dtx || in_sequence {
            self.play_silence(next, in_sequence, conditions, decode);
        } else if self.filled_ahead > 0 {
            let covered = self.filled_ahead.min(gap);
            self.filled_ahead -= covered;
            self.next = Some(next + covered);
        } else {
            self.repair(next, gap, conditions, decode);
        }
        true
    }

    /// No packet is there. Media time stands still: late packets are still played, and the delay has grown by the
    /// length of the hole.
    fn starve(&mut self, decode: &mut Decode<'_>) -> bool {
        if self.filled_ahead >= MAX_STARVATION {
            self.stop();
            return false;
        }
        if self.dtx {
            self.stats.dtx_filled += STEP as u64;
        } else {
            self.stats.concealed += STEP as u64;
        }
        self.fill(STEP, decode);
        true
    }

    /// Conceals without advancing media time.
    fn fill(&mut self, samples: i64, decode: &mut Decode<'_>) {
        self.audio.conceal(samples, decode);
        self.filled_ahead += samples;
    }

    fn decode_first(&mut self, decode: &mut Decode<'_>) {
        let Some(first) = self.packets.pop() else {
            return;
        };
        if let Some(last) = self.last_sequence {
            let missing = first.position.sequence - last - 1;
            self.stats.lost_packets += missing.clamp(0, MAX_PACKETS as i64) as u64;
        }
        self.last_sequence = Some(first.position.sequence);
        self.stats.played_packets += 1;
        self.filled_ahead = 0;
        self.dtx = first.packet.dtx;
        self.audio.append(
            DecodeRequest::Decode(&first.packet.payload),
            first.duration(),
            first.duration(),
            decode,
        );
        self.next = Some(first.end());
    }

    /// The sender was silent before the first packet in the buffer. Silence can have any length: it ends when that
    /// packet has exactly the target delay, so that no time-stretching is needed afterwards.
    fn play_silence(
        &mut self,
        next: i64,
        in_sequence: bool,
        conditions: &Conditions,
        decode: &mut Decode<'_>,
    ) {
        let Some(first) = self.packets.first() else {
            return;
        };
        // When the packet before this one was lost, speech may have begun with it.
        let lost = if first.packet.fec && !in_sequence {
            first.duration()
        } else {
            0
        };
        let start = (first.start() - lost).max(next);
        let wait = (conditions.target - self.delay_of(start, conditions)).min(STEP);
        if wait > 0 {
            self.stats.dtx_filled += wait as u64;
            self.fill(wait, decode);
            return;
        }
        self.next = Some(start);
        self.filled_ahead = 0;
        self.dtx = false;
    }

    /// Packets between `next` and the first one in the buffer were lost. The last of them may be recovered from
    /// FEC; the others are concealed.
    fn repair(&mut self, next: i64, gap: i64, conditions: &Conditions, decode: &mut Decode<'_>) {
        let Some(first) = self.packets.first() else {
            return;
        };
        let recoverable = if conditions.fec { first.duration() } else { 0 };
        if gap > recoverable {
            let piece = (gap - recoverable).min(conditions.packet);
            self.stats.concealed += piece as u64;
            self.audio.conceal(piece, decode);
            self.next = Some(next + piece);
            return;
        }
        if first.packet.fec {
            // The beginning of the lost packet may have been filled already: then only its end is used.
            let request = DecodeRequest::DecodeFec {
                payload: &first.packet.payload,
                samples: to_usize(recoverable),
            };
            self.audio.append(request, recoverable, gap, decode);
            self.stats.fec_recovered += gap as u64;
        } else {
            self.audio.conceal(gap, decode);
            self.stats.silent_concealed += gap as u64;
        }
        self.next = Some(next + gap);
    }
}
