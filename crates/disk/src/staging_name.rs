//! The name of the folder in which files are received before they are complete.

use std::ffi::{OsStr, OsString};

const PREFIX: &str = ".maru-";
const SUFFIX: &str = ".part";
const DIGITS: usize = 16;

/// It does not resemble the name of any file of the transfer, and is short, so that it never exceeds a limit.
pub(crate) fn staging_name(number: u64) -> OsString {
    format!("{PREFIX}{number:016x}{SUFFIX}").into()
}

/// Whether a folder has such a name.
pub(crate) fn is_staging(name: &OsStr) -> bool {
    name.to_str()
        .and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX))
        .is_some_and(|digits| {
            digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        })
}
