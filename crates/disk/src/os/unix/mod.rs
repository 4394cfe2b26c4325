//! Unix: folders are open handles.

mod content;
mod rename;
mod status;

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::{
        fd::OwnedFd,
        unix::ffi::{OsStrExt as _, OsStringExt as _},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

pub(super) use self::content::write_at;
pub(crate) use self::content::{next_data, next_hole, read_at};
use self::status::status;
use super::Status;
#[cfg(test)]
use crate::seam::{self, Operation};

/// An open folder. Names are resolved below it, and links are not followed.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(in crate::os) fd: File,
}

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

fn opened(fd: Result<OwnedFd, Errno>) -> io::Result<File> {
    Ok(File::from(fd?))
}

impl Directory {
    /// The folder at a path that a person chose: links in it are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let fd = opened(rustix::fs::open(path, FOLDER, Mode::empty()))?;
        Ok(Self { fd })
    }

    pub(crate) fn open_folder(&self, name: &OsStr) -> io::Result<Self> {
        let flags = FOLDER | OFlags::NOFOLLOW;
        let fd = opened(rustix::fs::openat(&self.fd, name, flags, Mode::empty()))?;
        Ok(Self { fd })
    }

    /// Makes a folder, which must not exist.
    pub(crate) fn make_folder(&self, name: &OsStr, private: bool) -> io::Result<Self> {
        #[cfg(test)]
        seam::check("make_folder")?;
        let mode = if private { 0o700 } else { 0o777 };
        rustix::fs::mkdirat(&self.fd, name, Mode::from_raw_mode(mode))?;
        let folder = self.open_folder(name)?;
        #[cfg(test)]
        seam::record(|| Operation::Create {
            folder: seam::id(&self.fd),
            name: name.to_owned(),
            made: seam::id(&folder.fd),
            is_folder: true,
        });
        Ok(folder)
    }

    /// To be read; never waits for a FIFO or a device.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        opened(rustix::fs::openat(&self.fd, name, flags, Mode::empty()))
    }

    /// Makes a file to be read and written, which must not exist. `private`: only the person can open it.
    pub(crate) fn make_file(&self, name: &OsStr, private: bool) -> io::Result<File> {
        #[cfg(test)]
        seam::check("make_file")?;
        let flags = OFlags::CREATE | OFlags::EXCL | WRITABLE;
        let mode = Mode::from_raw_mode(if private { 0o600 } else { 0o666 });
        let file = opened(rustix::fs::openat(&self.fd, name, flags, mode))?;
        #[cfg(test)]
        seam::record(|| Operation::Create {
            folder: seam::id(&self.fd),
            name: name.to_owned(),
            made: seam::id(&file),
            is_folder: false,
        });
        Ok(file)
    }

    /// A file that exists, to be read and written.
    pub(crate) fn open_writable(&self, name: &OsStr) -> io::Result<File> {
        opened(rustix::fs::openat(&self.fd, name, WRITABLE, Mode::empty()))
    }

    pub(crate) fn status(&self, name: &OsStr) -> io::Result<Status> {
        let stat = rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(status(&stat))
    }

    /// Of the folder itself.
    pub(crate) fn own_status(&self) -> io::Result<Status> {
        Ok(Status::from(&self.fd.metadata()?))
    }

    /// The names in it, in no order.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.fd)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsString::from_vec(name.to_vec()));
            }
        }
        Ok(names)
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        self.unlink(name, AtFlags::empty())
    }

    /// It must be empty.
    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        self.unlink(name, AtFlags::REMOVEDIR)
    }

    fn unlink(&self, name: &OsStr, flags: AtFlags) -> io::Result<()> {
        #[cfg(test)]
        seam::check("remove")?;
        rustix::fs::unlinkat(&self.fd, name, flags)?;
        #[cfg(test)]
        seam::record(|| Operation::Remove {
            folder: seam::id(&self.fd),
            name: name.to_owned(),
        });
        Ok(())
    }

    /// Makes durable the content of a file that another program wrote. `is_last`: of several.
    pub(crate) fn sync_existing_file(&self, name: &OsStr, is_last: bool) -> io::Result<()> {
        let file = self.open_file(name)?;
        if is_last {
            super::sync_file(&file)
        } else {
            super::sync_one_of_many(&file)
        }
    }

    /// Makes durable which names are in it.
    pub(crate) fn sync(&self) -> io::Result<()> {
        #[cfg(test)]
        seam::check("sync")?;
        match rustix::fs::fsync(&self.fd) {
            // Some network file systems and FUSE have no such operation for folders.
            Ok(()) | Err(Errno::INVAL | Errno::NOTSUP | Errno::NOSYS) => {}
            Err(error) => return Err(error.into()),
        }
        #[cfg(test)]
        seam::record(|| Operation::SyncFolder {
            folder: seam::id(&self.fd),
        });
        Ok(())
    }

    pub(crate) fn set_modified(
        &self,
        modified: maru_transfer::control::Modified,
    ) -> io::Result<()> {
        super::set_modified(&self.fd, modified)
    }
}

const WRITABLE: OFlags = OFlags::RDWR
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

/// A source by its path. Never waits; `O_NONBLOCK` is taken back, as file systems of FUSE may heed it.
pub(crate) fn open_source(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = opened(rustix::fs::open(path, flags, Mode::empty()))?;
    let flags = rustix::fs::fcntl_getfl(&file)?;
    rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK)?;
    Ok(file)
}

/// A path as bytes.
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_bytes().to_vec()
}

/// What [`path_bytes`] was given.
pub(crate) fn path_from_bytes(bytes: &[u8]) -> Option<PathBuf> {
    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

/// Whether opening failed because a link is there.
pub(crate) fn is_link(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}
