//! Assembles packets in any order into frames in decoding order.
//!
//! VP8 as we use it has one layer: every frame depends on the one before. A gap therefore stops delivery until the missing
//! packet is retransmitted or a whole keyframe after the gap has arrived, whichever comes first. A keyframe request does
//! not end the wait for a retransmission.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};

use super::sequence::Unwrapper;
use super::vp8;

/// Packets buffered. At 1,160 bytes each these are 1.2 MB, or three seconds at 3 Mbit/s.
pub(crate) const MAX_PACKETS: usize = 1024;
/// A jump of sequence numbers beyond this means that the sender restarted.
const MAX_LEAD: u64 = 4096;
/// How long a gap may last before a keyframe is requested. At a round trip of 80 ms that is two retransmissions.
const KEYFRAME_WAIT: Duration = Duration::from_millis(200);
/// Interval of keyframe requests for the same gap.
const REQUEST_INTERVAL: Duration = Duration::from_millis(500);

/// A whole frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssembledFrame {
    pub(crate) data: Bytes,
    pub(crate) timestamp: u32,
    pub(crate) keyframe: bool,
    /// When the last packet it needed arrived.
    pub(crate) completed: Instant,
}

/// The parts of a received RTP packet that assembly needs.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedPacket {
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    /// Empty for padding, which has a sequence number all the same.
    pub(crate) payload: Bytes,
}

#[derive(Debug)]
struct BufferedPacket {
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
    unwrapper: Unwrapper,
    /// By extended sequence number.
    packets: BTreeMap<u64, BufferedPacket>,
    /// First packet of the next frame to deliver; `None` until the first keyframe.
    next: Option<u64>,
    /// Since when packets are buffered that cannot be delivered.
    blocked_since: Option<Instant>,
    requested: Option<Instant>,
    malformed: u64,
}

impl Assembler {
    /// Adds one packet and returns the frames it completes, in decoding order.
    pub(crate) fn push(&mut self, packet: ReceivedPacket, now: Instant) -> Vec<AssembledFrame> {
        self.restart_after_jump(packet.sequence);
        let sequence = self.unwrapper.unwrap(packet.sequence);
        if self.next.is_some_and(|next| sequence < next) || self.packets.contains_key(&sequence) {
            return Vec::new();
        }
        let buffered = if packet.payload.is_empty() {
            BufferedPacket {
                timestamp: packet.timestamp,
                marker: false,
                starts_frame: false,
                keyframe: false,
                data: Bytes::new(),
            }
        } else {
            match vp8::parse(&packet.payload) {
                Ok(payload) => BufferedPacket {
                    timestamp: packet.timestamp,
                    marker: packet.marker,
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
        self.packets.insert(sequence, buffered);
        while self.packets.len() > MAX_PACKETS {
            self.packets.pop_first();
        }
        let frames = self.deliver(now);
        if !frames.is_empty() {
            self.requested = None;
            self.blocked_since = None;
        }
        if self.packets.is_empty() {
            self.blocked_since = None;
        } else if self.blocked_since.is_none() {
            self.blocked_since = Some(now);
        }
        frames
    }

    /// Whether a keyframe should be requested now: at most every 500 ms.
    pub(crate) fn needs_keyframe(&mut self, now: Instant) -> bool {
        let Some(since) = self.blocked_since else {
            return false;
        };
        // Before the first keyframe there is nothing a retransmission could repair.
        let wait = if self.next.is_some() {
            KEYFRAME_WAIT
        } else {
            Duration::ZERO
        };
        let blocked = now.saturating_duration_since(since) >= wait && !self.first_is_keyframe();
        let may_request = self
            .requested
            .is_none_or(|last| now.saturating_duration_since(last) >= REQUEST_INTERVAL);
        if blocked && may_request {
            self.requested = Some(now);
        }
        blocked && may_request
    }

    /// When [`Self::needs_keyframe`] may become true; `None` while delivery is not blocked.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let since = self.blocked_since?;
        Some(
            self.requested
                .map_or(since + KEYFRAME_WAIT, |last| last + REQUEST_INTERVAL),
        )
    }

    /// Payloads that were not VP8.
    #[cfg(test)]
    pub(crate) fn malformed(&self) -> u64 {
        self.malformed
    }

    /// Whether the first frame is a keyframe that is still arriving.
    fn first_is_keyframe(&self) -> bool {
        self.next.is_none()
            && self
                .packets
                .first_key_value()
                .is_some_and(|(_, packet)| packet.keyframe)
    }

    fn restart_after_jump(&mut self, sequence: u16) {
        let Some(highest) = self.unwrapper.highest() else {
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

    fn deliver(&mut self, now: Instant) -> Vec<AssembledFrame> {
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

    fn skip_padding(&mut self, mut sequence: u64) {
        while self
            .packets
            .get(&sequence)
            .is_some_and(|packet| packet.data.is_empty())
        {
            self.packets.remove(&sequence);
            sequence += 1;
        }
        self.next = Some(sequence);
    }

    /// The last packet of the frame that starts at `start`, if all of it has arrived.
    fn whole_from(&self, start: u64) -> Option<u64> {
        let first = self
            .packets
            .get(&start)
            .filter(|packet| packet.starts_frame)?;
        let mut sequence = start;
        loop {
            let packet = self
                .packets
                .get(&sequence)
                .filter(|packet| packet.timestamp == first.timestamp)?;
            if packet.marker {
                return Some(sequence);
            }
            sequence += 1;
        }
    }

    fn whole_keyframe(&self) -> Option<(u64, u64)> {
        self.packets
            .iter()
            .filter(|(_, packet)| packet.keyframe)
            .find_map(|(&start, _)| self.whole_from(start).map(|end| (start, end)))
    }

    fn take(&mut self, start: u64, end: u64, now: Instant) -> AssembledFrame {
        let after = self.packets.split_off(&(end + 1));
        let mut frame = self.packets.split_off(&start);
        self.packets = after;
        self.next = Some(end + 1);
        let (timestamp, keyframe) = frame.first_key_value().map_or((0, false), |(_, packet)| {
            (packet.timestamp, packet.keyframe)
        });
        let data = if frame.len() == 1 {
            frame
                .pop_first()
                .map(|(_, packet)| packet.data)
                .unwrap_or_default()
        } else {
            let mut whole =
                BytesMut::with_capacity(frame.values().map(|packet| packet.data.len()).sum());
            for packet in frame.values() {
                whole.extend_from_slice(&packet.data);
            }
            whole.freeze()
        };
        AssembledFrame {
            data,
            timestamp,
            keyframe,
            completed: now,
        }
    }
}

#[cfg(test)]
mod tests;
