//! Messages between participants. The server never reads them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use ts_rs::TS;

use crate::{Incarnation, Open, ParticipantId, limits::MAX_OFFER_ID_UNITS};

/// Which of a pair's connections a [`PeerSignal`] belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// Audio, camera, screen and the small data channel.
    Media,
    /// File transfer, made on demand.
    Files,
}

/// What a media section carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The person's microphone.
    Microphone,
    /// The person's camera.
    Camera,
    /// The shared screen, window or tab.
    Screen,
    /// The audio of what is shared.
    ScreenAudio,
}

/// `RTCSdpType` without `pranswer` and `rollback`: a rollback is local (W3C WebRTC §4.4.1.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum SdpType {
    /// Proposes a session.
    Offer,
    /// Accepts it.
    Answer,
}

/// `RTCSessionDescriptionInit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Description {
    /// Offer or answer.
    #[serde(rename = "type")]
    pub kind: SdpType,
    /// SDP text (RFC 8866).
    pub sdp: String,
}

/// `RTCIceCandidateInit` (RFC 8839).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IceCandidate {
    /// `candidate:…`, or empty for the end of candidates of one generation.
    pub candidate: String,
    /// Media section the candidate is for.
    #[serde(default)]
    pub sdp_mid: Option<String>,
    /// Index of that section.
    #[serde(default, rename = "sdpMLineIndex")]
    pub sdp_m_line_index: Option<u16>,
    /// The `ice-ufrag` of its ICE generation, if the sender gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub username_fragment: Option<String>,
}

/// Negotiation, inside `signal.data`: W3C "perfect negotiation" with trickle ICE (RFC 8838).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum PeerSignal {
    /// An offer or answer.
    Description {
        /// Which connection; one for a connection that the receiver does not know is ignored.
        #[ts(type = "Connection | Other")]
        connection: Open<Connection>,
        /// The description.
        description: Description,
        /// `a=mid` of each section the sender may send in → what it carries. A peer that leaves it out
        /// sends its microphone in the first audio section and its camera in the first video section.
        /// The receiver does not show sections with a source that it does not know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "{ [key in string]: Source | Other }")]
        tracks: Option<BTreeMap<String, Open<Source>>>,
        /// On an offer: its ID, a different one for each offer of its sender, at most
        /// [`crate::limits::MAX_OFFER_ID_UNITS`] UTF-16 units. On an answer: the ID of the offer that it answers.
        /// Signaling may lose and repeat descriptions, and SDP does not contain which offer an answer is for. Without it
        /// the receiver follows the rules in `docs/protocol.md`.
        #[serde(
            default,
            rename = "offerId",
            deserialize_with = "offer_id",
            skip_serializing_if = "Option::is_none"
        )]
        #[ts(optional)]
        offer_id: Option<String>,
    },
    /// A candidate, or `null` after the last.
    Candidate {
        /// Which connection; one for a connection that the receiver does not know is ignored.
        #[ts(type = "Connection | Other")]
        connection: Open<Connection>,
        /// The candidate.
        // Without this serde would read a missing `candidate` as null, and would take every invalid signal (such as a
        // description of an unknown type) for the end of candidates.
        #[serde(deserialize_with = "Option::deserialize")]
        candidate: Option<IceCandidate>,
    },
}

fn offer_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let id = Option::<String>::deserialize(deserializer)?;
    match &id {
        Some(id) if id.encode_utf16().count() > MAX_OFFER_ID_UNITS => {
            Err(D::Error::custom("offerId is too long"))
        }
        _ => Ok(id),
    }
}

/// The state of a participant's devices, as shown to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MediaState {
    /// The microphone is on and not muted.
    pub microphone: bool,
    /// The camera is on.
    pub camera: bool,
    /// A screen, window or tab is being shared.
    pub screen: bool,
    /// The hand is up.
    pub hand: bool,
}

/// A message on the reliable, ordered data channel labelled `maru` of the media connection, one JSON
/// text each. Unknown types are ignored here: peers of different versions must keep talking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum PeerMessage {
    /// First message on a channel, and again whenever the sender's participant ID changes (a server that
    /// restarted gives everybody new IDs while the connections between peers live on). It lets the
    /// receiver keep the link and only re-label it.
    Hello {
        /// The sender's current participant ID.
        participant: ParticipantId,
        /// The room's incarnation that ID belongs to.
        incarnation: Incarnation,
        /// The sender's state.
        state: MediaState,
        /// What the sender understands beyond version 1; names as in [`crate::ClientMessage::Join`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<String>>")]
        features: Vec<String>,
    },
    /// The sender's state changed.
    State {
        /// All of it.
        state: MediaState,
    },
    /// A chat message to everyone.
    Chat {
        /// Made by the sender, unique among its messages.
        id: String,
        /// When it was written, in milliseconds since the Unix epoch by the sender's clock.
        #[ts(type = "number")]
        at: u64,
        /// Plain text, at most [`crate::limits::MAX_CHAT_UNITS`] UTF-16 units.
        text: String,
    },
    /// A short-lived reaction.
    Reaction {
        /// Name of the reaction, e.g. `clap`; unknown names are ignored.
        reaction: String,
    },
    /// How large the sender shows one of the receiver's sources: a larger picture is of no use to it.
    Shown {
        /// Which of the receiver's sources; an unknown one is ignored.
        #[ts(type = "Source | Other")]
        source: Open<Source>,
        /// In physical pixels; 0 while it is not on the screen.
        height: u16,
    },
}
