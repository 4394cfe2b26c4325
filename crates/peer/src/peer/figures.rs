//! Figures of a peer.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use webrtc::peer_connection::{RTCStatsReport, RTCStatsReportEntry, StatsSelector};

use super::{Inner, guard};
use crate::clock;
use crate::stats::{PathStats, Stats, TrackStats};
use crate::tracks::{Counters, Kind};

impl Inner {
    pub(super) async fn stats(&self) -> Stats {
        let report = self
            .stack
            .get_stats(clock::now(), StatsSelector::None)
            .await;
        let mut stats = Stats {
            path: path(&report),
            bandwidth: self.shared.bandwidth(),
            retransmissions_asked_for: self.shared.retransmissions_asked_for(),
            candidates_left_out: self.candidates_left_out.load(Relaxed),
            checks_held_back: guard(&self.checks).held_back(),
            refused_by_pacer: self.shared.packets_refused(),
            ..Stats::default()
        };
        stats.path.round_trip = self.shared.measured_round_trip().or(stats.path.round_trip);
        for stream in report.inbound_rtp_streams() {
            let received = &stream.received_rtp_stream_stats;
            let lost = u64::try_from(received.packets_lost).unwrap_or(0);
            stats.lost += lost;
            stats.expected += received.packets_received + lost;
            if received.rtp_stream_stats.kind == RtpCodecKind::Audio {
                // The stack leaves the jitter in clock ticks.
                stats.audio_jitter = Duration::try_from_secs_f64(received.jitter / 48_000.0).ok();
            }
        }
        for track in guard(&self.locals).iter() {
            stats.tracks.extend(
                track
                    .mid()
                    .map(|mid| figures(mid, track.kind(), true, track.counters())),
            );
        }
        for track in guard(&self.remotes).iter() {
            stats.tracks.push(figures(
                track.mid.clone(),
                track.kind,
                false,
                &track.counters,
            ));
        }
        stats
    }
}

fn figures(mid: String, kind: Kind, sent: bool, counters: &Counters) -> TrackStats {
    TrackStats {
        mid,
        kind,
        sent,
        frames: counters.frames.load(Relaxed),
        packets: counters.packets.load(Relaxed),
        octets: counters.octets.load(Relaxed),
        dropped: counters.dropped.load(Relaxed),
    }
}

fn path(report: &RTCStatsReport) -> PathStats {
    // After a restart the pair of before may still be listed as nominated: the one heard from last is in use.
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
                // Pairs name candidates without the prefix their own entries have.
                if entry.id().ends_with(id) =>
            {
                Some(candidate.candidate_type.to_string())
            }
            _ => None,
        });
        // The stack lists candidates that were told, not those it met on the way (RFC 8445 §7.3.1.3).
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
