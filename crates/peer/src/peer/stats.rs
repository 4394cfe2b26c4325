//! Statistics of a peer.

use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use rtc::peer_connection::transport::RTCIceCandidatePair;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use webrtc::peer_connection::{
    RTCIceCandidate, RTCIceCandidateType, RTCStatsReport, RTCStatsReportEntry, StatsSelector,
};

use super::inner::Inner;
use crate::clock;
use crate::fingerprints::{self, Fingerprints};
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
        if let Some((pair, remote_candidates)) = self.selected_pair().await {
            stats.path.relayed = is_relayed(&pair, &remote_candidates);
            stats.path.local_address = base(pair.local());
        }
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

    /// `None` before the DTLS handshake is complete.
    pub(super) async fn fingerprints(&self) -> Option<Fingerprints> {
        let report = self
            .stack
            .get_stats(clock::now(), StatsSelector::None)
            .await;
        let transport = report.transport()?;
        let fingerprint = |id: &str| match report.get(id)? {
            RTCStatsReportEntry::Certificate(certificate) => {
                fingerprints::parse(&certificate.fingerprint_algorithm, &certificate.fingerprint)
            }
            _ => None,
        };
        Some(Fingerprints {
            local: fingerprint(&transport.local_certificate_id)?,
            remote: fingerprint(&transport.remote_certificate_id)?,
        })
    }

    /// The selected pair, and all remote candidates. `None` without a path, and during an ICE restart.
    async fn selected_pair(&self) -> Option<(RTCIceCandidatePair, Vec<RTCIceCandidate>)> {
        let sctp = self.stack.sctp().await?;
        let ice = sctp.transport().ice_transport();
        let pair = ice.get_selected_candidate_pair().await.ok()??;
        let remote_candidates = ice.get_remote_candidates().await.unwrap_or_default();
        Some((pair, remote_candidates))
    }
}

/// The address that a local candidate is sent from (RFC 8445 §5.1.1). `None` for one of a TURN server.
fn base(local: &RTCIceCandidate) -> Option<IpAddr> {
    let address = match local.typ {
        RTCIceCandidateType::Host => &local.address,
        RTCIceCandidateType::Srflx | RTCIceCandidateType::Prflx => &local.related_address,
        _ => return None,
    };
    address.parse().ok()
}

/// Whether a TURN server of either side relays the pair.
fn is_relayed(pair: &RTCIceCandidatePair, remote_candidates: &[RTCIceCandidate]) -> bool {
    let is_relay = |candidate: &RTCIceCandidate| candidate.typ == RTCIceCandidateType::Relay;
    let remote = pair.remote();
    // A check that comes before the candidate that it is from makes the same address a peer-reflexive one.
    let is_relay_of_remote = |known: &RTCIceCandidate| {
        is_relay(known) && known.address == remote.address && known.port == remote.port
    };
    is_relay(pair.local()) || is_relay(remote) || remote_candidates.iter().any(is_relay_of_remote)
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
        ..PathStats::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(typ: RTCIceCandidateType, port: u16) -> RTCIceCandidate {
        RTCIceCandidate {
            address: "192.0.2.1".into(),
            port,
            typ,
            ..RTCIceCandidate::default()
        }
    }

    #[test]
    fn the_base_is_the_address_of_this_machine() {
        use RTCIceCandidateType::{Host, Prflx, Relay, Srflx, Unspecified};
        let base_of = |typ, address: &str, related_address: &str| {
            base(&RTCIceCandidate {
                address: address.into(),
                related_address: related_address.into(),
                ..candidate(typ, 1)
            })
        };
        let of_machine: IpAddr = "2001:db8::5:6".parse().unwrap();
        assert_eq!(base_of(Host, "2001:db8::5:6", ""), Some(of_machine));
        for reflexive in [Srflx, Prflx] {
            let base = base_of(reflexive, "198.51.100.1", "2001:db8::5:6");
            assert_eq!(base, Some(of_machine));
            assert_eq!(base_of(reflexive, "198.51.100.1", ""), None);
        }
        // The related address of a relayed one is that by which its server sees this machine.
        assert_eq!(base_of(Relay, "198.51.100.1", "203.0.113.9"), None);
        assert_eq!(base_of(Unspecified, "198.51.100.1", ""), None);
        // A name hides the address (RFC 8828).
        let name = "8a8a4a5c-5a5c-4a8a-9c3c-1f2e3d4c5b6a.local";
        assert_eq!(base_of(Host, name, ""), None);
    }

    #[test]
    fn a_path_is_relayed_by_a_server_of_either_side() {
        use RTCIceCandidateType::{Host, Prflx, Relay, Srflx};
        let pair =
            |local, remote| RTCIceCandidatePair::new(candidate(local, 1), candidate(remote, 2));
        assert!(!is_relayed(&pair(Host, Srflx), &[]));
        assert!(is_relayed(&pair(Relay, Host), &[]));
        assert!(is_relayed(&pair(Host, Relay), &[]));
        let prflx = pair(Host, Prflx);
        assert!(!is_relayed(&prflx, &[candidate(Prflx, 2)]));
        assert!(!is_relayed(
            &prflx,
            &[candidate(Prflx, 2), candidate(Relay, 3)]
        ));
        assert!(is_relayed(
            &prflx,
            &[candidate(Prflx, 2), candidate(Relay, 2)]
        ));
    }
}
