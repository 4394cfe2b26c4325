//! What the sound card gets.

mod sound;
mod statistics;

use std::time::Duration;

use crate::{
    count::{clock, length, media, tally, tally_length},
    delay::Delay,
    queue::{CAPACITY, Packet, Queue, Queued},
    samples, stretch,
    timeline::{Place, Timeline, Verdict},
    toc::LONGEST_PACKET,
};
use sound::Sound;
pub use statistics::Statistics;

/// What [`Playout::pull`] wants decoded next, always in this order of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask<'a> {
    /// Decode this payload.
    Decode(&'a [u8]),
    /// Recover the packet *before* this payload from the FEC inside it; `samples` of it are missing.
    Recover {
        /// The packet after the lost one.
        payload: &'a [u8],
        /// Samples to produce.
        samples: usize,
    },
    /// Nothing is known: conceal `samples`.
    Conceal {
        /// Samples to produce.
        samples: usize,
    },
}

/// How far the actual delay may be above the wanted one before anything is done about it: what is removed is a
/// whole period of up to 15 ms, which must not be missing afterwards. There is no tolerance below: the wanted
/// delay is what the network needs.
const TOLERANCE: i64 = samples(15);
/// Beyond this the joint may be heard: being so far off is worse.
const FORCED: i64 = samples(80);
/// Beyond this nobody waits for stretching to catch up.
const HOPELESS: i64 = samples(1000);
/// Time between two stretches: speech stays within a quarter of its speed.
const REST: i64 = samples(60);
/// The same when far off.
const FORCED_REST: i64 = samples(30);
/// One concealment step.
const STEP: i64 = samples(10);
/// After nothing at all for so long, playing ends until something comes.
const STARVED: i64 = samples(1000);
/// The first packets of a call know nothing of its jitter: this is what most networks need, and what is too
/// much goes away within a second.
const FIRST_DELAY: i64 = samples(80);
/// What may be asked for on top of the network's needs: a picture later than this is hopeless.
const MOST_LEAST: i64 = samples(400);
/// Senders put FEC only where there is speech: after so many packets without, it is not a pause any more.
const FEC_MEMORY: u32 = 500;
/// Longest payload that is kept, in bytes: beyond what any voice or any path needs, so that memory is bounded.
const LONGEST_PAYLOAD: usize = 8 * 1024;

/// An adaptive jitter buffer for one Opus stream. See the crate's documentation for how it decides.
///
/// Holds at most 100 packets and 150 ms of sound beyond what is asked for.
#[derive(Debug, Default)]
pub struct Playout {
    timeline: Timeline,
    delay: Delay,
    queue: Queue,
    sound: Sound,
    /// A packet that did not fit; the next one tells whether it began a new stream.
    strange: Option<Packet>,
    /// Media time that comes next; `None` while nothing plays.
    next: Option<i64>,
    last_sequence: Option<i64>,
    newest: Option<Place>,
    /// Filled while media time stood still because nothing was there. When it turns out that packets were
    /// lost, this time has been filled already and must not be filled again.
    credit: i64,
    /// The last packet announced silence.
    silent: bool,
    /// Until the next stretch.
    rest: i64,
    /// Asked for at once.
    block: i64,
    packet: i64,
    /// Packets for which the sender is still believed to send FEC.
    fec: u32,
    /// The delay aimed for at least, whatever the network needs.
    least: i64,
    statistics: Statistics,
}

impl Playout {
    /// A packet arrived at `now`.
    pub fn insert(&mut self, now: Duration, packet: Packet) {
        let length = packet.payload.len();
        if packet.duration == 0 || packet.duration > LONGEST_PACKET || length > LONGEST_PAYLOAD {
            self.statistics.absurd_packets += 1;
            return;
        }
        let now = clock(now);
        match self.timeline.place(now, &packet) {
            Verdict::Here(place) => {
                self.forget_strange();
                self.accept(now, Queued { place, packet });
            }
            Verdict::Duplicate => self.statistics.duplicate_packets += 1,
            Verdict::Strange => {
                self.forget_strange();
                self.strange = Some(packet);
            }
            Verdict::Anew { first, second } => {
                let earlier = self.strange.take();
                self.restart();
                if let Some(packet) = earlier {
                    self.accept(
                        now,
                        Queued {
                            place: first,
                            packet,
                        },
                    );
                }
                self.accept(
                    now,
                    Queued {
                        place: second,
                        packet,
                    },
                );
            }
        }
    }

    /// Fills `out` with what shall be heard from `now` on. `decode` appends what it is asked for; what it
    /// leaves out is silence.
    pub fn pull(
        &mut self,
        now: Duration,
        out: &mut [f32],
        mut decode: impl FnMut(Ask<'_>, &mut Vec<f32>),
    ) {
        let now = clock(now);
        self.block = media(out.len());
        self.catch_up(now);
        while self.sound.len() < self.block && self.advance(now, &mut decode) {}
        self.adjust(now, &mut decode);
        self.sound.play(out);
    }

    /// Counters since the start.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// How long after the fastest packet's schedule the next sample is played, in samples. `None` while
    /// nothing plays.
    #[must_use]
    pub fn current_delay(&self, now: Duration) -> Option<i64> {
        self.delay_at(clock(now))
    }

    /// The delay aimed for, in samples.
    #[must_use]
    pub fn target_delay(&self) -> i64 {
        self.delay
            .target(self.packet.max(STEP), self.fec > 0, self.block.max(STEP))
            .max(self.least)
    }

    /// Aims for at least `delay`, up to 400 ms, so that a picture that takes longer than the voice is not left
    /// behind. The voice gets there, and back, by stretching.
    pub fn set_least_delay(&mut self, delay: Duration) {
        self.least = clock(delay).min(MOST_LEAST);
    }

    /// RTP timestamp of the sample the next [`Playout::pull`] begins with; `None` while nothing plays. What
    /// video aligns its pictures with.
    #[must_use]
    pub fn heard(&self) -> Option<u32> {
        u32::try_from(self.head()?.rem_euclid(1 << 32)).ok()
    }

    /// Packets waiting to be played; at most 100.
    #[must_use]
    pub fn held(&self) -> usize {
        self.queue.len()
    }

    /// Samples decoded and waiting to be played.
    #[must_use]
    pub fn ready(&self) -> usize {
        length(self.sound.len())
    }

    /// Recent share of packets that never came, 0 to 1.
    #[must_use]
    pub fn loss(&self) -> f32 {
        self.delay.loss()
    }

    fn accept(&mut self, now: i64, queued: Queued) {
        self.delay.arrived(now, queued.start());
        self.note_order(queued.place);
        self.packet = queued.duration();
        self.fec = if queued.packet.fec {
            FEC_MEMORY
        } else {
            self.fec.saturating_sub(1)
        };
        if self.next.is_some_and(|next| queued.end() <= next) {
            self.statistics.late_packets += 1;
            return;
        }
        self.queue.insert(queued);
    }

    /// Tells loss from reordering. Sequence numbers alone are not believed: media time must have advanced too.
    fn note_order(&mut self, place: Place) {
        let Some(newest) = self.newest else {
            self.newest = Some(place);
            return;
        };
        if place.timestamp <= newest.timestamp {
            self.delay.found();
            return;
        }
        let advanced = (place.timestamp - newest.timestamp) / self.packet.max(STEP) - 1;
        let missing = (place.sequence - newest.sequence - 1).min(advanced);
        self.delay.missing(u32::try_from(missing).unwrap_or(0));
        self.newest = Some(place);
    }

    fn forget_strange(&mut self) {
        if self.strange.take().is_some() {
            self.statistics.absurd_packets += 1;
        }
    }

    fn restart(&mut self) {
        self.queue.clear();
        self.delay.anew();
        self.newest = None;
        self.stop();
    }

    fn stop(&mut self) {
        self.next = None;
        self.last_sequence = None;
        self.credit = 0;
        self.silent = false;
    }

    /// Media time of the next sample to be heard.
    fn head(&self) -> Option<i64> {
        Some(self.next? + self.credit - self.sound.len())
    }

    fn delay_at(&self, now: i64) -> Option<i64> {
        Some(now - self.head()? - self.delay.reference()?)
    }

    /// How late media time `start` would be if it were heard right behind what is ready.
    fn delay_behind(&self, now: i64, start: i64) -> i64 {
        now + self.sound.len() - start - self.delay.reference().unwrap_or(0)
    }

    /// Begins when the first packet is due. Whatever is hopelessly old is left out: after an outage, whoever
    /// listens wants to be in the present.
    fn catch_up(&mut self, now: i64) {
        let target = self.target_delay();
        let wanted = if self.next.is_some() {
            target
        } else {
            target.max(FIRST_DELAY)
        };
        let limit = if self.next.is_some() {
            HOPELESS
        } else {
            FORCED
        };
        let Some(first) = self.queue.first() else {
            return;
        };
        if self.delay_behind(now, first.start().max(self.next.unwrap_or(i64::MIN))) > wanted + limit
        {
            while self.queue.len() > 1
                && let Some(first) = self.queue.first()
                && self.delay_behind(now, first.start()) > wanted
            {
                self.statistics.skipped += tally(first.duration());
                self.queue.pop();
            }
            self.stop();
        }
        let Some(first) = self.queue.first() else {
            return;
        };
        if self.next.is_none() && self.delay_behind(now, first.start()) >= wanted {
            self.next = Some(first.start());
        }
    }

    /// Adds the next piece of sound, or moves on without one. False while nothing plays.
    fn advance(&mut self, now: i64, decode: &mut impl FnMut(Ask<'_>, &mut Vec<f32>)) -> bool {
        let Some(next) = self.next else { return false };
        let Some(first) = self.queue.first() else {
            return self.starve(decode);
        };
        if first.end() <= next {
            // Overlapped by what was played: no sender of ours does this.
            self.statistics.late_packets += 1;
            self.queue.pop();
            return true;
        }
        let gap = first.start() - next;
        let in_order = self
            .last_sequence
            .is_some_and(|last| first.place.sequence == last + 1);
        if gap <= 0 {
            self.play_first(decode);
        } else if self.silent || in_order {
            self.pause(now, next, in_order, decode);
        } else if self.credit > 0 {
            let paid = self.credit.min(gap);
            self.credit -= paid;
            self.next = Some(next + paid);
        } else {
            self.bridge(next, gap, decode);
        }
        true
    }

    /// Nothing is there. Media time stands still: what comes late is still played, and the delay has grown by
    /// exactly what this hole was long.
    fn starve(&mut self, decode: &mut impl FnMut(Ask<'_>, &mut Vec<f32>)) -> bool {
        if self.credit >= STARVED {
            self.stop();
            return false;
        }
        if self.silent {
            self.statistics.silent += tally(STEP);
        } else {
            self.statistics.concealed += tally(STEP);
        }
        self.fill(STEP, decode);
        true
    }

    /// Conceals without moving media time.
    fn fill(&mut self, piece: i64, decode: &mut impl FnMut(Ask<'_>, &mut Vec<f32>)) {
        self.sound.add(
            Ask::Conceal {
                samples: length(piece),
            },
            piece,
            piece,
            decode,
        );
        self.credit += piece;
    }

    fn play_first(&mut self, decode: &mut impl FnMut(Ask<'_>, &mut Vec<f32>)) {
        let Some(first) = self.queue.pop() else {
            return;
        };
        if let Some(last) = self.last_sequence {
            let missing = (first.place.sequence - last - 1).clamp(0, media(CAPACITY));
            self.statistics.lost_packets += tally(missing);
        }
        self.last_sequence = Some(first.place.sequence);
        self.statistics.played_packets += 1;
        self.credit = 0;
        self.silent = first.packet.silent;
        self.sound.add(
            Ask::Decode(&first.packet.payload),
            first.duration(),
            first.duration(),
            decode,
        );
        self.next = Some(first.end());
    }

    /// The sender was silent before the first packet there is. Silence can be as long as we like: it ends when
    /// that packet has exactly the delay that is wanted, so that no stretching is needed afterwards.
    fn pause(
        &mut self,
        now: i64,
        next: i64,
        in_order: bool,
        decode: &mut impl FnMut(Ask<'_>, &mut Vec<f32>),
    ) {
        let Some(first) = self.queue.first() else {
            return;
        };
        // When the packet before this one was lost, speech may have begun with it.
        let lost = if first.packet.fec && !in_order {
            first.duration()
        } else {
            0
        };
        let start = (first.start() - lost).max(next);
        let wait = (self.target_delay() - self.delay_behind(now, start)).min(STEP);
        if wait > 0 {
            self.statistics.silent += tally(wait);
            self.fill(wait, decode);
            return;
        }
        self.next = Some(start);
        self.credit = 0;
        self.silent = false;
    }

    /// Something was lost between `next` and the first packet there is: the part FEC knows is recovered from
    /// that packet, what is before is concealed.
    fn bridge(&mut self, next: i64, gap: i64, decode: &mut impl FnMut(Ask<'_>, &mut Vec<f32>)) {
        let Some(first) = self.queue.first() else {
            return;
        };
        let known = if self.fec > 0 { first.duration() } else { 0 };
        if gap > known {
            let piece = (gap - known).min(self.packet.max(STEP));
            self.statistics.concealed += tally(piece);
            self.sound.add(
                Ask::Conceal {
                    samples: length(piece),
                },
                piece,
                piece,
                decode,
            );
            self.next = Some(next + piece);
            return;
        }
        if first.packet.fec {
            // Part of the lost packet may have been filled already: then only its end is wanted.
            let ask = Ask::Recover {
                payload: &first.packet.payload,
                samples: length(known),
            };
            self.sound.add(ask, known, gap, decode);
            self.statistics.recovered += tally(gap);
        } else {
            self.sound.add(
                Ask::Conceal {
                    samples: length(gap),
                },
                gap,
                gap,
                decode,
            );
            self.statistics.quiet += tally(gap);
        }
        self.next = Some(next + gap);
    }

    /// Moves the actual delay towards the wanted one by at most one pitch period.
    fn adjust(&mut self, now: i64, decode: &mut impl FnMut(Ask<'_>, &mut Vec<f32>)) {
        self.rest = (self.rest - self.block).max(0);
        let Some(current) = self.delay_at(now) else {
            return;
        };
        let excess = current - self.target_delay();
        if (0..=TOLERANCE).contains(&excess) || self.rest > 0 {
            return;
        }
        let window = if excess > 0 {
            stretch::TO_SHORTEN
        } else {
            stretch::TO_LENGTHEN
        };
        // Looking at a window must not turn what is merely not here yet into a loss: only packets that are
        // here, and next in line, are decoded ahead.
        while self.sound.len() < media(window) {
            let in_line = self
                .next
                .zip(self.queue.first())
                .is_some_and(|(next, first)| first.start() <= next);
            if !in_line {
                return;
            }
            self.advance(now, decode);
        }
        let forced = excess.abs() > FORCED;
        let changed = if excess > 0 {
            let removed = self.sound.shorten(forced);
            self.statistics.shortened += tally_length(removed);
            removed
        } else {
            let added = self.sound.lengthen(forced);
            self.statistics.lengthened += tally_length(added);
            added
        };
        // What was removed must not be missing from what was asked for.
        while self.sound.len() < self.block && self.advance(now, decode) {}
        if changed > 0 {
            self.rest = if forced { FORCED_REST } else { REST };
        }
    }
}
