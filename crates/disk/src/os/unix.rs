use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io,
    os::{
        fd::OwnedFd,
        unix::{
            ffi::{OsStrExt as _, OsStringExt as _},
            fs::FileExt as _,
        },
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, SeekFrom, Stat},
    io::Errno,
};

use super::{FileKind, Status, status::time};
#[cfg(test)]
use crate::seam::{self, Operation};

/// An open folder. Names are resolved below it, and links are not followed.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(super) fd: File,
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

    /// Gives something of this folder another place. Fails with [`io::ErrorKind::AlreadyExists`] if there is something.
    pub(crate) fn rename(&self, name: &OsStr, to: &Self, new_name: &OsStr) -> io::Result<()> {
        #[cfg(test)]
        seam::check("rename")?;
        self.rename_exclusively(name, to, new_name)?;
        #[cfg(test)]
        seam::record(|| Operation::Rename {
            folder: seam::id(&self.fd),
            name: name.to_owned(),
            to: seam::id(&to.fd),
            new_name: new_name.to_owned(),
        });
        Ok(())
    }

    fn rename_exclusively(&self, name: &OsStr, to: &Self, new_name: &OsStr) -> io::Result<()> {
        #[cfg(test)]
        let refused = seam::lacks("rename-no-replace");
        #[cfg(not(test))]
        let refused = false;
        #[cfg(any(target_os = "linux", target_vendor = "apple"))]
        if !refused {
            let flags = rustix::fs::RenameFlags::NOREPLACE;
            match rustix::fs::renameat_with(&self.fd, name, &to.fd, new_name, flags) {
                // The file system (FAT of macOS, NFS, some of FUSE) or the kernel lacks it.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                result => return Ok(result?),
            }
        }
        let _ = refused;
        if self.status(name)?.kind == FileKind::Folder {
            return self.rename_folder_to_placeholder(name, to, new_name);
        }
        self.link_and_unlink(name, to, new_name)
    }

    /// The new name is made as an empty folder, which fails if it is taken. A rename replaces a folder only if it is empty.
    fn rename_folder_to_placeholder(
        &self,
        name: &OsStr,
        to: &Self,
        new_name: &OsStr,
    ) -> io::Result<()> {
        rustix::fs::mkdirat(&to.fd, new_name, Mode::from_raw_mode(0o777))?;
        let renamed = rustix::fs::renameat(&self.fd, name, &to.fd, new_name);
        match renamed {
            // Somebody put something into it: it is theirs now.
            Err(Errno::NOTEMPTY | Errno::EXIST) => Err(Errno::EXIST.into()),
            Err(error) => {
                let _ = rustix::fs::unlinkat(&to.fd, new_name, AtFlags::REMOVEDIR);
                Err(error.into())
            }
            Ok(()) => Ok(()),
        }
    }

    fn link_and_unlink(&self, name: &OsStr, to: &Self, new_name: &OsStr) -> io::Result<()> {
        #[cfg(test)]
        let refused = seam::lacks("hard-links");
        #[cfg(not(test))]
        let refused = false;
        let linked = if refused {
            Err(Errno::PERM)
        } else {
            rustix::fs::linkat(&self.fd, name, &to.fd, new_name, AtFlags::empty())
        };
        match linked {
            Ok(()) => Ok(rustix::fs::unlinkat(&self.fd, name, AtFlags::empty())?),
            // FAT has no links.
            Err(Errno::PERM | Errno::NOSYS | Errno::NOTSUP | Errno::INVAL | Errno::MLINK) => {
                self.rename_file_to_placeholder(name, to, new_name)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The new name is made as an empty file, which fails if it is taken, and is replaced at once if it is still empty.
    /// Another program can write to the empty file in between; no system call of such a file system excludes that.
    fn rename_file_to_placeholder(
        &self,
        name: &OsStr,
        to: &Self,
        new_name: &OsStr,
    ) -> io::Result<()> {
        let flags = OFlags::CREATE | OFlags::EXCL | WRITABLE;
        let placeholder = opened(rustix::fs::openat(
            &to.fd,
            new_name,
            flags,
            Mode::from_raw_mode(0o666),
        ))?;
        let made = Status::from(&placeholder.metadata()?);
        let present = to.status(new_name)?;
        if (present.device, present.inode, present.size) != (made.device, made.inode, 0) {
            return Err(Errno::EXIST.into());
        }
        Ok(rustix::fs::renameat(&self.fd, name, &to.fd, new_name)?)
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

/// The integers of `stat` have other types on each system.
fn signed<T: TryInto<i64>>(value: T) -> i64 {
    value.try_into().unwrap_or_default()
}

fn unsigned<T: TryInto<u64>>(value: T) -> u64 {
    value.try_into().unwrap_or_default()
}

fn status(stat: &Stat) -> Status {
    let kind = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Folder,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Special,
    };
    Status {
        kind,
        size: unsigned(stat.st_size),
        modified: time(signed(stat.st_mtime), signed(stat.st_mtime_nsec)),
        changed: time(signed(stat.st_ctime), signed(stat.st_ctime_nsec)),
        device: device(stat),
        inode: stat.st_ino,
        allocated: Some(unsigned(stat.st_blocks) * 512),
    }
}

/// As [`std::os::unix::fs::MetadataExt::dev`] has it.
#[cfg(target_vendor = "apple")]
#[expect(clippy::cast_sign_loss, reason = "an opaque number")]
fn device(stat: &Stat) -> u64 {
    stat.st_dev as u64
}

/// As [`std::os::unix::fs::MetadataExt::dev`] has it.
#[cfg(not(target_vendor = "apple"))]
fn device(stat: &Stat) -> u64 {
    stat.st_dev
}

/// A source by its path. Never waits; `O_NONBLOCK` is taken back, as file systems of FUSE may heed it.
pub(crate) fn open_source(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = opened(rustix::fs::open(path, flags, Mode::empty()))?;
    let flags = rustix::fs::fcntl_getfl(&file)?;
    rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK)?;
    Ok(file)
}

pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(bytes, offset)
}

/// The first byte from `offset` on that is not in a hole; `None` if the rest of the file is one.
pub(crate) fn next_data(file: &File, offset: u64) -> io::Result<Option<u64>> {
    match rustix::fs::seek(file, SeekFrom::Data(offset)) {
        Ok(at) => Ok(Some(at)),
        Err(Errno::NXIO) => Ok(None),
        // No holes are known.
        Err(Errno::INVAL | Errno::NOTSUP) => Ok(Some(offset)),
        Err(error) => Err(error.into()),
    }
}

/// The beginning of the first hole from `offset` on; `None` if there is none that is known.
pub(crate) fn next_hole(file: &File, offset: u64) -> io::Result<Option<u64>> {
    match rustix::fs::seek(file, SeekFrom::Hole(offset)) {
        Ok(at) => Ok(Some(at)),
        Err(Errno::INVAL | Errno::NOTSUP | Errno::NXIO) => Ok(None),
        Err(error) => Err(error.into()),
    }
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
