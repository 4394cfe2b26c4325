use crate::limits::{
    MAX_COMPONENT_BYTES, MAX_CONTROL_BYTES, MAX_ENTRIES, MAX_FILE_BYTES, MAX_NAMES, MAX_PATH_BYTES,
    MAX_PATH_COMPONENTS, MAX_STRIPES, MAX_TRANSFERS, MAX_WANTED,
};

/// The limit that a control message exceeds (docs/transfer.md, "Limits").
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// [`MAX_CONTROL_BYTES`].
    #[error("a control message has at most {MAX_CONTROL_BYTES} bytes")]
    ControlBytes,
    /// [`MAX_ENTRIES`], by a total or by the number of an entry.
    #[error("a transfer has at most {MAX_ENTRIES} entries")]
    Entries,
    /// [`MAX_FILE_BYTES`], by the number of a group.
    #[error("a file has at most {MAX_FILE_BYTES} bytes")]
    FileBytes,
    /// [`MAX_PATH_BYTES`].
    #[error("a path has at most {MAX_PATH_BYTES} bytes")]
    PathBytes,
    /// [`MAX_PATH_COMPONENTS`].
    #[error("a path has at most {MAX_PATH_COMPONENTS} components")]
    PathComponents,
    /// [`MAX_COMPONENT_BYTES`].
    #[error("a component of a path has at most {MAX_COMPONENT_BYTES} bytes")]
    ComponentBytes,
    /// [`MAX_NAMES`].
    #[error("an offer names at most {MAX_NAMES} entries")]
    Names,
    /// [`MAX_WANTED`].
    #[error("at most {MAX_WANTED} ranges are wanted at once")]
    Wanted,
    /// [`MAX_TRANSFERS`].
    #[error("at most {MAX_TRANSFERS} transfers are unfinished")]
    Transfers,
    /// [`MAX_STRIPES`].
    #[error("stripes have the indices 1 to {MAX_STRIPES}")]
    Stripes,
}
