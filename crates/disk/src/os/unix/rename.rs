//! Renames that replace nothing, with what a file system has.

use std::{ffi::OsStr, io};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

use super::{Directory, WRITABLE, opened};
use crate::os::{FileKind, Status};
#[cfg(test)]
use crate::seam::{self, Operation};

impl Directory {
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
}
