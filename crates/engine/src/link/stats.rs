//! Statistics of a link, from its connection and from the mixer.

use std::time::Duration;

use maru_peer::Kind;

use super::task::LinkTask;
use crate::stats::{LinkStats, TrackStats};

impl LinkTask {
    pub(super) async fn stats(&self) -> LinkStats {
        let stats = self.peer.stats().await;
        let payload_bytes = |sent| {
            let tracks = stats.tracks.iter().filter(|track| track.sent == sent);
            tracks.map(|track| track.bytes).sum()
        };
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        LinkStats {
            round_trip: stats.path.round_trip.map(milliseconds),
            lost: stats.lost,
            expected: stats.expected,
            jitter: stats.audio_jitter.map(milliseconds),
            sent: payload_bytes(true),
            received: payload_bytes(false),
            bandwidth: stats.bandwidth,
            local_candidate: stats.path.local_candidate,
            remote_candidate: stats.path.remote_candidate,
            media: stats
                .tracks
                .iter()
                .filter_map(|track| self.track_stats(track))
                .collect(),
        }
    }

    fn track_stats(&self, track: &maru_peer::TrackStats) -> Option<TrackStats> {
        let (source, stream) = if track.sent {
            self.senders.by_mid(&track.mid)?
        } else {
            let receiver = self.receivers.get(&track.mid)?;
            (self.remote_sections.source(&track.mid)?, receiver.stream)
        };
        let playout = (track.kind == Kind::Audio && !track.sent)
            .then(|| self.context.sound.stream_stats(stream))
            .flatten();
        Some(TrackStats {
            direction: if track.sent { "sent" } else { "received" },
            source,
            stream,
            codec: match track.kind {
                Kind::Audio => "audio/opus",
                Kind::Video => "video/VP8",
            },
            frames: track.frames,
            packets: track.packets,
            concealed: playout
                .as_ref()
                .map(|stats| stats.mixer.jitter_buffer.concealed),
            delay: playout.and_then(|stats| stats.delay_ms),
        })
    }
}
