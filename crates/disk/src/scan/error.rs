use maru_transfer::control::Code;

use super::limit::Exceeded;
use crate::{DiskError, Fault};

/// Why there is no manifest.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The caller ended it.
    #[error("cancelled")]
    Cancelled,
    /// More entries, bytes of paths or bytes of files than a transfer may have (docs/transfer.md, "Limits").
    #[error("more than a transfer may have")]
    Limit,
    /// The manifest cannot be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl From<Exceeded> for ScanError {
    fn from(_: Exceeded) -> Self {
        Self::Limit
    }
}

impl ScanError {
    /// What to say.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Cancelled => Code::Cancelled,
            Self::Limit => DiskError::new("scanning", Fault::Limit).code,
            Self::Disk(error) => error.code,
        }
    }
}
