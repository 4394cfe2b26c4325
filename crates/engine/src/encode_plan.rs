//! What each of our streams may cost. Pure: budgets in, bits per second out.
//!
//! One encoder feeds every link, so its bitrate follows the narrowest of them, down to a floor below which a
//! picture is worth nothing: whoever cannot take even that gets keyframes at intervals instead of dragging
//! everybody down.

use std::collections::BTreeMap;

use maru_protocol::Source;

use crate::{LinkId, StreamId};

/// Share of the estimate that encoders may use: they overshoot, and retransmissions need room.
const SHARE: f64 = 0.85;
/// Bits per second that the voice takes with its headers.
const VOICE: f64 = 48_000.0;
/// A camera below this is a slide show.
const CAMERA_FLOOR: u32 = 120_000;
/// A screen below this takes seconds to become readable.
const SCREEN_FLOOR: u32 = 250_000;
/// Share a camera keeps beside a screen: faces are small then.
const CAMERA_BESIDE_SCREEN: f64 = 0.3;

/// What a link can take, and what it takes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct LinkBudget {
    /// Bits per second, the bandwidth estimate.
    pub(crate) bandwidth: u32,
    /// Video it sends.
    pub(crate) video: BTreeMap<Source, StreamId>,
}

/// Bits per second of each stream; streams that nobody takes are left out.
pub(crate) fn plan(links: &BTreeMap<LinkId, LinkBudget>) -> BTreeMap<StreamId, u32> {
    let mut plan: BTreeMap<StreamId, u32> = BTreeMap::new();
    let mesh = links.len();
    for budget in links.values() {
        let usable = (f64::from(budget.bandwidth) * SHARE - VOICE).max(0.0);
        let shares_screen = budget.video.contains_key(&Source::Screen);
        for (source, stream) in &budget.video {
            let share = match (source, shares_screen) {
                (Source::Screen, _) if budget.video.len() > 1 => 1.0 - CAMERA_BESIDE_SCREEN,
                (Source::Camera, true) => CAMERA_BESIDE_SCREEN,
                _ => 1.0,
            };
            let (floor, ceiling) = match source {
                Source::Screen => (SCREEN_FLOOR, screen_ceiling(mesh)),
                _ => (CAMERA_FLOOR, camera_ceiling(mesh)),
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a u32, never negative"
            )]
            let bits = ((usable * share) as u32).clamp(floor, ceiling);
            plan.entry(*stream)
                .and_modify(|least| *least = bits.min(*least))
                .or_insert(bits);
        }
    }
    plan
}

/// Mirrors `cameraEncoding` of `ui/src/engine/webview/quality/encoding.ts`: small tiles need few bits.
fn camera_ceiling(links: usize) -> u32 {
    match links {
        0 | 1 => 1_800_000,
        2 => 1_200_000,
        3 | 4 => 700_000,
        _ => 400_000,
    }
}

/// Mirrors `screenBitrate` there.
fn screen_ceiling(links: usize) -> u32 {
    let links = u32::try_from(links.max(1)).unwrap_or(u32::MAX);
    (5_000_000 / links).max(700_000)
}

/// Whether an encoder has to hear of a change: reconfiguring costs some encoders a keyframe.
pub(crate) fn is_worth_telling(told: u32, now: u32) -> bool {
    told != now && (told == 0 || now == 0 || now.abs_diff(told) > told / 20)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn camera_only(bandwidth: u32) -> LinkBudget {
        LinkBudget {
            bandwidth,
            video: BTreeMap::from([(Source::Camera, 1)]),
        }
    }

    #[test]
    fn the_narrowest_path_decides_down_to_the_floor() {
        let links = BTreeMap::from([(1, camera_only(2_000_000)), (2, camera_only(600_000))]);
        assert_eq!(plan(&links)[&1], 462_000);
        let links = BTreeMap::from([(1, camera_only(2_000_000)), (2, camera_only(10_000))]);
        assert_eq!(plan(&links)[&1], CAMERA_FLOOR);
    }

    #[test]
    fn nobody_encodes_for_nobody() {
        let links = BTreeMap::from([(1, LinkBudget::default())]);
        assert!(plan(&links).is_empty());
    }

    proptest! {
        #[test]
        fn above_its_floor_a_link_is_never_asked_to_carry_more_than_it_can(
            bandwidths in proptest::collection::vec(0_u32..10_000_000, 1..8),
            screen in any::<bool>(),
        ) {
            let links: BTreeMap<_, _> = (0..).zip(bandwidths).map(|(link, bandwidth)| {
                let mut budget = camera_only(bandwidth);
                if screen {
                    budget.video.insert(Source::Screen, 2);
                }
                (link, budget)
            }).collect();
            let plan = plan(&links);
            let floors = CAMERA_FLOOR + if screen { SCREEN_FLOOR } else { 0 };
            for budget in links.values() {
                let together: u32 = budget.video.values().map(|stream| plan[stream]).sum();
                prop_assert!(together <= budget.bandwidth.max(floors));
            }
        }
    }
}
