use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::RelativePath;

/// A file or a folder of a transfer (docs/transfer.md, "Control messages").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it is in the transfer.
    pub path: RelativePath,
    /// File or folder.
    pub kind: EntryKind,
    /// When its content was modified last.
    pub modified: Modified,
}

/// What an [`Entry`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File {
        /// In bytes, at most [`crate::limits::MAX_FILE_BYTES`].
        size: u64,
    },
    /// A folder, which other entries may be in.
    Folder,
}

/// A time of modification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Modified {
    /// Since 1970-01-01T00:00:00Z, negative before; the magnitude is below 2^53.
    pub seconds: i64,
    /// To be added to the seconds, below 10^9.
    pub nanoseconds: u32,
}

impl Serialize for Modified {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.seconds, self.nanoseconds).serialize(serializer)
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Entry", 3)?;
        fields.serialize_field("path", &self.path)?;
        match self.kind {
            EntryKind::File { size } => fields.serialize_field("size", &size)?,
            EntryKind::Folder => fields.serialize_field("folder", &true)?,
        }
        fields.serialize_field("modified", &self.modified)?;
        fields.end()
    }
}
