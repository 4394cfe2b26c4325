//! What the interface asks for: `NativeCommand` of `ui/src/engine/native/bridge.ts`.

use maru_protocol::{IceServer, PeerSignal, Source};
use serde::Deserialize;

use crate::{LinkId, StreamId};

/// One request. Each is carried out in the order given; what concerns a link that is gone has no effect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Command {
    /// Connects to one more participant.
    CreateLink {
        /// A number not in use.
        link: LinkId,
        /// STUN and TURN.
        ice_servers: Vec<IceServer>,
        /// Perfect negotiation (W3C WebRTC §10.7): this side gives way.
        polite: bool,
        /// Offer at once, or wait half a second for the other side's offer (decision 0003).
        offer_first: bool,
    },
    /// Ends it.
    CloseLink {
        /// Which.
        link: LinkId,
    },
    /// Something from the other side, through signaling.
    Receive {
        /// Which.
        link: LinkId,
        /// Checked by the interface, and again here.
        signal: PeerSignal,
    },
    /// What is sent as `source` from now on.
    SetTrack {
        /// Which.
        link: LinkId,
        /// What for.
        source: Source,
        /// `None` stops sending.
        stream: Option<StreamId>,
    },
    /// A text on the data channel.
    SendMessage {
        /// Which.
        link: LinkId,
        /// At most [`maru_protocol::limits::MAX_PEER_MESSAGE_BYTES`].
        text: String,
    },
    /// Changes who gives way.
    SetPolite {
        /// Which.
        link: LinkId,
        /// This side.
        polite: bool,
    },
    /// STUN and TURN servers from the next ICE restart on.
    SetIceServers {
        /// Which.
        link: LinkId,
        /// All of them.
        ice_servers: Vec<IceServer>,
    },
    /// Looks for a new path (RFC 8445 §2.4).
    RestartIce {
        /// Which.
        link: LinkId,
    },
    /// Sends silence, and keeps the device.
    Mute {
        /// The microphone; one that was replaced is ignored.
        stream: StreamId,
        /// Whether.
        muted: bool,
    },
    /// Closes the device.
    CloseMicrophone {
        /// The microphone; one that was replaced is ignored.
        stream: StreamId,
    },
    /// What is done to the microphone's sound.
    Processing {
        /// Takes out what the loudspeakers play.
        echo_cancellation: bool,
        /// Takes out fans and traffic.
        noise_suppression: bool,
        /// Makes quiet voices louder.
        gain_control: bool,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_the_interface_writes_it() {
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
