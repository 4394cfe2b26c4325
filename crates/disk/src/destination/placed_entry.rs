use maru_transfer::control::{EntryKind, Modified};

/// An entry as it is on this disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedEntry {
    /// Its place, relative to the folder that the person chose, separated by `/`. Another one may follow until it is
    /// published, if something has this name by then.
    pub path: String,
    /// File or folder.
    pub kind: EntryKind,
    /// When its content was modified last.
    pub modified: Modified,
}
