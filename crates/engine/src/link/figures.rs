//! What the connection and the loudspeaker counted.

use std::time::Duration;

use maru_peer::Kind;

use super::task::Task;
use crate::{LinkFigures, MediaFigures};

impl Task {
    pub(super) async fn figures(&self) -> LinkFigures {
        let stats = self.peer.stats().await;
        let octets = |sent| {
            let tracks = stats.tracks.iter().filter(|track| track.sent == sent);
            tracks.map(|track| track.bytes).sum()
        };
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        LinkFigures {
            round_trip: stats.path.round_trip.map(milliseconds),
            lost: stats.lost,
            expected: stats.expected,
            jitter: stats.audio_jitter.map(milliseconds),
            sent: octets(true),
            received: octets(false),
            bandwidth: stats.bandwidth,
            local_candidate: stats.path.local_candidate,
            remote_candidate: stats.path.remote_candidate,
            media: stats
                .tracks
                .iter()
                .filter_map(|track| self.media_figures(track))
                .collect(),
        }
    }

    pub(super) fn media_figures(&self, track: &maru_peer::TrackStats) -> Option<MediaFigures> {
        let (source, stream) = if track.sent {
            self.outgoing.with(|tracks| {
                tracks
                    .iter()
                    .find(|(_, sent)| sent.track.mid().as_ref() == Some(&track.mid))
                    .and_then(|(source, sent)| Some((*source, sent.stream?)))
            })?
        } else {
            let remote = self.remotes.get(&track.mid)?;
            (self.sections.source(&track.mid)?, remote.stream)
        };
        let sound = (track.kind == Kind::Audio && !track.sent)
            .then(|| self.out.sound.stream_stats(stream))
            .flatten();
        Some(MediaFigures {
            direction: if track.sent { "sent" } else { "received" },
            source,
            stream,
            codec: match track.kind {
                Kind::Audio => "audio/opus",
                Kind::Video => "video/VP8",
            },
            frames: track.frames,
            packets: track.packets,
            concealed: sound
                .as_ref()
                .map(|report| report.mixer.jitter_buffer.concealed),
            delay: sound.and_then(|report| report.delay_ms),
        })
    }
}
