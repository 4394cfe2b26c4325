use crate::limits::{MAX_COMPONENT_BYTES, MAX_PATH_BYTES, MAX_PATH_COMPONENTS};

/// What is wrong with a path of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A component is empty, as in an empty path, an absolute one, or one that ends with `/`.
    #[error("a component of a path is empty")]
    EmptyComponent,
    /// A component is `.` or `..`.
    #[error("a component of a path is . or ..")]
    DotComponent,
    /// The path contains U+0000.
    #[error("a path contains U+0000")]
    Nul,
    /// More than [`MAX_PATH_BYTES`] bytes.
    #[error("a path has at most {MAX_PATH_BYTES} bytes")]
    TooLong,
    /// More than [`MAX_PATH_COMPONENTS`] components.
    #[error("a path has at most {MAX_PATH_COMPONENTS} components")]
    TooDeep,
    /// A component of more than [`MAX_COMPONENT_BYTES`] bytes.
    #[error("a component of a path has at most {MAX_COMPONENT_BYTES} bytes")]
    ComponentTooLong,
}

impl PathError {
    /// Whether the path is well-formed and exceeds a limit: the code `limit`, otherwise `bad-message`.
    #[must_use]
    pub const fn is_limit(self) -> bool {
        matches!(self, Self::TooLong | Self::TooDeep | Self::ComponentTooLong)
    }
}

/// Checks the path of an entry as it is on the wire (docs/transfer.md, "Control messages" and "Limits").
///
/// # Errors
/// [`PathError`] is the first broken rule.
pub fn check_path(path: &str) -> Result<(), PathError> {
    if path.len() > MAX_PATH_BYTES {
        return Err(PathError::TooLong);
    }
    if path.contains('\0') {
        return Err(PathError::Nul);
    }
    for (index, component) in path.split('/').enumerate() {
        match component {
            "" => return Err(PathError::EmptyComponent),
            "." | ".." => return Err(PathError::DotComponent),
            _ if component.len() > MAX_COMPONENT_BYTES => return Err(PathError::ComponentTooLong),
            _ if index >= MAX_PATH_COMPONENTS => return Err(PathError::TooDeep),
            _ => {}
        }
    }
    Ok(())
}
