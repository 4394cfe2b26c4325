//! Trickled remote candidates.

use std::sync::atomic::Ordering;

use rtc::ice::candidate::unmarshal_candidate;
use webrtc::peer_connection::RTCIceCandidateInit;

use super::inner::Inner;
use super::signaling::Signaling;
use crate::candidate::Candidate;
use crate::error::Error;

/// Candidates kept until their description comes.
const MAX_EARLY: usize = 64;

impl Inner {
    pub(super) async fn add_candidate(&self, candidate: Candidate) -> Result<(), Error> {
        let mut signaling = self.signaling.lock().await;
        if !signaling.has_remote_description {
            if signaling.early_candidates.len() >= MAX_EARLY {
                return Err(Error::TooManyCandidates);
            }
            signaling.early_candidates.push(candidate);
            return Ok(());
        }
        self.apply_candidate(&mut signaling, candidate).await
    }

    pub(super) async fn apply_candidate(
        &self,
        signaling: &mut Signaling,
        candidate: Candidate,
    ) -> Result<(), Error> {
        // The end of candidates changes nothing: checks may reveal peer-reflexive ones at any time.
        if candidate.candidate.is_empty() {
            return Ok(());
        }
        let line = candidate.candidate.trim_start_matches("candidate:");
        unmarshal_candidate(line).map_err(|error| Error::Candidate(error.to_string()))?;
        if !signaling.candidate_filter.accept(line) {
            self.candidates_ignored.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        let candidate = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.mid,
            sdp_mline_index: candidate.line,
            ..Default::default()
        };
        self.stack
            .add_ice_candidate(candidate)
            .await
            .map_err(|error| Error::Candidate(error.to_string()))
    }
}
