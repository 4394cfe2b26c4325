//! The manifest as it was received, in a file, with the names that the entries get on this disk.
//!
//! Records are in the order in which names were given, so that the same names are given when the file is read again.

mod folders;
mod replay;

use std::{collections::HashMap, ffi::OsStr, fs::File, io};

use maru_transfer::{
    control::{Entry, EntryKind},
    name::{FolderId, Layout, Place},
};

use super::token::Token;
use crate::{
    DiskError, Fault,
    codec::{Decoder, Encoder},
    frame::{self, Frame, FrameReader},
    os::{self, Directory},
};

pub(super) const FILE_NAME: &str = "manifest";
const HEADER: u8 = 0x31;
const ENTRY: u8 = 1;
/// An entry again, with another name.
const RENAMED: u8 = 2;
const RENAMED_FOLDER: u8 = 3;
const LAST: u8 = 4;

/// Bytes that are read at once: in order, and of one entry.
const IN_ORDER: usize = 1 << 18;
const AT_RANDOM: usize = 1 << 10;

/// An entry and its place.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) entry: Entry,
    pub(super) place: Place,
}

impl Placed {
    /// Of a file.
    pub(super) fn size(&self) -> Option<u64> {
        match self.entry.kind {
            EntryKind::File { size } => Some(size),
            EntryKind::Folder => None,
        }
    }

    /// A file that is in no folder of the transfer.
    pub(super) fn is_top_file(&self) -> bool {
        self.place.folder.is_none() && self.place.parent == FolderId::ROOT
    }
}

#[derive(Debug)]
pub(super) struct Manifest {
    file: File,
    /// Of the record with the present name of each entry.
    offsets: Vec<u64>,
    /// Where the next record begins; `unwritten` begins there.
    end: u64,
    unwritten: Vec<u8>,
    reader: FrameReader,
    layout: Layout,
    /// Folders that are in no other folder, in the order in which they came, and the entries with which they came.
    tops: Vec<(FolderId, u32)>,
    /// Their numbers.
    top_numbers: HashMap<FolderId, u32>,
    complete: bool,
    is_dirty: bool,
}

impl Manifest {
    fn new(file: File) -> Self {
        Self {
            file,
            offsets: Vec::new(),
            end: 0,
            unwritten: Vec::new(),
            reader: FrameReader::new(IN_ORDER),
            layout: Layout::new(),
            tops: Vec::new(),
            top_numbers: HashMap::new(),
            complete: false,
            is_dirty: false,
        }
    }

    pub(super) fn create(records: &Directory, token: Token) -> Result<Self, DiskError> {
        let file = records
            .make_file(OsStr::new(FILE_NAME), true)
            .map_err(writing)?;
        let mut manifest = Self::new(file);
        manifest.push(Encoder::new(HEADER).fixed(&token));
        manifest.flush()?;
        manifest.reader = FrameReader::new(AT_RANDOM);
        Ok(manifest)
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.offsets.len()).unwrap_or(u32::MAX)
    }

    pub(super) const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Adds entries `first` and following. If it fails, it can be repeated.
    pub(super) fn add(
        &mut self,
        first: u32,
        entries: &[Entry],
        last: bool,
    ) -> Result<(), DiskError> {
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let is_repeated = first.checked_add(count) == Some(self.len()) && count > 0;
        if first == self.len() && !self.complete {
            for entry in entries {
                let place = self.place(entry)?;
                let offset = self.push(
                    Encoder::new(ENTRY)
                        .entry(entry)
                        .bytes(place.name.as_bytes()),
                );
                self.offsets.push(offset);
            }
            if last {
                self.complete = true;
                self.push(&Encoder::new(LAST));
            }
        } else if !is_repeated {
            return Err(DiskError::new("adding to the manifest", Fault::Argument));
        }
        self.flush()
    }

    fn place(&mut self, entry: &Entry) -> Result<Place, DiskError> {
        let is_folder = entry.kind == EntryKind::Folder;
        let limit = |_| DiskError::new("adding to the manifest", Fault::Limit);
        let place = self.layout.place(&entry.path, is_folder).map_err(limit)?;
        if let Some(top) = self.top(&entry.path, is_folder) {
            let number = u32::try_from(self.tops.len()).unwrap_or(u32::MAX);
            let entry = self.len();
            self.top_numbers.entry(top).or_insert_with(|| {
                self.tops.push((top, entry));
                number
            });
        }
        Ok(place)
    }

    /// The place of an entry that was placed before, and got `name` if it is a file.
    fn place_of(&mut self, entry: &Entry, name: &str) -> Result<Place, DiskError> {
        if entry.kind == EntryKind::Folder {
            let place = self.layout.place(&entry.path, true);
            return place.map_err(|_| damaged());
        }
        let parent = match entry.path.as_str().rsplit_once('/') {
            Some((parent, _)) => self.folder_of(parent).ok_or_else(damaged)?,
            None => FolderId::ROOT,
        };
        Ok(Place {
            parent,
            name: name.to_owned(),
            folder: None,
        })
    }

    pub(super) fn get(&mut self, entry: u32) -> Result<Placed, DiskError> {
        self.flush()?;
        let offset = self
            .offsets
            .get(entry as usize)
            .ok_or_else(|| DiskError::new("reading the manifest", Fault::Argument))?;
        let (entry, name) = match self.reader.read(&self.file, *offset).map_err(reading)? {
            Frame::Record(content, _) => decode(content).ok_or_else(damaged)?,
            _ => return Err(damaged()),
        };
        let place = self.place_of(&entry, &name)?;
        Ok(Placed { entry, place })
    }

    /// Gives a file the next name, because the disk has something of its name.
    pub(super) fn rename(&mut self, placed: &mut Placed) {
        self.layout.rename(&placed.entry.path, &mut placed.place);
    }

    /// Stores the name that a file got by [`Self::rename`], before it is used.
    pub(super) fn store_name(&mut self, entry: u32, placed: &Placed) -> Result<(), DiskError> {
        let offset = self.push(
            Encoder::new(RENAMED)
                .u32(entry)
                .entry(&placed.entry)
                .bytes(placed.place.name.as_bytes()),
        );
        if let Some(held) = self.offsets.get_mut(entry as usize) {
            *held = offset;
        }
        self.flush()
    }

    /// Returns where the record begins.
    fn push(&mut self, record: &Encoder) -> u64 {
        let offset = self.end + self.unwritten.len() as u64;
        frame::push(&mut self.unwritten, record.finish());
        offset
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        if self.unwritten.is_empty() {
            return Ok(());
        }
        os::write_at(&self.file, &self.unwritten, self.end).map_err(writing)?;
        self.end += self.unwritten.len() as u64;
        self.unwritten.clear();
        self.reader.clear();
        self.is_dirty = true;
        Ok(())
    }

    pub(super) fn sync(&mut self) -> Result<(), DiskError> {
        self.flush()?;
        if self.is_dirty {
            os::sync_file(&self.file).map_err(writing)?;
            self.is_dirty = false;
        }
        Ok(())
    }
}

fn decode(content: &[u8]) -> Option<(Entry, String)> {
    let mut record = Decoder::new(content);
    match record.u8()? {
        ENTRY => {}
        RENAMED => {
            record.u32()?;
        }
        _ => return None,
    }
    Some((record.entry()?, record.text()?.to_owned()))
}

fn damaged() -> DiskError {
    DiskError::new("reading the manifest", Fault::Damaged)
}

fn reading(error: io::Error) -> DiskError {
    DiskError::reading("reading the manifest")(error)
}

fn writing(error: io::Error) -> DiskError {
    DiskError::writing("writing the manifest")(error)
}
