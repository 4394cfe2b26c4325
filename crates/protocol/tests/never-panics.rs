//! No input makes a decoder panic.

mod arbitrary;

use maru_protocol::{ClientMessage, PeerMessage, PeerSignal, RoomId, ServerMessage, limits};
use proptest::{collection, prelude::*};

fn decode_as_everything(text: &str) {
    let _ = ClientMessage::decode(text);
    let _ = ServerMessage::decode(text);
    let _ = serde_json::from_str::<PeerSignal>(text);
    let _ = serde_json::from_str::<PeerMessage>(text);
    let _ = RoomId::parse(text);
}

/// Text that looks like frames: their own words and punctuation in any order.
fn soup() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        prop::sample::select(
            &[
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"",
                "\\",
                "null",
                "true",
                "1e999",
                "-",
                "\\ud800",
                "\u{0}",
                "\"type\":",
                "\"join\"",
                "\"signal\"",
                "\"joined\"",
                "\"error\"",
                "\"room\":",
                "\"name\":",
                "\"to\":",
                "\"data\":",
                "\"self\":",
                "\"participant\":",
                "\"candidate\":",
                "\"connection\":",
                "\"media\"",
                "\"description\":",
                "\"sdp\":",
                "\"offer\"",
                "\"hello\"",
                "\"state\":",
                "\"3f2a6c1e-8b7d-4e5f-9a01-2b3c4d5e6f70\"",
            ][..]
        )
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

/// A good frame with one stretch of it replaced by something else.
fn damaged() -> impl Strategy<Value = String> {
    let good = prop_oneof![
        arbitrary::json()
            .prop_flat_map(arbitrary::server_message)
            .prop_map(|message| serde_json::to_string(&message).unwrap_or_default()),
        arbitrary::peer_signal()
            .prop_map(|signal| serde_json::to_string(&signal).unwrap_or_default()),
        arbitrary::peer_message()
            .prop_map(|message| serde_json::to_string(&message).unwrap_or_default()),
    ];
    (good, any::<prop::sample::Index>(), 0..8usize, soup()).prop_map(|(good, at, length, with)| {
        let characters: Vec<char> = good.chars().collect();
        let start = at.index(characters.len() + 1);
        let end = (start + length).min(characters.len());
        let head: String = characters[..start].iter().collect();
        let tail: String = characters[end..].iter().collect();
        head + &with + &tail
    })
}

proptest! {
    #[test]
    fn any_text(text in any::<String>()) {
        decode_as_everything(&text);
    }

    #[test]
    fn any_json(value in arbitrary::json()) {
        decode_as_everything(value.get());
    }

    #[test]
    fn soup_of_the_wires_own_words(text in soup()) {
        decode_as_everything(&text);
    }

    #[test]
    fn damaged_frames(text in damaged()) {
        decode_as_everything(&text);
    }

    #[test]
    fn frames_cut_anywhere(
        message in arbitrary::json().prop_flat_map(arbitrary::server_message),
        at in any::<prop::sample::Index>(),
    ) {
        let whole = serde_json::to_string(&message).unwrap_or_default();
        let cut: String = whole.chars().take(at.index(whole.chars().count())).collect();
        decode_as_everything(&cut);
        prop_assert!(ServerMessage::decode(&cut).is_err(), "a cut frame was taken for a whole one: {cut}");
    }
}

/// Frames as deep as their size allows: a recursive parser would overflow a small stack here.
#[test]
fn nesting_bombs_on_a_small_stack() {
    let test = || {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            let levels = limits::MAX_FRAME_BYTES / (open.len() + close.len()) - 40;
            let bomb = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            decode_as_everything(&bomb);
            decode_as_everything(&open.repeat(limits::MAX_FRAME_BYTES / open.len()));
            let to = "3f2a6c1e-8b7d-4e5f-9a01-2b3c4d5e6f70";
            let framed = format!(r#"{{"type":"signal","to":"{to}","from":"{to}","data":{bomb}}}"#);
            decode_as_everything(&framed);
            assert!(ClientMessage::decode(&framed).is_err());
            assert!(ServerMessage::decode(&framed).is_err());
        }
    };
    let thread = std::thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(test)
        .expect("thread");
    assert!(thread.join().is_ok(), "a decoder panicked");
}
