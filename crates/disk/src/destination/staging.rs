//! The folder in which files are received before they are complete.
//!
//! | Name | Content |
//! |---|---|
//! | `id` | the token of the transfer |
//! | `f` and 8 digits | the file of that entry |
//! | `d` and 8 digits | an outermost folder of the transfer, with files that are complete, in their final places |

use std::{
    ffi::{OsStr, OsString},
    io,
};

use super::token::Token;
use crate::{
    DiskError, Fault,
    os::{self, Directory, FileKind},
    staging_name::staging_name,
};

const ID: &str = "id";

/// Folders in folders that are removed. Those of a transfer are less deep.
const MAX_DEPTH: u32 = 200;

#[derive(Debug)]
pub(super) struct Staging {
    pub(super) folder: Directory,
    pub(super) inode: u64,
    /// Inode numbers can be compared with those of the journal.
    pub(super) has_inodes: bool,
}

pub(super) fn file_name(entry: u32) -> OsString {
    format!("f{entry:08x}").into()
}

pub(super) fn folder_name(top: u32) -> OsString {
    format!("d{top:08x}").into()
}

/// The entry of a file's name.
pub(super) fn entry_of(name: &OsStr) -> Option<u32> {
    let digits = name.to_str()?.strip_prefix('f')?;
    let entry = u32::from_str_radix(digits, 16).ok()?;
    (file_name(entry) == name).then_some(entry)
}

fn name(token: Token) -> OsString {
    let (number, _) = token.split_first_chunk().unwrap_or((&[0; 8], &[]));
    staging_name(u64::from_be_bytes(*number))
}

impl Staging {
    /// Makes it, durably.
    pub(super) fn create(root: &Directory, token: Token) -> Result<Self, DiskError> {
        let name = name(token);
        let folder = match root.make_folder(&name, true) {
            // Of this transfer, as its name is of 64 random bits: the program ended before the journal knew.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                remove_tree(root, &name).map_err(writing)?;
                root.make_folder(&name, true)
            }
            made => made,
        };
        let folder = folder.map_err(writing)?;
        write_token(root, &folder, token).map_err(|error| {
            // Nothing is in it that is of use.
            let _ = remove_tree(root, &name);
            writing(error)
        })?;
        Self::of(folder)
    }

    /// Finds it again.
    pub(super) fn open(
        root: &Directory,
        token: Token,
        inode: Option<u64>,
    ) -> Result<Self, DiskError> {
        let folder = root.open_folder(&name(token)).map_err(opening)?;
        let staging = Self::of(folder)?;
        let is_same = inode.is_none_or(|inode| !staging.has_inodes || inode == staging.inode);
        if !is_same || !has_token(&staging.folder, token) {
            return Err(DiskError::new("opening the staging folder", Fault::Foreign));
        }
        Ok(staging)
    }

    fn of(folder: Directory) -> Result<Self, DiskError> {
        let inode = folder.own_status().map_err(opening)?.inode;
        let has_inodes = os::has_inodes(&folder);
        Ok(Self {
            folder,
            inode,
            has_inodes,
        })
    }

    /// Removes it with everything in it.
    pub(super) fn remove(root: &Directory, token: Token) -> Result<(), DiskError> {
        let name = name(token);
        match root.open_folder(&name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(opening(error)),
            Ok(folder) if has_other_token(&folder, token) => {
                return Err(DiskError::new("opening the staging folder", Fault::Foreign));
            }
            Ok(_) => {}
        }
        remove_tree(root, &name)
            .and_then(|()| root.sync())
            .map_err(DiskError::writing("removing the staging folder"))
    }
}

fn write_token(root: &Directory, folder: &Directory, token: Token) -> io::Result<()> {
    let id = folder.make_file(OsStr::new(ID), true)?;
    os::write_at(&id, &token, 0)?;
    os::sync_file(&id)?;
    folder.sync()?;
    root.sync()
}

/// Whether it is of another transfer. One without a whole token was being made, or removed, when the program ended or the
/// power failed.
fn has_other_token(folder: &Directory, token: Token) -> bool {
    let mut bytes = Token::default();
    let read = folder
        .open_file(OsStr::new(ID))
        .and_then(|file| os::read_at(&file, &mut bytes, 0));
    read.is_ok_and(|count| count == bytes.len()) && bytes != token && bytes != Token::default()
}

fn has_token(folder: &Directory, token: Token) -> bool {
    let mut bytes = [0; 17];
    folder
        .open_file(OsStr::new(ID))
        .and_then(|file| os::read_at(&file, &mut bytes, 0))
        .is_ok_and(|count| bytes[..count] == token)
}

/// Removes a folder with everything in it. Links are removed, not followed. The token goes last: if it is interrupted, what
/// is left is still known to be of the transfer.
fn remove_tree(parent: &Directory, name: &OsStr) -> io::Result<()> {
    remove_below(parent, name, 0)
}

fn remove_below(parent: &Directory, name: &OsStr, depth: u32) -> io::Result<()> {
    if depth > MAX_DEPTH {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let folder = parent.open_folder(name)?;
    let mut names = folder.names()?;
    names.sort_by_key(|name| name == ID);
    for inner in names {
        match folder.status(&inner)?.kind {
            FileKind::Folder => remove_below(&folder, &inner, depth + 1)?,
            _ => folder.remove_file(&inner)?,
        }
    }
    parent.remove_folder(name)
}

fn opening(error: io::Error) -> DiskError {
    DiskError::writing("opening the staging folder")(error)
}

fn writing(error: io::Error) -> DiskError {
    DiskError::writing("making the staging folder")(error)
}
