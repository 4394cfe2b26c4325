//! Names that a file system can have, and that are unique in their folder (docs/transfer.md, "Names").
//!
//! | File | Content |
//! |---|---|
//! | `safe` | one component of a path becomes a name |
//! | `characters` | characters that a name does not have |
//! | `key` | when two names are the same to a file system |
//! | `unique` | names that are unique in their folder |
//! | `layout` | the folder and the name of each entry of a transfer |

mod characters;
mod key;
mod layout;
mod safe;
mod unique;

pub use layout::{Layout, LayoutError, Place};
pub use safe::{MAX_NAME_BYTES, safe_name};
pub use unique::{FolderId, UniqueNames};

#[cfg(test)]
mod tests;
