//! The loss that FEC of our audio is prepared for: one encoder feeds all links, so the worst of them decides.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::ids::LinkId;

/// What remains of a loss after a report without one. Down over several reports: losses come in bursts.
const DECAY: f32 = 0.8;

/// Smoothed loss of our audio on each link, 0 to 1.
#[derive(Debug, Default)]
pub(crate) struct AudioLoss {
    by_link: Mutex<BTreeMap<LinkId, f32>>,
}

impl AudioLoss {
    /// A link reported this share of our audio as lost, 0 to 1. Returns the largest loss of all links.
    pub(crate) fn update(&self, link: LinkId, lost: f32) -> f32 {
        let mut by_link = self.by_link.lock().unwrap_or_else(PoisonError::into_inner);
        let loss = by_link.entry(link).or_default();
        *loss = lost.max(*loss * DECAY);
        by_link.values().copied().fold(0.0, f32::max)
    }

    /// The link is closed.
    pub(crate) fn remove(&self, link: LinkId) {
        let mut by_link = self.by_link.lock().unwrap_or_else(PoisonError::into_inner);
        by_link.remove(&link);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_with_the_largest_loss_decides_and_its_loss_decays() {
        let loss = AudioLoss::default();
        assert!((loss.update(1, 0.1) - 0.1).abs() < 1e-6);
        assert!((loss.update(2, 0.02) - 0.1).abs() < 1e-6);
        assert!((loss.update(1, 0.0) - 0.08).abs() < 1e-6);
        loss.remove(1);
        assert!((loss.update(2, 0.0) - 0.016).abs() < 1e-6);
    }
}
