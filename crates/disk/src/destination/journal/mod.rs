//! What is durable, in the order in which it became so. Only the end of the file is written.

mod record;

use std::{
    ffi::OsStr,
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

pub(super) use self::record::Record;
use super::token::Token;
use crate::{
    DiskError, Fault,
    frame::{Frame, FrameReader},
    os::{self, Directory},
};

pub(super) const FILE_NAME: &str = "journal";

const IN_ORDER: usize = 1 << 18;

#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    /// Behind the last whole record.
    end: u64,
    is_dirty: bool,
}

impl Journal {
    pub(super) fn create(
        records: &Directory,
        token: Token,
        folder: &Path,
    ) -> Result<Self, DiskError> {
        let file = records
            .make_file(OsStr::new(FILE_NAME), true)
            .map_err(writing)?;
        lock(&file)?;
        let mut journal = Self {
            file,
            end: 0,
            is_dirty: false,
        };
        let folder = folder.to_owned();
        journal.append(&[Record::Header { token, folder }])?;
        Ok(journal)
    }

    /// Reads it again: `replay` is called with each record behind the header, and says `false` to one that cannot be. What
    /// is behind the last whole record is cut.
    pub(super) fn open(
        records: &Directory,
        replay: impl FnMut(Record) -> bool,
    ) -> Result<(Self, Token, PathBuf), DiskError> {
        let file = records
            .open_writable(OsStr::new(FILE_NAME))
            .map_err(reading)?;
        lock(&file)?;
        let (token, folder, end) = replay_all(&file, replay)?;
        os::set_length(&file, end).map_err(writing)?;
        let journal = Self {
            file,
            end,
            is_dirty: false,
        };
        Ok((journal, token, folder))
    }

    /// Only reads it, as [`Self::open`]: nobody writes to it any more, or what is written meanwhile does not matter.
    pub(super) fn read(
        records: &Directory,
        replay: impl FnMut(Record) -> bool,
    ) -> Result<Token, DiskError> {
        let file = records.open_file(OsStr::new(FILE_NAME)).map_err(reading)?;
        let (token, _, _) = replay_all(&file, replay)?;
        Ok(token)
    }

    /// If it fails, nothing is appended: what was written is overwritten by the next records.
    pub(super) fn append(&mut self, records: &[Record]) -> Result<(), DiskError> {
        let mut bytes = Vec::new();
        for record in records {
            record.push(&mut bytes);
        }
        if !bytes.is_empty() {
            os::write_at(&self.file, &bytes, self.end).map_err(writing)?;
            self.end += bytes.len() as u64;
            self.is_dirty = true;
        }
        Ok(())
    }

    pub(super) fn sync(&mut self) -> Result<(), DiskError> {
        if self.is_dirty {
            os::sync_file(&self.file).map_err(writing)?;
            self.is_dirty = false;
        }
        Ok(())
    }
}

/// Returns the token, the folder, and where the last whole record ends.
fn replay_all(
    file: &File,
    mut replay: impl FnMut(Record) -> bool,
) -> Result<(Token, PathBuf, u64), DiskError> {
    let mut reader = FrameReader::new(IN_ORDER);
    let (header, mut end) = match reader.read(file, 0).map_err(reading)? {
        Frame::Record(content, next) => (Record::decode(content), next),
        _ => return Err(damaged()),
    };
    let Some(Record::Header { token, folder }) = header else {
        return Err(DiskError::new("reading the journal", Fault::Foreign));
    };
    while let Frame::Record(content, next) = reader.read(file, end).map_err(reading)? {
        let record = Record::decode(content).ok_or_else(damaged)?;
        if matches!(record, Record::Header { .. }) || !replay(record) {
            return Err(damaged());
        }
        end = next;
    }
    Ok((token, folder, end))
}

/// For this process, until the file is closed.
fn lock(file: &File) -> Result<(), DiskError> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(DiskError::new("opening the journal", Fault::InUse)),
        // Some network file systems have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn damaged() -> DiskError {
    DiskError::new("reading the journal", Fault::Damaged)
}

fn reading(error: io::Error) -> DiskError {
    DiskError::reading("reading the journal")(error)
}

fn writing(error: io::Error) -> DiskError {
    DiskError::writing("writing the journal")(error)
}
