use std::io;

use maru_transfer::control::Code;

/// What the disk could not do.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {fault}")]
pub struct DiskError {
    /// What the other side and the interface are told (docs/transfer.md, "Codes").
    pub code: Code,
    /// What is wrong.
    pub fault: Fault,
    doing: &'static str,
    source: Option<io::Error>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The operating system refused, as the source of the error says. It can be tried again when the cause is gone.
    #[error("the operating system refused")]
    Io,
    /// The source is not what was scanned.
    #[error("the file changed")]
    Changed,
    /// A manifest or a journal is damaged.
    #[error("damaged")]
    Damaged,
    /// A journal, a manifest or a staging folder is of another transfer, or of a later version of this program.
    #[error("of another transfer or version")]
    Foreign,
    /// Another process has the transfer open.
    #[error("in use")]
    InUse,
    /// The folder that the files are received in is no folder.
    #[error("not a folder")]
    NotAFolder,
    /// There is less free space than needed, or the file system cannot have files of this size.
    #[error("too large")]
    TooLarge,
    /// More than one of the limits of a transfer.
    #[error("more than a limit")]
    Limit,
    /// The caller asks for what cannot be: an entry that does not exist or is finished, or a range outside of it.
    #[error("no such entry or range")]
    Argument,
    /// A sync failed, now or before. What was written since the last checkpoint may be lost although the system reports no
    /// further error: the destination is to be dropped and reopened.
    #[error("a sync failed")]
    Unsynced,
}

impl DiskError {
    pub(crate) fn new(doing: &'static str, fault: Fault) -> Self {
        let code = match fault {
            Fault::Changed => Code::Changed,
            Fault::Damaged | Fault::Foreign => Code::Corrupt,
            Fault::TooLarge => Code::TooLarge,
            Fault::Limit => Code::Limit,
            Fault::Io | Fault::InUse | Fault::NotAFolder | Fault::Argument | Fault::Unsynced => {
                Code::Unwritable
            }
        };
        Self {
            code,
            fault,
            doing,
            source: None,
        }
    }

    /// For [`Result::map_err`]: something could not be read.
    pub(crate) fn reading(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::io(doing, source, Code::Unreadable)
    }

    /// For [`Result::map_err`]: something could not be written.
    pub(crate) fn writing(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::io(doing, source, Code::Unwritable)
    }

    /// A sync failed.
    pub(crate) fn unsynced(doing: &'static str, source: io::Error) -> Self {
        Self::io(doing, source, Code::Unwritable).of_sync()
    }

    /// The same error, of a sync.
    pub(crate) fn of_sync(self) -> Self {
        Self {
            fault: Fault::Unsynced,
            ..self
        }
    }

    fn io(doing: &'static str, source: io::Error, otherwise: Code) -> Self {
        Self {
            code: code(&source, otherwise),
            fault: Fault::Io,
            doing,
            source: Some(source),
        }
    }

    /// Of the operating system, if the error comes from there.
    #[must_use]
    pub fn io_error(&self) -> Option<&io::Error> {
        self.source.as_ref()
    }
}

/// The code for an error of the operating system.
pub(crate) fn code(error: &io::Error, otherwise: Code) -> Code {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded => Code::DiskFull,
        Kind::ReadOnlyFilesystem => Code::ReadOnly,
        Kind::PermissionDenied => Code::Denied,
        Kind::FileTooLarge => Code::TooLarge,
        Kind::NotFound
        | Kind::StaleNetworkFileHandle
        | Kind::NotConnected
        | Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::NetworkDown
        | Kind::TimedOut => Code::Missing,
        _ if is_gone(error) => Code::Missing,
        _ => otherwise,
    }
}

/// The file system cannot have a file of this name.
pub(crate) fn is_name_refused(error: &io::Error) -> bool {
    #[cfg(unix)]
    if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::ILSEQ) {
        return true;
    }
    matches!(
        error.kind(),
        io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput
    )
}

/// The drive or the share is no longer there.
#[cfg(unix)]
fn is_gone(error: &io::Error) -> bool {
    use rustix::io::Errno;
    Errno::from_io_error(error)
        .is_some_and(|errno| [Errno::NODEV, Errno::NXIO, Errno::HOSTDOWN].contains(&errno))
}

/// The drive or the share is no longer there.
#[cfg(windows)]
fn is_gone(error: &io::Error) -> bool {
    // ERROR_NOT_READY, ERROR_BAD_NETPATH, ERROR_NETNAME_DELETED, ERROR_BAD_NET_NAME, ERROR_DEVICE_NOT_CONNECTED,
    // ERROR_DEVICE_REMOVED.
    matches!(error.raw_os_error(), Some(21 | 53 | 64 | 67 | 1167 | 1617))
}
