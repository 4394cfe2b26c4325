use maru_transfer::control::Entry;

use super::skip::Skipped;

/// The result of a [`scan`](crate::scan()).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// Files of the manifest.
    pub files: u32,
    /// Folders of the manifest.
    pub folders: u32,
    /// Sum of the sizes.
    pub bytes: u64,
    /// The first entries, for the offer: at most [`maru_transfer::limits::MAX_NAMES`], and as many as fit its message.
    pub names: Vec<Entry>,
    /// What is not offered: links inside folders, devices, unreadable files and so on.
    pub skipped: u64,
    /// The first of them, at most [`MAX_SKIPPED_NAMES`](crate::MAX_SKIPPED_NAMES).
    pub skipped_names: Vec<Skipped>,
}
