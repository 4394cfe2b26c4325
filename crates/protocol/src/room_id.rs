use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::limits::MAX_ROOM_ID_CHARS;

/// A room ID in its canonical form: two people typed the same room if and only if their `RoomId`s are equal.
///
/// Rules: Unicode NFKC, then the lower case of each character, then NFKC again (lower-casing can
/// denormalise); 1–64 scalar values of letters and digits of any script, the combining marks those
/// scripts need (never first), `-` and `_`. Characters that draw nothing (Hangul fillers, variation
/// selectors, joiners) are refused: two rooms that look alike must be alike.
///
/// Cloning is cheap.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, TS)]
#[ts(type = "string")]
pub struct RoomId(Arc<str>);

/// Why a text is no room ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRoomId {
    /// Nothing was typed.
    #[error("a room ID has at least one character")]
    Empty,
    /// Longer than [`MAX_ROOM_ID_CHARS`] after normalisation.
    #[error("a room ID has at most {MAX_ROOM_ID_CHARS} characters")]
    TooLong,
    /// Something else than letters, digits, `-` and `_`.
    #[error("a room ID has only letters, digits, '-' and '_'")]
    Character,
}

impl RoomId {
    /// Normalises and checks `text`.
    ///
    /// # Errors
    /// [`InvalidRoomId`] names the broken rule; the error never contains the text.
    pub fn parse(text: &str) -> Result<Self, InvalidRoomId> {
        // At most four scalar values compose into one (as in U+1F82), each of at most four bytes, so a
        // longer text cannot come out short enough: do not normalise kilobytes to refuse them.
        if text.len() > MAX_ROOM_ID_CHARS * 4 * 4 {
            return Err(InvalidRoomId::TooLong);
        }
        let canonical: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
        let mut length = 0;
        for (index, character) in canonical.chars().enumerate() {
            if !is_allowed(character) || (index == 0 && is_combining_mark(character)) {
                return Err(InvalidRoomId::Character);
            }
            length = index + 1;
        }
        match length {
            0 => Err(InvalidRoomId::Empty),
            1..=MAX_ROOM_ID_CHARS => Ok(Self(canonical.into())),
            _ => Err(InvalidRoomId::TooLong),
        }
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_allowed(character: char) -> bool {
    if matches!(character, '-' | '_') {
        return true;
    }
    (character.is_alphabetic() || character.is_numeric() || is_combining_mark(character))
        && !is_invisible(character)
        && !is_symbol(character)
}

/// Letters and marks that draw nothing (those of Unicode's `Default_Ignorable_Code_Point` that are
/// letters or marks).
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Symbols, some of them emoji, that Unicode counts as `Alphabetic` and NFKC leaves alone (negative
/// circled and squared Latin letters). Without them the rule is the same as the regular expression
/// `[\p{L}\p{N}\p{M}]`, which is what a client in another language has at hand.
fn is_symbol(character: char) -> bool {
    matches!(character, '\u{1F150}'..='\u{1F169}' | '\u{1F170}'..='\u{1F189}')
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RoomId {
    type Err = InvalidRoomId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for RoomId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RoomId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
