use std::{
    ffi::{OsStr, OsString},
    fs::{self, File, OpenOptions},
    io,
    os::windows::{
        ffi::{OsStrExt as _, OsStringExt as _},
        fs::{FileExt as _, OpenOptionsExt as _},
    },
    path::{Path, PathBuf},
};

use maru_transfer::control::Modified;

use super::{FileKind, Status};

/// Permits to open folders, and does not follow links: `FILE_FLAG_BACKUP_SEMANTICS` and `FILE_FLAG_OPEN_REPARSE_POINT`.
const FOLDER_FLAGS: u32 = 0x0220_0000;
const OPEN_REPARSE_POINT: u32 = 0x0020_0000;

/// A folder, by its path.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The folder at a path that a person chose: links in it are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        // Of the form `\\?\C:\…`, without a limit of 260 characters.
        let path = fs::canonicalize(path)?;
        if !fs::metadata(&path)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { path })
    }

    pub(super) fn path_of(&self, name: &OsStr) -> PathBuf {
        self.path.join(name)
    }

    pub(crate) fn open_folder(&self, name: &OsStr) -> io::Result<Self> {
        if self.status(name)?.kind != FileKind::Folder {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self {
            path: self.path_of(name),
        })
    }

    /// Makes a folder, which must not exist. Its permissions are those of the folder it is in.
    pub(crate) fn make_folder(&self, name: &OsStr, _private: bool) -> io::Result<Self> {
        fs::create_dir(self.path_of(name))?;
        self.open_folder(name)
    }

    /// To be read.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        open_source(&self.path_of(name))
    }

    /// Makes a file to be read and written, which must not exist.
    pub(crate) fn make_file(&self, name: &OsStr, _private: bool) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(self.path_of(name))
    }

    /// A file that exists, to be read and written.
    pub(crate) fn open_writable(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OPEN_REPARSE_POINT)
            .open(self.path_of(name))
    }

    pub(crate) fn status(&self, name: &OsStr) -> io::Result<Status> {
        Ok(Status::from(&fs::symlink_metadata(self.path_of(name))?))
    }

    /// Of the folder itself.
    pub(crate) fn own_status(&self) -> io::Result<Status> {
        Ok(Status::from(&fs::symlink_metadata(&self.path)?))
    }

    /// The names in it, in no order.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.path)?
            .map(|entry| Ok(entry?.file_name()))
            .collect()
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.path_of(name))
    }

    /// It must be empty.
    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_dir(self.path_of(name))
    }

    /// Gives something of this folder another place, by `MoveFileExW` without `MOVEFILE_REPLACE_EXISTING`, which `tempfile`
    /// has a safe function for (`std::fs::rename` replaces). Fails with [`io::ErrorKind::AlreadyExists`] if there is
    /// something.
    pub(crate) fn rename(&self, name: &OsStr, to: &Self, new_name: &OsStr) -> io::Result<()> {
        let path = tempfile::TempPath::try_from_path(self.path_of(name))?;
        match path.persist_noclobber(to.path_of(new_name)) {
            Ok(()) => Ok(()),
            Err(error) => {
                // Otherwise it would be removed.
                let _ = error.path.keep();
                Err(error.error)
            }
        }
    }

    /// Makes durable the content of a file that another program wrote. `FlushFileBuffers` takes only a handle that may write,
    /// which a file that is read-only, or in use, does not give: that is left to the system.
    pub(crate) fn sync_existing_file(&self, name: &OsStr, _is_last: bool) -> io::Result<()> {
        /// `ERROR_SHARING_VIOLATION`.
        const IN_USE: i32 = 32;
        match self.open_writable(name) {
            Ok(file) => super::sync_file(&file),
            Err(error)
                if error.kind() == io::ErrorKind::PermissionDenied
                    || error.raw_os_error() == Some(IN_USE) =>
            {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// NTFS keeps its own journal of names, and Windows has no call to wait for it.
    #[expect(clippy::unnecessary_wraps, reason = "the signature of other systems")]
    #[expect(clippy::unused_self, reason = "the signature of other systems")]
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn set_modified(&self, modified: Modified) -> io::Result<()> {
        let folder = OpenOptions::new()
            .write(true)
            .custom_flags(FOLDER_FLAGS)
            .open(&self.path)?;
        super::set_modified(&folder, modified)
    }
}

/// A source by its path. Links are opened themselves, not followed.
pub(crate) fn open_source(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags(OPEN_REPARSE_POINT)
        .open(path)
}

pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(buffer, offset)
}

pub(super) fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.seek_write(bytes, offset)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => {
                bytes = &bytes[count..];
                offset += count as u64;
            }
        }
    }
    Ok(())
}

/// Every file is taken for one without holes: `FSCTL_QUERY_ALLOCATED_RANGES` has no safe function.
#[expect(clippy::unnecessary_wraps, reason = "the signature of other systems")]
pub(crate) fn next_data(_file: &File, offset: u64) -> io::Result<Option<u64>> {
    Ok(Some(offset))
}

/// No hole is known.
#[expect(clippy::unnecessary_wraps, reason = "the signature of other systems")]
pub(crate) fn next_hole(_file: &File, _offset: u64) -> io::Result<Option<u64>> {
    Ok(None)
}

/// A path as bytes: its UTF-16, little-endian.
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str()
        .encode_wide()
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// What [`path_bytes`] was given.
pub(crate) fn path_from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let wide: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    Some(PathBuf::from(OsString::from_wide(&wide)))
}

/// Links are opened themselves.
pub(crate) fn is_link(_error: &io::Error) -> bool {
    false
}
