//! Which texts are room IDs, and which spellings are equal. The vectors are shared with the other
//! implementations of the rule: `ui` tests its `normalizeRoomId` against the same file.

use maru_protocol::{InvalidRoomId, RoomId, limits::MAX_ROOM_ID_CHARS};
use proptest::prelude::*;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

#[derive(Deserialize)]
struct Vector {
    input: String,
    canonical: Option<String>,
}

#[test]
fn the_shared_vectors() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("room-ids.json")).expect("a list of vectors");
    assert!(vectors.iter().any(|vector| vector.canonical.is_some()));
    assert!(vectors.iter().any(|vector| vector.canonical.is_none()));
    for Vector { input, canonical } in vectors {
        let parsed = RoomId::parse(&input)
            .ok()
            .map(|room| room.as_str().to_owned());
        assert_eq!(
            parsed,
            canonical,
            "for {:?}",
            input.escape_unicode().to_string()
        );
    }
}

#[test]
fn each_refusal_says_which_rule() {
    assert_eq!(RoomId::parse(""), Err(InvalidRoomId::Empty));
    assert_eq!(RoomId::parse("a b"), Err(InvalidRoomId::Character));
    assert_eq!(
        RoomId::parse(&"a".repeat(MAX_ROOM_ID_CHARS)).map(drop),
        Ok(())
    );
    assert_eq!(
        RoomId::parse(&"a".repeat(MAX_ROOM_ID_CHARS + 1)),
        Err(InvalidRoomId::TooLong)
    );
    assert_eq!(
        RoomId::parse(&"a".repeat(1 << 20)),
        Err(InvalidRoomId::TooLong)
    );
}

/// The cheap length check before normalising must not refuse what normalises to a legal length.
#[test]
fn the_longest_spellings_of_a_full_length_id_are_accepted() {
    for character in ['각', 'ᾂ', 'ǖ', 'ﷺ', '\u{1109a}', '\u{16d6a}'] {
        let spelling: String = character.to_string().nfkd().collect();
        let single = RoomId::parse(&spelling).map(|room| room.as_str().chars().count());
        if single == Ok(1) {
            let longest = spelling.repeat(MAX_ROOM_ID_CHARS);
            assert!(
                RoomId::parse(&longest).is_ok(),
                "{} bytes of {character}",
                longest.len()
            );
        }
    }
}

/// Every scalar value there is: parsing is idempotent and does not depend on normalisation or case.
#[test]
fn every_character_alone_and_after_a_letter() {
    let mut accepted = 0;
    for character in '\0'..=char::MAX {
        // A mark cannot come first, but after a letter.
        let spellings = [character.to_string(), format!("a{character}")];
        let parsed = spellings
            .iter()
            .find_map(|text| Some((text, RoomId::parse(text).ok()?)));
        if let Some((text, room)) = parsed {
            accepted += 1;
            check_equivalents(text, &room);
        }
    }
    assert!(
        accepted > 100_000,
        "only {accepted} accepted: the rule lost whole scripts"
    );
}

fn check_equivalents(text: &str, room: &RoomId) {
    let equal = |other: &str| RoomId::parse(other).as_ref() == Ok(room);
    assert!(equal(room.as_str()), "not idempotent: {text:?}");
    assert!(equal(&text.nfc().collect::<String>()), "NFC of {text:?}");
    assert!(equal(&text.nfd().collect::<String>()), "NFD of {text:?}");
    assert!(equal(&text.nfkc().collect::<String>()), "NFKC of {text:?}");
    assert!(equal(&text.nfkd().collect::<String>()), "NFKD of {text:?}");
    // Of the NFKC form: lower-casing first can take another way (U+03F9 is a capital sigma under NFKC, its
    // lower case a final one).
    let lower: String = text.nfkc().flat_map(char::to_lowercase).collect();
    assert!(equal(&lower), "lower case of {text:?}");
    let upper: String = text.nfkc().flat_map(char::to_uppercase).collect();
    if upper.chars().flat_map(char::to_lowercase).eq(lower.chars()) {
        assert!(equal(&upper), "upper case of {text:?}");
    }
}

fn letters() -> impl Strategy<Value = String> {
    prop_oneof![
        // Scripts with case, marks, composition, compatibility forms.
        "[\\p{L}\\p{N}\\p{M}_-]{1,24}",
        "[a-zA-ZÀ-žǄ-ǌﬀ-ﬆＡ-Ｚａ-ｚ０-９Ⓐ-ⓩ①-⑳Α-ωἀ-ᾼ]{1,40}",
        "[가-힣ㄱ-ㅎᄀ-하-ᅵᆨ-ᇂ]{1,40}",
        "[अ-हा-्ก-ฮะ-ู์ء-يً-ْא-ת一-龥ぁ-んァ-ヶｱ-ﾝ]{1,40}",
    ]
}

proptest! {
    #[test]
    fn equal_under_normalisation_and_case(text in letters()) {
        if let Ok(room) = RoomId::parse(&text) {
            check_equivalents(&text, &room);
        }
    }

    #[test]
    fn canonical_ids_keep_the_rules(text in prop_oneof![letters(), any::<String>()]) {
        if let Ok(room) = RoomId::parse(&text) {
            let canonical = room.as_str();
            prop_assert!((1..=MAX_ROOM_ID_CHARS).contains(&canonical.chars().count()));
            prop_assert!(canonical.nfkc().eq(canonical.chars()));
            prop_assert!(canonical.chars().flat_map(char::to_lowercase).nfkc().eq(canonical.chars()));
            prop_assert!(!canonical.chars().any(|c| c.is_whitespace() || c.is_control()));
        }
    }

    #[test]
    fn one_forbidden_character_spoils_it(
        head in "[a-z가-힣]{0,10}",
        bad in prop::sample::select(&[
            ' ', '/', '\\', '.', ':', '?', '#', '%', '&', '"', '\'', '<', '\0', '\n', '\u{7f}', '\u{a0}',
            '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{202e}', '\u{2060}', '\u{feff}', '\u{3164}',
            '\u{115f}', '\u{1160}', '\u{ffa0}', '\u{fe0f}', '\u{e0100}', '😀', '🅰', '🇰', '\u{2028}',
        ][..]),
        tail in "[a-z가-힣]{0,10}",
    ) {
        prop_assert_eq!(RoomId::parse(&format!("{head}{bad}{tail}")), Err(InvalidRoomId::Character));
    }

    #[test]
    fn serde_parses_and_refuses_alike(text in prop_oneof![letters(), any::<String>()]) {
        let json = serde_json::to_string(&text).unwrap_or_default();
        prop_assert_eq!(serde_json::from_str::<RoomId>(&json).ok(), RoomId::parse(&text).ok());
    }
}
