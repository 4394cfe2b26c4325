//! Files that are sent.

mod buffers;
pub(crate) mod manifest;
mod open;

#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
};

use maru_transfer::{Piece, control::Entry, hash::GROUP_BYTES};

use self::{manifest::Manifest, open::OpenFile};
use crate::{DiskError, FOLDER, Fault, json_bytes::json_bytes};

/// Files that are open at once: the one that is read, and those of which parts are asked for again.
const MAX_OPEN: usize = 8;

/// The files behind a manifest that [`scan`](crate::scan()) wrote.
///
/// Memory: 8 bytes for each entry, once for all that [`Self::share`] made.
#[derive(Debug)]
pub struct Source {
    manifest: Manifest,
    /// The one that was read last is the last.
    open: VecDeque<(u32, OpenFile)>,
}

impl Source {
    /// Opens a manifest, and checks all of it.
    ///
    /// # Errors
    /// [`Fault::Damaged`] if it is not what [`scan`](crate::scan()) wrote; that it cannot be read.
    pub fn open(manifest: &Path) -> Result<Self, DiskError> {
        Ok(Self {
            manifest: Manifest::open(manifest)?,
            open: VecDeque::new(),
        })
    }

    /// The same files once more, to be read by itself: for another recipient. The two share what is in memory.
    #[must_use]
    pub fn share(&self) -> Self {
        Self {
            manifest: self.manifest.share(),
            open: VecDeque::new(),
        }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.manifest.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The sizes of all entries, [`FOLDER`] for folders. 8 bytes each.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn sizes(&mut self) -> Result<Vec<u64>, DiskError> {
        (0..self.len())
            .map(|entry| Ok(self.manifest.get(entry)?.1.size))
            .collect()
    }

    /// Entries `first` and following: as many as have at most `max_json_bytes` bytes as a JSON array, but at least one
    /// unless there is none.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn entries(&mut self, first: u32, max_json_bytes: usize) -> Result<Vec<Entry>, DiskError> {
        let mut entries = Vec::new();
        // The brackets; each has a comma or the second bracket behind it.
        let mut bytes = 1;
        for number in first..self.len() {
            let (entry, _) = self.manifest.get(number)?;
            bytes += json_bytes(&entry) + 1;
            if bytes > max_json_bytes && !entries.is_empty() {
                break;
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Where an entry is on this computer.
    ///
    /// # Errors
    /// As [`Self::open`]; [`Fault::Argument`] if there is none of this number.
    pub fn path(&mut self, entry: u32) -> Result<PathBuf, DiskError> {
        Ok(self.manifest.get(entry)?.1.path)
    }

    /// Bytes `offset..offset + length` of a file: at most [`GROUP_BYTES`]. The pieces are exactly that, except that the
    /// last may be a hole which goes on behind it, to its end.
    ///
    /// When the file is opened, and after reading if it is the `last` time, it is compared with what was scanned. Ask for
    /// no bytes, with `last`, of an empty file.
    ///
    /// # Errors
    /// [`Fault::Changed`] if it is another file, or has another size, time of modification or time of change, or ends
    /// before; that it cannot be read; [`Fault::Argument`].
    pub fn read(
        &mut self,
        entry: u32,
        offset: u64,
        length: u64,
        last: bool,
    ) -> Result<Vec<Piece>, DiskError> {
        let mut file = self.take(entry)?;
        let is_inside = offset
            .checked_add(length)
            .is_some_and(|end| end <= file.size());
        if length > GROUP_BYTES || !is_inside {
            return Err(DiskError::new("reading a file", Fault::Argument));
        }
        let pieces = file.read(offset, length)?;
        if last {
            // Closed afterwards: it is not needed any more.
            file.check()?;
        } else {
            self.open.push_back((entry, file));
        }
        Ok(pieces)
    }

    /// The open file of an entry. It is closed if an error follows.
    fn take(&mut self, entry: u32) -> Result<OpenFile, DiskError> {
        let held = self.open.iter().position(|(held, _)| *held == entry);
        if let Some((_, file)) = held.and_then(|at| self.open.remove(at)) {
            return Ok(file);
        }
        if self.open.len() >= MAX_OPEN {
            self.open.pop_front();
        }
        let (_, origin) = self.manifest.get(entry)?;
        if origin.size == FOLDER {
            return Err(DiskError::new("reading a folder", Fault::Argument));
        }
        OpenFile::open(origin)
    }
}
