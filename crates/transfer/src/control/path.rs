use std::fmt;

use serde::Serialize;

use super::limit::Limit;
use crate::limits::{MAX_COMPONENT_BYTES, MAX_PATH_BYTES, MAX_PATH_COMPONENTS};

/// The path of an entry, relative to the transfer (docs/transfer.md, "Control messages"): 1 to
/// [`MAX_PATH_COMPONENTS`] components of 1 to [`MAX_COMPONENT_BYTES`] bytes, separated by `/`, at most
/// [`MAX_PATH_BYTES`] bytes in all. No component is `.` or `..`, or contains U+0000.
///
/// It says nothing about what a file system makes of the names: a component may be `C:`, `..\x` or `NUL`
/// (docs/transfer.md, "Names").
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct RelativePath(Box<str>);

/// Why a text is not a [`RelativePath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Absolute, empty, or with two separators in a row or one at the end.
    #[error("a component of the path is empty")]
    EmptyComponent,
    /// A component is `.` or `..`.
    #[error("a component of the path is `.` or `..`")]
    DotComponent,
    /// Contains U+0000.
    #[error("the path contains U+0000")]
    Nul,
    /// Larger than a limit of paths.
    #[error(transparent)]
    Limit(#[from] Limit),
}

impl RelativePath {
    /// Checks the rules. The text is copied only when it is a path.
    ///
    /// # Errors
    /// Which rule or limit the text violates.
    pub fn new(text: &str) -> Result<Self, PathError> {
        if text.len() > MAX_PATH_BYTES {
            return Err(Limit::PathBytes.into());
        }
        for (index, component) in text.split('/').enumerate() {
            if index == MAX_PATH_COMPONENTS {
                return Err(Limit::PathComponents.into());
            }
            match component {
                "" => return Err(PathError::EmptyComponent),
                "." | ".." => return Err(PathError::DotComponent),
                _ if component.len() > MAX_COMPONENT_BYTES => {
                    return Err(Limit::ComponentBytes.into());
                }
                _ if component.contains('\0') => return Err(PathError::Nul),
                _ => {}
            }
        }
        Ok(Self(text.into()))
    }

    /// The whole path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its components, outermost first; at least one.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Debug for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
