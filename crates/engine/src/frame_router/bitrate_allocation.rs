//! Bitrates of our encoders (no I/O).
//!
//! One encoder feeds every link, so its bitrate follows the slowest of them, down to a floor below which video is
//! useless: a link below the floor receives keyframes at intervals instead of lowering the quality for all others.

use std::collections::BTreeMap;

use maru_protocol::Source;

use crate::ids::{LinkId, StreamId};

/// Share of the bandwidth estimate that encoders may use: they overshoot, and retransmissions need room.
const ENCODER_SHARE: f64 = 0.85;
/// Bits per second of our audio, with headers.
const AUDIO_BITRATE: f64 = 48_000.0;
/// Below this a camera has too few frames per second.
const MIN_CAMERA_BITRATE: u32 = 120_000;
/// Below this a screen takes seconds to become readable.
const MIN_SCREEN_BITRATE: u32 = 250_000;
/// A camera's share beside a screen: its tile is small then.
const CAMERA_SHARE_BESIDE_SCREEN: f64 = 0.3;

/// What a link can carry, and what it sends.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct LinkVideo {
    /// Bandwidth estimate, bits per second.
    pub(super) bandwidth: u32,
    /// The video streams it sends.
    pub(super) streams: BTreeMap<Source, StreamId>,
}

/// Bits per second of each stream that some link sends.
pub(super) fn allocate(links: &BTreeMap<LinkId, LinkVideo>) -> BTreeMap<StreamId, u32> {
    let mut allocation: BTreeMap<StreamId, u32> = BTreeMap::new();
    for link in links.values() {
        let usable = (f64::from(link.bandwidth) * ENCODER_SHARE - AUDIO_BITRATE).max(0.0);
        let shares_screen = link.streams.contains_key(&Source::Screen);
        for (source, stream) in &link.streams {
            let share = match (source, shares_screen) {
                (Source::Screen, _) if link.streams.len() > 1 => 1.0 - CAMERA_SHARE_BESIDE_SCREEN,
                (Source::Camera, true) => CAMERA_SHARE_BESIDE_SCREEN,
                _ => 1.0,
            };
            let (min, max) = match source {
                Source::Screen => (MIN_SCREEN_BITRATE, max_screen_bitrate(links.len())),
                _ => (MIN_CAMERA_BITRATE, max_camera_bitrate(links.len())),
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a u32, never negative"
            )]
            let bitrate = ((usable * share) as u32).clamp(min, max);
            allocation
                .entry(*stream)
                .and_modify(|slowest| *slowest = bitrate.min(*slowest))
                .or_insert(bitrate);
        }
    }
    allocation
}

/// Mirrors `cameraEncoding` of `ui/src/engine/webview/quality/encoding.ts`: small tiles need few bits.
fn max_camera_bitrate(links: usize) -> u32 {
    match links {
        0 | 1 => 1_800_000,
        2 => 1_200_000,
        3 | 4 => 700_000,
        _ => 400_000,
    }
}

/// Mirrors `screenBitrate` there.
fn max_screen_bitrate(links: usize) -> u32 {
    let links = u32::try_from(links.max(1)).unwrap_or(u32::MAX);
    (5_000_000 / links).max(700_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn camera_only(bandwidth: u32) -> LinkVideo {
        LinkVideo {
            bandwidth,
            streams: BTreeMap::from([(Source::Camera, 1)]),
        }
    }

    #[test]
    fn the_slowest_link_decides_down_to_the_floor() {
        let links = BTreeMap::from([(1, camera_only(2_000_000)), (2, camera_only(600_000))]);
        assert_eq!(allocate(&links)[&1], 462_000);
        let links = BTreeMap::from([(1, camera_only(2_000_000)), (2, camera_only(10_000))]);
        assert_eq!(allocate(&links)[&1], MIN_CAMERA_BITRATE);
    }

    #[test]
    fn a_stream_that_no_link_sends_gets_nothing() {
        let links = BTreeMap::from([(1, LinkVideo::default())]);
        assert!(allocate(&links).is_empty());
    }

    proptest! {
        #[test]
        fn above_the_floor_no_link_gets_more_than_its_bandwidth(
            bandwidths in proptest::collection::vec(0_u32..10_000_000, 1..8),
            screen in any::<bool>(),
        ) {
            let links: BTreeMap<_, _> = (0..).zip(bandwidths).map(|(link, bandwidth)| {
                let mut video = camera_only(bandwidth);
                if screen {
                    video.streams.insert(Source::Screen, 2);
                }
                (link, video)
            }).collect();
            let allocation = allocate(&links);
            let floor = MIN_CAMERA_BITRATE + if screen { MIN_SCREEN_BITRATE } else { 0 };
            for link in links.values() {
                let total: u32 = link.streams.values().map(|stream| allocation[stream]).sum();
                prop_assert!(total <= link.bandwidth.max(floor));
            }
        }
    }
}
