//! Moves the actual delay to the target by time-stretching.

use super::{
    decode_request::Decode,
    playout::{Conditions, FAR_OFF, Playout},
};
use crate::{time_stretch, units::samples};

/// Excess over the target that is tolerated, in samples: acceleration removes a whole pitch period of up to
/// 15 ms, which must not be missing afterwards. There is no tolerance below the target, as the network needs all
/// of it.
const TOLERANCE: i64 = samples(15);
/// Time between two pitch periods: speech keeps its speed within a quarter.
const INTERVAL: i64 = samples(60);
/// The same while the delay is far off.
const FAR_OFF_INTERVAL: i64 = samples(30);

#[derive(Debug, Default)]
pub(super) struct DelayControl {
    /// Samples until the next change is allowed.
    wait: i64,
}

impl DelayControl {
    /// Changes the delay by at most one pitch period. `block` is the number of samples that are about to be played.
    pub(super) fn run(
        &mut self,
        playout: &mut Playout,
        block: i64,
        conditions: &Conditions,
        decode: &mut Decode<'_>,
    ) {
        self.wait = (self.wait - block).max(0);
        let Some((position, reference)) = playout.position().zip(conditions.reference) else {
            return;
        };
        let excess = conditions.now - position - reference - conditions.target;
        if (0..=TOLERANCE).contains(&excess) || self.wait > 0 {
            return;
        }
        let window = if excess > 0 {
            time_stretch::ACCELERATE_WINDOW
        } else {
            time_stretch::DECELERATE_WINDOW
        };
        if !playout.decode_ahead(window as i64, conditions, decode) {
            return;
        }
        let far_off = excess.abs() > FAR_OFF;
        let changed = if excess > 0 {
            playout.accelerate(far_off)
        } else {
            playout.decelerate(far_off)
        };
        // Acceleration may have removed samples of this block.
        playout.ensure(block, conditions, decode);
        if changed {
            self.wait = if far_off { FAR_OFF_INTERVAL } else { INTERVAL };
        }
    }
}
