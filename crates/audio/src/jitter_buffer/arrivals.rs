//! What the arrival of packets says about the network and the sender.

use crate::{
    packet_buffer::BufferedPacket, rtp_unwrapper::RtpPosition, target_delay::TargetDelay,
    units::samples,
};

/// Packets without FEC after which the sender no longer counts as one that sends it. Senders add FEC only to
/// speech, so this is longer than any pause.
const FEC_MEMORY: u32 = 500;
/// Upper bound of the minimum delay: video that is later than this is not worth waiting for.
const MAX_MIN_DELAY: i64 = samples(400);
/// Packets and blocks count as at least this long.
const MIN_DURATION: i64 = samples(10);

/// Tracks delay, loss, packet duration and use of FEC. All times in samples.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    delay: TargetDelay,
    newest: Option<RtpPosition>,
    /// Duration of the last packet.
    packet: i64,
    /// Packets for which the sender still counts as one that sends FEC.
    fec: u32,
    min_delay: i64,
}

impl Arrivals {
    pub(super) fn on_packet(&mut self, now: i64, packet: &BufferedPacket) {
        self.delay.on_packet(now, packet.start());
        self.on_position(packet.position);
        self.packet = packet.duration();
        self.fec = if packet.packet.fec {
            FEC_MEMORY
        } else {
            self.fec.saturating_sub(1)
        };
    }

    pub(super) fn on_restart(&mut self) {
        self.delay.on_restart();
        self.newest = None;
    }

    /// Distinguishes loss from reordering. A gap in sequence numbers counts only as far as media time advanced too.
    fn on_position(&mut self, position: RtpPosition) {
        let Some(newest) = self.newest else {
            self.newest = Some(position);
            return;
        };
        if position.timestamp <= newest.timestamp {
            self.delay.on_reordered();
            return;
        }
        let advanced = (position.timestamp - newest.timestamp) / self.packet_duration() - 1;
        let missing = (position.sequence - newest.sequence - 1).min(advanced);
        self.delay.on_sequence(u32::try_from(missing).unwrap_or(0));
        self.newest = Some(position);
    }

    pub(super) fn set_min_delay(&mut self, delay: i64) {
        self.min_delay = delay.min(MAX_MIN_DELAY);
    }

    /// The delay to aim for when `block` samples are requested at once.
    pub(super) fn target(&self, block: i64) -> i64 {
        self.delay
            .target(
                self.packet_duration(),
                self.sends_fec(),
                block.max(MIN_DURATION),
            )
            .max(self.min_delay)
    }

    /// Transit time of the fastest recent packet; `None` before the first packet.
    pub(super) fn reference(&self) -> Option<i64> {
        self.delay.reference()
    }

    pub(super) fn loss(&self) -> f32 {
        self.delay.loss()
    }

    pub(super) fn packet_duration(&self) -> i64 {
        self.packet.max(MIN_DURATION)
    }

    pub(super) fn sends_fec(&self) -> bool {
        self.fec > 0
    }
}
