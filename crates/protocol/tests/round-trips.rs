//! An encoded message is decoded to the same message.
//!
//! `ClientMessage` and `ServerMessage` hold raw payloads, which have no equality of their own, so their
//! messages are compared as encoded frames: equal frames are equal messages.

mod arbitrary;

use maru_protocol::{ClientMessage, PeerMessage, PeerSignal, ServerMessage, write_signal};
use proptest::prelude::*;
use serde::Serialize;

fn frame(message: &impl Serialize) -> String {
    serde_json::to_string(message).expect("every message is serialisable")
}

proptest! {
    #[test]
    fn client_messages(sent in arbitrary::client_frame()) {
        let decoded = ClientMessage::decode(&sent);
        prop_assert!(decoded.is_ok(), "{sent}: {decoded:?}");
        prop_assert_eq!(decoded.map(|message| frame(&message)), Ok(sent.clone()));
    }

    #[test]
    fn server_messages(message in arbitrary::json().prop_flat_map(arbitrary::server_message)) {
        let sent = frame(&message);
        let decoded = ServerMessage::decode(&sent);
        prop_assert!(decoded.is_ok(), "{sent}: {decoded:?}");
        prop_assert_eq!(decoded.map(|message| frame(&message)), Ok(sent.clone()));
    }

    #[test]
    fn a_payload_arrives_byte_for_byte(from in arbitrary::participant_id(), data in arbitrary::json()) {
        let relayed = frame(&ServerMessage::Signal { from, data: std::borrow::Cow::Borrowed(&data) });
        match ServerMessage::decode(&relayed) {
            Ok(ServerMessage::Signal { from: received_from, data: received }) => {
                prop_assert_eq!(received_from, from);
                prop_assert_eq!(received.get(), data.get());
            }
            other => prop_assert!(false, "decoded as {other:?}"),
        }
    }

    #[test]
    fn the_fast_path_writes_what_serde_would(
        from in arbitrary::participant_id(),
        data in arbitrary::json(),
        before in any::<Vec<u8>>(),
    ) {
        let mut written = before.clone();
        write_signal(from, &data, &mut written);
        let mut expected = before;
        expected.extend_from_slice(
            frame(&ServerMessage::Signal { from, data: std::borrow::Cow::Borrowed(&data) }).as_bytes(),
        );
        prop_assert_eq!(written, expected);
    }

    #[test]
    fn peer_signals(signal in arbitrary::peer_signal()) {
        prop_assert_eq!(serde_json::from_str::<PeerSignal>(&frame(&signal)).ok(), Some(signal));
    }

    #[test]
    fn peer_messages(message in arbitrary::peer_message()) {
        prop_assert_eq!(serde_json::from_str::<PeerMessage>(&frame(&message)).ok(), Some(message));
    }

    /// Clients in any language compare the texts to find the polite side, so texts must be ordered like values.
    #[test]
    fn participant_ids_order_like_their_text(
        one in arbitrary::participant_id(),
        other in arbitrary::participant_id(),
    ) {
        prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
    }
}
