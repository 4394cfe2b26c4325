//! From packets in any order to frames in decoding order.
//!
//! VP8 as we use it has one layer: every frame needs the one before it. So a gap stops delivery until the
//! missing packet is retransmitted, or until a whole keyframe lies beyond the gap, whichever comes first.
//! Neither is given up in favour of the other: asking for a keyframe does not stop us from using a
//! retransmission that still arrives.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};

use super::sequence::Unwrapper;
use super::vp8;

/// Packets held at most. At 1,160 octets each this is 1.2 MB, or three seconds of 3 Mbit/s.
pub(crate) const MAX_PACKETS: usize = 1024;
/// How far a packet may lie ahead of what was delivered before the sender is taken to have restarted.
const MAX_LEAD: u64 = 4096;
/// How long a gap may stand before a keyframe is asked for. Two retransmissions fit in at 80 ms.
const PATIENCE: Duration = Duration::from_millis(200);
/// Between two keyframe requests while nothing improves.
const REQUEST_INTERVAL: Duration = Duration::from_millis(500);

/// One whole frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assembled {
    pub(crate) data: Bytes,
    pub(crate) timestamp: u32,
    pub(crate) keyframe: bool,
    /// When the last packet needed for it came in.
    pub(crate) completed: Instant,
}

/// One RTP packet of the stream, its header taken off.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    /// Empty for padding, which still has its place in the sequence.
    pub(crate) payload: Bytes,
}

#[derive(Debug)]
struct Held {
    timestamp: u32,
    marker: bool,
    starts_frame: bool,
    keyframe: bool,
    /// Empty for padding.
    data: Bytes,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    line: Unwrapper,
    held: BTreeMap<u64, Held>,
    /// The place delivery goes on from; `None` until the first keyframe.
    next: Option<u64>,
    /// Since when something is held that cannot be delivered.
    stuck_since: Option<Instant>,
    requested: Option<Instant>,
    malformed: u64,
}

impl Assembler {
    /// Takes one packet and returns the frames it completes, in decoding order.
    pub(crate) fn push(&mut self, arrival: Arrival, now: Instant) -> Vec<Assembled> {
        self.restart_if_far(arrival.sequence);
        let place = self.line.unwrap(arrival.sequence);
        if self.next.is_some_and(|next| place < next) || self.held.contains_key(&place) {
            return Vec::new();
        }
        let held = if arrival.payload.is_empty() {
            Held {
                timestamp: arrival.timestamp,
                marker: false,
                starts_frame: false,
                keyframe: false,
                data: Bytes::new(),
            }
        } else {
            match vp8::parse(&arrival.payload) {
                Ok(payload) => Held {
                    timestamp: arrival.timestamp,
                    marker: arrival.marker,
                    starts_frame: payload.starts_frame,
                    keyframe: payload.keyframe,
                    data: payload.data,
                },
                Err(vp8::Malformed::Truncated) => {
                    self.malformed += 1;
                    return Vec::new();
                }
            }
        };
        self.held.insert(place, held);
        while self.held.len() > MAX_PACKETS {
            self.held.pop_first();
        }
        let frames = self.deliver(now);
        if !frames.is_empty() {
            self.requested = None;
            self.stuck_since = None;
        }
        if self.held.is_empty() {
            self.stuck_since = None;
        } else if self.stuck_since.is_none() {
            self.stuck_since = Some(now);
        }
        frames
    }

    /// Whether a keyframe should be asked for now. Answers yes at most every 500 ms.
    pub(crate) fn wants_keyframe(&mut self, now: Instant) -> bool {
        let Some(since) = self.stuck_since else {
            return false;
        };
        // Before the first keyframe there is nothing a retransmission could repair.
        let patience = if self.next.is_some() {
            PATIENCE
        } else {
            Duration::ZERO
        };
        let stuck = now.saturating_duration_since(since) >= patience && !self.first_is_keyframe();
        let rested = self
            .requested
            .is_none_or(|last| now.saturating_duration_since(last) >= REQUEST_INTERVAL);
        if stuck && rested {
            self.requested = Some(now);
        }
        stuck && rested
    }

    /// When [`Self::wants_keyframe`] is worth asking again, while something is stuck.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let since = self.stuck_since?;
        Some(
            self.requested
                .map_or(since + PATIENCE, |last| last + REQUEST_INTERVAL),
        )
    }

    /// Payloads that were not VP8.
    #[cfg(test)]
    pub(crate) fn malformed(&self) -> u64 {
        self.malformed
    }

    /// Before the first frame: what is held begins with a keyframe that is merely not whole yet.
    fn first_is_keyframe(&self) -> bool {
        self.next.is_none()
            && self
                .held
                .first_key_value()
                .is_some_and(|(_, held)| held.keyframe)
    }

    fn restart_if_far(&mut self, sequence: u16) {
        let Some(highest) = self.line.highest() else {
            return;
        };
        let ahead = sequence.wrapping_sub(super::sequence::low_bits(highest));
        let behind = ahead.wrapping_neg();
        if u64::from(ahead.min(behind)) > MAX_LEAD {
            let malformed = self.malformed;
            *self = Self {
                malformed,
                ..Self::default()
            };
        }
    }

    fn deliver(&mut self, now: Instant) -> Vec<Assembled> {
        let mut frames = Vec::new();
        loop {
            if let Some(next) = self.next {
                self.skip_padding(next);
            }
            let start = self.next;
            if let Some(end) = start.and_then(|start| self.whole_from(start)) {
                frames.extend(start.map(|start| self.take(start, end, now)));
                continue;
            }
            let Some((start, end)) = self.whole_keyframe() else {
                return frames;
            };
            frames.push(self.take(start, end, now));
        }
    }

    fn skip_padding(&mut self, mut place: u64) {
        while self
            .held
            .get(&place)
            .is_some_and(|held| held.data.is_empty())
        {
            self.held.remove(&place);
            place += 1;
        }
        self.next = Some(place);
    }

    /// The last place of the frame that starts at `start`, if all of it is here.
    fn whole_from(&self, start: u64) -> Option<u64> {
        let first = self.held.get(&start).filter(|held| held.starts_frame)?;
        let mut place = start;
        loop {
            let held = self
                .held
                .get(&place)
                .filter(|held| held.timestamp == first.timestamp)?;
            if held.marker {
                return Some(place);
            }
            place += 1;
        }
    }

    fn whole_keyframe(&self) -> Option<(u64, u64)> {
        self.held
            .iter()
            .filter(|(_, held)| held.keyframe)
            .find_map(|(&start, _)| self.whole_from(start).map(|end| (start, end)))
    }

    fn take(&mut self, start: u64, end: u64, now: Instant) -> Assembled {
        let after = self.held.split_off(&(end + 1));
        let mut frame = self.held.split_off(&start);
        self.held = after;
        self.next = Some(end + 1);
        let (timestamp, keyframe) = frame
            .first_key_value()
            .map_or((0, false), |(_, held)| (held.timestamp, held.keyframe));
        let data = if frame.len() == 1 {
            frame
                .pop_first()
                .map(|(_, held)| held.data)
                .unwrap_or_default()
        } else {
            let mut whole =
                BytesMut::with_capacity(frame.values().map(|held| held.data.len()).sum());
            for held in frame.values() {
                whole.extend_from_slice(&held.data);
            }
            whole.freeze()
        };
        Assembled {
            data,
            timestamp,
            keyframe,
            completed: now,
        }
    }
}

#[cfg(test)]
mod tests;
