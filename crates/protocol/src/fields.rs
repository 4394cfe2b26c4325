//! How the flat envelopes of both directions read their fields.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::DecodeError;

/// A string borrowed from the frame unless it holds escapes. A type of its own because serde borrows a
/// `Cow<str>` only where it is the field itself: inside an `Option` it would be copied.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// For a `data` field: `Option<&RawValue>` would read an explicit null as absent, but null is legal there.
pub(crate) fn present_raw<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

pub(crate) fn required<T>(value: Option<T>, field: &str) -> Result<T, DecodeError> {
    value.ok_or_else(|| DecodeError::bad(format!("'{field}' is missing")))
}

/// A count. A later version may send a larger one than fits; it becomes the largest that does.
pub(crate) fn saturating<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let count = u64::deserialize(deserializer)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
