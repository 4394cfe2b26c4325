use maru_transfer::hash::HashError;

/// What an export could not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Hash(HashError),
    /// No file hasher has this handle.
    NoSuchHandle,
    /// Longer than the exchange buffer.
    TooLong,
    /// The JSON text of a command is not one.
    BadCommand,
    /// More folders than a transfer may have.
    TooManyFolders,
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}
