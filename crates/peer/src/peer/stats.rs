//! Statistics of a peer.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use webrtc::peer_connection::{RTCStatsReport, RTCStatsReportEntry, StatsSelector};

use super::inner::Inner;
use crate::clock;
use crate::kind::Kind;
use crate::lock::lock;
use crate::rtp::clock_rate;
use crate::stats::{PathStats, Stats, TrackStats};
use crate::tracks::Counters;

impl Inner {
    pub(super) async fn stats(&self) -> Stats {
        let report = self
            .stack
            .get_stats(clock::now(), StatsSelector::None)
            .await;
        let mut stats = Stats {
            path: path(&report),
            bandwidth: self.chain.bandwidth(),
            retransmissions_requested: self.chain.retransmissions_requested(),
            candidates_ignored: self.candidates_ignored.load(Relaxed),
            checks_suppressed: lock(&self.checks).suppressed(),
            pacer_drops: self.chain.pacer_drops(),
            ..Stats::default()
        };
        stats.path.round_trip = self.chain.round_trip().or(stats.path.round_trip);
        for stream in report.inbound_rtp_streams() {
            let received = &stream.received_rtp_stream_stats;
            let lost = u64::try_from(received.packets_lost).unwrap_or(0);
            stats.lost += lost;
            stats.expected += received.packets_received + lost;
            if received.rtp_stream_stats.kind == RtpCodecKind::Audio {
                // The stack reports jitter in units of the RTP clock.
                let seconds = received.jitter / f64::from(clock_rate::AUDIO);
                stats.audio_jitter = Duration::try_from_secs_f64(seconds).ok();
            }
        }
        for track in lock(&self.local_tracks).iter() {
            stats.tracks.extend(
                track
                    .mid()
                    .map(|mid| track_stats(mid, track.kind(), true, track.counters())),
            );
        }
        for track in lock(&self.remote_tracks).iter() {
            stats.tracks.push(track_stats(
                track.mid.clone(),
                track.kind,
                false,
                &track.counters,
            ));
        }
        stats
    }
}

fn track_stats(mid: String, kind: Kind, sent: bool, counters: &Counters) -> TrackStats {
    TrackStats {
        mid,
        kind,
        sent,
        frames: counters.frames.load(Relaxed),
        packets: counters.packets.load(Relaxed),
        bytes: counters.bytes.load(Relaxed),
        dropped: counters.dropped.load(Relaxed),
    }
}

fn path(report: &RTCStatsReport) -> PathStats {
    // After a restart the old pair may still be listed as nominated. The selected one received a packet last.
    let nominated = report.candidate_pairs().filter(|pair| pair.nominated);
    let Some(pair) = nominated.max_by_key(|pair| {
        pair.last_packet_received_timestamp
            .duration_since_unix_epoch()
    }) else {
        return PathStats::default();
    };
    let kind = |id: &str| {
        let known = report.iter().find_map(|entry| match entry {
            RTCStatsReportEntry::LocalCandidate(candidate) | RTCStatsReportEntry::RemoteCandidate(candidate)
                // Pairs refer to candidates without the prefix of the candidates' own entries.
                if entry.id().ends_with(id) =>
            {
                Some(candidate.candidate_type.to_string())
            }
            _ => None,
        });
        // The stack does not list peer-reflexive candidates (RFC 8445 §7.3.1.3).
        Some(known.unwrap_or_else(|| "prflx".into()))
    };
    PathStats {
        round_trip: Duration::try_from_secs_f64(pair.current_round_trip_time)
            .ok()
            .filter(|time| !time.is_zero()),
        local_candidate: kind(&pair.local_candidate_id),
        remote_candidate: kind(&pair.remote_candidate_id),
    }
}
