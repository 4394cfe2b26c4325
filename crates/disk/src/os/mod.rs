//! What the operating systems do in different ways, and what the order of durability is made of: every change of the disk
//! by a [`Destination`](crate::Destination) goes through this module, so that tests can record and refuse it.
//!
//! On Unix, folders are open handles, and names are resolved below them without following links. On Windows the standard
//! library has no such operations: paths are used, and each folder is checked not to be a link or junction before
//! something is opened in it. As everything is written below a folder that this program made, whose name nobody can know
//! before, that leaves a race only to programs of the same person. The code for Windows and macOS is type-checked, and has
//! not been run.

mod file;
#[cfg(target_os = "linux")]
mod linux;
mod mark;
mod modified;
mod status;
mod sync;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(not(target_os = "linux"))]
mod generic;
mod space;

pub(crate) use file::{set_length, write_at, write_zeros};
#[cfg(not(target_os = "linux"))]
pub(crate) use generic::{preallocate, sync_all_files};
#[cfg(target_os = "linux")]
pub(crate) use linux::{preallocate, sync_all_files};
pub(crate) use mark::mark_downloaded;
pub(crate) use modified::set_modified;
pub(crate) use space::{free_bytes, has_inodes, largest_file};
pub(crate) use status::{FileKind, Status};
pub(crate) use sync::{sync_file, sync_one_of_many};
#[cfg(unix)]
pub(crate) use unix::{
    Directory, is_link, next_data, next_hole, open_source, path_bytes, path_from_bytes, read_at,
};
#[cfg(windows)]
pub(crate) use windows::{
    Directory, is_link, next_data, next_hole, open_source, path_bytes, path_from_bytes, read_at,
};
