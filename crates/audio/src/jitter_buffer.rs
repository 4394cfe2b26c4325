//! An adaptive jitter buffer.

mod arrivals;
mod decode_request;
mod delay_control;
mod playout;
mod stats;
mod sync_buffer;

use std::time::Duration;

use crate::{
    packet::Packet,
    packet_buffer::BufferedPacket,
    rtp_unwrapper::{RtpUnwrapper, Unwrapped},
    toc::MAX_PACKET_SAMPLES,
    units::{to_samples, to_usize},
};
use arrivals::Arrivals;
pub use decode_request::DecodeRequest;
use delay_control::DelayControl;
use playout::{Conditions, Playout};
pub use stats::JitterBufferStats;

/// Largest payload that is kept, in bytes: more than any bitrate of Opus needs, so that memory is bounded.
const MAX_PAYLOAD: usize = 8 * 1024;

/// An adaptive jitter buffer for one Opus stream. The crate's documentation describes how it decides.
///
/// Holds at most 100 packets, and 150 ms of decoded audio beyond what is requested at once.
#[derive(Debug, Default)]
pub struct JitterBuffer {
    unwrapper: RtpUnwrapper,
    /// A packet that does not fit the stream; the next one decides whether the stream restarted with it.
    suspect: Option<Packet>,
    arrivals: Arrivals,
    playout: Playout,
    delay_control: DelayControl,
    /// Samples of the last request.
    block: i64,
}

impl JitterBuffer {
    /// A packet arrived at `now`.
    pub fn insert(&mut self, now: Duration, packet: Packet) {
        let size = packet.payload.len();
        if packet.duration == 0 || packet.duration > MAX_PACKET_SAMPLES || size > MAX_PAYLOAD {
            self.playout.stats.rejected_packets += 1;
            return;
        }
        let now = to_samples(now);
        match self.unwrapper.unwrap(now, &packet) {
            Unwrapped::InStream(position) => {
                self.reject_suspect();
                self.accept(now, BufferedPacket { position, packet });
            }
            Unwrapped::Duplicate => self.playout.stats.duplicate_packets += 1,
            Unwrapped::Suspect => {
                self.reject_suspect();
                self.suspect = Some(packet);
            }
            Unwrapped::Restarted { suspect, current } => {
                let first = self.suspect.take();
                self.arrivals.on_restart();
                self.playout.reset();
                if let Some(packet) = first {
                    let position = suspect;
                    self.accept(now, BufferedPacket { position, packet });
                }
                let position = current;
                self.accept(now, BufferedPacket { position, packet });
            }
        }
    }

    /// Fills `out` with the samples to be played from `now` on. `decode` appends the samples of a request;
    /// missing ones are silence.
    pub fn pull(
        &mut self,
        now: Duration,
        out: &mut [f32],
        mut decode: impl FnMut(DecodeRequest<'_>, &mut Vec<f32>),
    ) {
        self.block = out.len() as i64;
        let conditions = Conditions {
            now: to_samples(now),
            target: self.target_delay(),
            reference: self.arrivals.reference(),
            packet: self.arrivals.packet_duration(),
            fec: self.arrivals.sends_fec(),
        };
        self.playout.start_or_skip(&conditions);
        self.playout.ensure(self.block, &conditions, &mut decode);
        self.delay_control
            .run(&mut self.playout, self.block, &conditions, &mut decode);
        self.playout.play(out);
    }

    /// Counters since the start.
    #[must_use]
    pub fn stats(&self) -> JitterBufferStats {
        self.playout.stats
    }

    /// Delay of the next sample against the schedule of the fastest packet, in samples. `None` while nothing
    /// plays.
    #[must_use]
    pub fn current_delay(&self, now: Duration) -> Option<i64> {
        Some(to_samples(now) - self.playout.position()? - self.arrivals.reference()?)
    }

    /// The delay aimed for, in samples.
    #[must_use]
    pub fn target_delay(&self) -> i64 {
        self.arrivals.target(self.block)
    }

    /// Sets the minimum target delay, up to 400 ms, so that audio stays in sync with video that takes longer. The
    /// delay follows by time-stretching.
    pub fn set_min_delay(&mut self, delay: Duration) {
        self.arrivals.set_min_delay(to_samples(delay));
    }

    /// RTP timestamp of the first sample of the next [`Self::pull`], for lip sync; `None` while nothing plays.
    #[must_use]
    pub fn playout_timestamp(&self) -> Option<u32> {
        u32::try_from(self.playout.position()?.rem_euclid(1 << 32)).ok()
    }

    /// Packets waiting to be decoded; at most 100.
    #[must_use]
    pub fn buffered_packets(&self) -> usize {
        self.playout.packets()
    }

    /// Decoded samples waiting to be played.
    #[must_use]
    pub fn decoded_samples(&self) -> usize {
        to_usize(self.playout.decoded())
    }

    /// Recent share of packets that never arrived, 0 to 1.
    #[must_use]
    pub fn loss(&self) -> f32 {
        self.arrivals.loss()
    }

    fn accept(&mut self, now: i64, packet: BufferedPacket) {
        self.arrivals.on_packet(now, &packet);
        self.playout.insert(packet);
    }

    fn reject_suspect(&mut self) {
        if self.suspect.take().is_some() {
            self.playout.stats.rejected_packets += 1;
        }
    }
}
