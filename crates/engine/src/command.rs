//! What the page requests: `NativeCommand` of `ui/src/engine/native/bridge.ts`.

use maru_protocol::{IceServer, PeerSignal, Source};
use serde::Deserialize;

use crate::ids::{LinkId, StreamId};

/// A command. Commands are executed in order; one for a link that does not exist has no effect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Command {
    /// Creates a link to one more participant.
    CreateLink {
        /// An ID that is not in use.
        link: LinkId,
        /// STUN and TURN servers.
        ice_servers: Vec<IceServer>,
        /// This side yields when two offers collide: perfect negotiation (W3C WebRTC §10.7).
        polite: bool,
        /// Whether to offer at once, or to wait half a second for the remote offer (decision 0003).
        offer_first: bool,
    },
    /// Closes a link.
    CloseLink {
        /// The link.
        link: LinkId,
    },
    /// A signal of the remote participant arrived.
    Receive {
        /// The link.
        link: LinkId,
        /// A description or candidate, unchecked.
        signal: PeerSignal,
    },
    /// Sets what is sent as `source` from now on.
    SetTrack {
        /// The link.
        link: LinkId,
        /// What the track carries.
        source: Source,
        /// `None` stops sending.
        stream: Option<StreamId>,
    },
    /// Sends a text message on the data channel.
    SendMessage {
        /// The link.
        link: LinkId,
        /// At most [`maru_protocol::limits::MAX_PEER_MESSAGE_BYTES`]; dropped beyond.
        text: String,
    },
    /// Changes the role in perfect negotiation.
    SetPolite {
        /// The link.
        link: LinkId,
        /// This side yields when two offers collide.
        polite: bool,
    },
    /// Sets the STUN and TURN servers from the next ICE restart on.
    SetIceServers {
        /// The link.
        link: LinkId,
        /// All of them.
        ice_servers: Vec<IceServer>,
    },
    /// Restarts ICE (RFC 8445 §2.4).
    RestartIce {
        /// The link.
        link: LinkId,
    },
    /// Mutes or unmutes the microphone: silence is sent, and the device stays open.
    Mute {
        /// The microphone; ignored if it was replaced.
        stream: StreamId,
        /// True to mute.
        muted: bool,
    },
    /// Closes the microphone.
    CloseMicrophone {
        /// The microphone; ignored if it was replaced.
        stream: StreamId,
    },
    /// Sets the processing of captured audio.
    Processing {
        /// Removes what the loudspeakers play.
        echo_cancellation: bool,
        /// Removes steady background noise.
        noise_suppression: bool,
        /// Keeps speech at an even level.
        gain_control: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_json_is_understood() {
        let command = r#"{"type":"create-link","link":3,"iceServers":[{"urls":["stun:localhost"]}],"polite":true,"offerFirst":false}"#;
        assert!(matches!(
            serde_json::from_str(command).unwrap(),
            Command::CreateLink {
                link: 3,
                polite: true,
                offer_first: false,
                ..
            }
        ));
        let command = r#"{"type":"set-track","link":3,"source":"screen-audio","stream":null}"#;
        assert_eq!(
            serde_json::from_str::<Command>(command).unwrap(),
            Command::SetTrack {
                link: 3,
                source: Source::ScreenAudio,
                stream: None
            }
        );
    }
}
