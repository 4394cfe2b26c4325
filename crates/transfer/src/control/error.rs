use super::limit::Limit;
use super::{Code, PathError, TransferId};

/// Why a control message could not be decoded. Never contains the content of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not UTF-8. Ends the connection.
    #[error("not UTF-8")]
    NotUtf8,
    /// Not JSON, or a field is missing, repeated, of the wrong type, or out of its range. Ends the connection.
    #[error(
        "not JSON, or a field is missing, repeated or out of range (line {line}, column {column})"
    )]
    Malformed {
        /// From 1.
        line: usize,
        /// In bytes, from 1; 0 if the fault has no place.
        column: usize,
    },
    /// Each field is good by itself, but not together with the others. Ends the connection.
    #[error("{0}")]
    Contradiction(&'static str),
    /// A path violates the rules. The transfer is refused; the connection stays (docs/transfer.md, "Names").
    #[error("transfer {id}: {error}")]
    Path {
        /// The transfer.
        id: TransferId,
        /// The rule; never [`PathError::Limit`].
        error: PathError,
    },
    /// Exceeds a limit. The connection stays (docs/transfer.md, "Limits").
    #[error("{limit}")]
    Limit {
        /// Of this transfer; `None` if the message is of none.
        id: Option<TransferId>,
        /// The limit.
        limit: Limit,
    },
}

impl DecodeError {
    /// The code of the answer, an `error` or a `decline`.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Limit { .. } => Code::Limit,
            _ => Code::BadMessage,
        }
    }

    /// Whether the connection ends. Otherwise the transfer, if the error names one.
    #[must_use]
    pub const fn ends_connection(&self) -> bool {
        match self {
            Self::NotUtf8 | Self::Malformed { .. } | Self::Contradiction(_) => true,
            Self::Path { .. } | Self::Limit { .. } => false,
        }
    }

    pub(super) fn path(id: TransferId, error: PathError) -> Self {
        match error {
            PathError::Limit(limit) => Self::limit(id, limit),
            error => Self::Path { id, error },
        }
    }

    pub(super) const fn limit(id: TransferId, limit: Limit) -> Self {
        Self::Limit {
            id: Some(id),
            limit,
        }
    }
}

impl From<serde_json::Error> for DecodeError {
    fn from(error: serde_json::Error) -> Self {
        // The text of serde_json may quote the input, which may contain a path or a secret.
        Self::Malformed {
            line: error.line(),
            column: error.column(),
        }
    }
}
