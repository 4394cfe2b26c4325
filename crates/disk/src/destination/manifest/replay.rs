//! A manifest that is read again.

use std::{ffi::OsStr, fs::File};

use maru_transfer::control::{EntryKind, RelativePath};

use super::{
    AT_RANDOM, ENTRY, FILE_NAME, HEADER, IN_ORDER, LAST, Manifest, RENAMED, RENAMED_FOLDER,
    damaged, reading, writing,
};
use crate::{
    DiskError, FOLDER, Fault,
    codec::Decoder,
    destination::token::Token,
    frame::{Frame, FrameReader},
    os::{self, Directory},
};

impl Manifest {
    /// Reads it again. What is behind the last whole record is cut. Also returns the sizes of the entries.
    pub(in crate::destination) fn open(
        records: &Directory,
        token: Token,
    ) -> Result<(Self, Vec<u64>), DiskError> {
        let file = records
            .open_writable(OsStr::new(FILE_NAME))
            .map_err(reading)?;
        let (manifest, sizes) = Self::replay_all(file, token)?;
        os::set_length(&manifest.file, manifest.end).map_err(writing)?;
        Ok((manifest, sizes))
    }

    /// Only reads it, as [`Self::open`].
    pub(in crate::destination) fn read(
        records: &Directory,
        token: Token,
    ) -> Result<Self, DiskError> {
        let file = records.open_file(OsStr::new(FILE_NAME)).map_err(reading)?;
        Ok(Self::replay_all(file, token)?.0)
    }

    fn replay_all(file: File, token: Token) -> Result<(Self, Vec<u64>), DiskError> {
        let mut manifest = Self::new(file);
        let mut sizes = Vec::new();
        let mut reader = FrameReader::new(IN_ORDER);
        let mut offset = match reader.read(&manifest.file, 0).map_err(reading)? {
            Frame::Record(content, next) => {
                let mut record = Decoder::new(content);
                if (record.u8(), record.fixed()) != (Some(HEADER), Some(token)) {
                    return Err(DiskError::new("reading the manifest", Fault::Foreign));
                }
                next
            }
            _ => return Err(damaged()),
        };
        while let Frame::Record(content, next) =
            reader.read(&manifest.file, offset).map_err(reading)?
        {
            manifest
                .replay(content, offset, &mut sizes)
                .ok_or_else(damaged)?;
            offset = next;
        }
        manifest.end = offset;
        manifest.reader = FrameReader::new(AT_RANDOM);
        Ok((manifest, sizes))
    }

    fn replay(&mut self, content: &[u8], offset: u64, sizes: &mut Vec<u64>) -> Option<()> {
        let mut record = Decoder::new(content);
        match record.u8()? {
            ENTRY => {
                let entry = record.entry()?;
                record.text()?;
                self.place(&entry).ok()?;
                self.offsets.push(offset);
                sizes.push(match entry.kind {
                    EntryKind::File { size } => size,
                    EntryKind::Folder => FOLDER,
                });
            }
            RENAMED => {
                let number = record.u32()?;
                let (entry, name) = (record.entry()?, record.text()?);
                let mut place = self.place_of(&entry, name).ok()?;
                self.layout.rename(&entry.path, &mut place);
                *self.offsets.get_mut(number as usize)? = offset;
            }
            RENAMED_FOLDER => {
                let path = RelativePath::new(record.text()?).ok()?;
                let mut place = self.layout.place(&path, true).ok()?;
                self.layout.rename(&path, &mut place);
            }
            LAST => self.complete = true,
            _ => return None,
        }
        record.end()
    }
}
