//! See also `tests/docs.rs` of the crate: the examples of docs/transfer.md.

mod arbitrary;
mod hostile;

use maru_protocol::Open;
use proptest::{collection, prelude::*};

use super::*;
use crate::limits::MAX_CONTROL_BYTES;

fn decode(text: &str) -> Result<Option<ControlMessage>, DecodeError> {
    ControlMessage::decode(text.as_bytes())
}

/// Words and punctuation of the messages, in any order.
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
                "-1",
                "0",
                "9007199254740992",
                "18446744073709551616",
                "\\ud800",
                "\u{0}",
                "\"type\":",
                "\"offer\"",
                "\"manifest\"",
                "\"want\"",
                "\"id\":",
                "\"count\":",
                "\"groups\":",
                "\"entries\":",
                "\"path\":",
                "\"size\":",
                "\"modified\":",
                "\"../x\"",
                "\"bytes\":",
                "\"00112233445566778899aabbccddeeff\"",
            ][..]
        )
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    collection::vec(token, 0..30).prop_map(|tokens| tokens.concat())
}

/// A message with a stretch of its bytes replaced.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let message = arbitrary::message().prop_map(|message| message.encode().unwrap_or_default());
    let with = prop_oneof![
        soup().prop_map(String::into_bytes),
        collection::vec(any::<u8>(), 0..4)
    ];
    (message, any::<prop::sample::Index>(), 0..8usize, with).prop_map(
        |(message, at, length, with)| {
            let mut message = message.into_bytes();
            let start = at.index(message.len() + 1);
            let end = (start + length).min(message.len());
            message.splice(start..end, with);
            message
        },
    )
}

proptest! {
    #[test]
    fn a_message_is_decoded_as_it_was_encoded(message in arbitrary::message()) {
        let text = message.encode();
        prop_assert!(text.as_ref().is_ok_and(|text| text.len() <= MAX_CONTROL_BYTES), "{:?}", text);
        prop_assert_eq!(decode(&text.unwrap_or_default()), Ok(Some(message)));
    }

    #[test]
    fn a_message_that_ends_early_is_malformed(message in arbitrary::message()) {
        let text = message.encode().unwrap_or_default();
        for length in 0..text.len() {
            let result = ControlMessage::decode(&text.as_bytes()[..length]);
            let refused = matches!(
                result,
                Err(DecodeError::Malformed { .. } | DecodeError::NotUtf8)
            );
            prop_assert!(refused, "{length} bytes of {text}: {result:?}");
        }
    }

    #[test]
    fn unknown_fields_are_ignored(message in arbitrary::message(), value in arbitrary::json()) {
        let text = message.encode().unwrap_or_default();
        let with = format!(r#"{{"later":{value},{}"#, &text[1..]);
        prop_assert_eq!(decode(&with), Ok(Some(message)));
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(
        bytes in prop_oneof![
            damaged(),
            soup().prop_map(String::into_bytes),
            collection::vec(any::<u8>(), 0..100),
        ]
    ) {
        if let Ok(Some(message)) = ControlMessage::decode(&bytes) {
            // What is accepted is within the limits: it is accepted again.
            let text = message.encode().expect("not longer than it was");
            prop_assert_eq!(decode(&text), Ok(Some(message)));
        }
    }

    #[test]
    fn the_components_of_a_path_are_names(text in "[a.\0/\\\\ 한]{0,12}") {
        let name = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\0');
        match RelativePath::new(&text) {
            Ok(path) => {
                prop_assert!(path.components().all(name));
                prop_assert_eq!(path.components().collect::<Vec<_>>().join("/"), &*text);
                prop_assert_eq!(path.as_str(), text);
            }
            Err(_) => prop_assert!(!text.split('/').all(name)),
        }
    }
}

#[test]
fn unknown_types_are_no_error_whatever_their_fields() {
    for text in [
        r#"{"type":"later"}"#,
        r#"{"type":"later","id":5,"entries":{},"bytes":-1e9}"#,
        r#"{"id":"x","type":"OFFER"}"#,
        r#"{"type":""}"#,
        r#"{"type":"late\u0072"}"#,
    ] {
        assert_eq!(decode(text), Ok(None), "{text}");
    }
    // Escapes do not make another type.
    assert_eq!(
        decode(r#"{"type":"p\u0069ng","at":1}"#),
        Ok(Some(ControlMessage::Ping { at: 1 }))
    );
}

#[test]
fn unknown_codes_are_kept() {
    let text = r#"{"type":"cancel","id":"00112233445566778899aabbccddeeff","code":"bored"}"#;
    let Ok(Some(message @ ControlMessage::Cancel { .. })) = decode(text) else {
        panic!("not decoded");
    };
    let ControlMessage::Cancel { code, .. } = &message else {
        panic!("another type");
    };
    assert_eq!(*code, Open::Other("bored".to_owned()));
    assert_eq!(message.encode().as_deref(), Ok(text));
}

#[test]
fn debug_does_not_print_secrets() {
    let secret = Secret([0xab; 32]);
    let message = ControlMessage::Accept {
        id: TransferId([0xcd; 16]),
        secret,
    };
    let text = format!("{message:?} {message:#?}");
    assert!(text.contains("cdcdcd"), "{text}");
    assert!(
        !text.to_lowercase().contains("abab") && !text.contains("171"),
        "{text}"
    );
}

#[test]
fn errors_do_not_quote_the_message() {
    for text in [
        r#"{"type":"accept","id":"00112233445566778899aabbccddeeff","secret":"SECRET"}"#,
        r#"{"type":"done","id":"SECRET"}"#,
        r#"{"type":"ping","at":"SECRET"}"#,
        r#"{"type":["SECRET"]}"#,
    ] {
        let error = decode(text).expect_err("malformed");
        assert!(
            !format!("{error} {error:?}").contains("SECRET"),
            "{error:?}"
        );
    }
}

#[test]
fn encoding_refuses_what_is_too_long() {
    let message = |bytes: usize| ControlMessage::Error {
        id: None,
        entry: None,
        code: Code::Limit.into(),
        text: "x".repeat(bytes),
    };
    let around = message(1).encode().expect("short").len() - 1;
    let longest = message(MAX_CONTROL_BYTES - around);
    assert_eq!(
        longest.encode().map(|text| text.len()),
        Ok(MAX_CONTROL_BYTES)
    );
    let bytes = MAX_CONTROL_BYTES + 1;
    assert_eq!(message(bytes - around).encode(), Err(TooLong { bytes }));
}
