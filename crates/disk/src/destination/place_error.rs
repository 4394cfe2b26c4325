use std::io;

use crate::{DiskError, error::is_name_refused};

/// Why a file has no place.
#[derive(Debug)]
pub(super) enum PlaceError {
    /// It never can have it.
    Refused(io::Error),
    Disk(DiskError),
}

impl From<DiskError> for PlaceError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl From<io::Error> for PlaceError {
    fn from(error: io::Error) -> Self {
        if is_name_refused(&error) {
            Self::Refused(error)
        } else {
            Self::Disk(DiskError::writing("moving a file to its place")(error))
        }
    }
}
