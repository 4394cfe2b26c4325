use std::{fs::File, io};

use maru_transfer::Piece;

use super::{
    buffers::{BUFFER_BYTES, Buffer},
    manifest::Origin,
};
use crate::{
    DiskError, Fault,
    os::{self, FileKind, Status},
};

/// Bytes of a piece.
const PIECE: u64 = BUFFER_BYTES as u64;

/// A file that is being read.
#[derive(Debug)]
pub(super) struct OpenFile {
    file: File,
    origin: Origin,
    /// The file takes less of the disk than its size: look for holes.
    may_have_holes: bool,
    /// There is no hole in this range, as far as was looked.
    data: std::ops::Range<u64>,
}

impl OpenFile {
    /// Opens the file, and checks that it is the one that was scanned.
    pub(super) fn open(origin: Origin) -> Result<Self, DiskError> {
        let file = os::open_source(&origin.path).map_err(|error| {
            // `O_NOFOLLOW`: a link is in its place.
            if os::is_link(&error) {
                changed()
            } else {
                reading(error)
            }
        })?;
        let mut file = Self {
            file,
            origin,
            may_have_holes: false,
            data: 0..0,
        };
        let status = file.check()?;
        file.may_have_holes = status
            .allocated
            .is_some_and(|allocated| allocated < status.size);
        Ok(file)
    }

    pub(super) const fn size(&self) -> u64 {
        self.origin.size
    }

    /// That the file is what was scanned.
    pub(super) fn check(&self) -> Result<Status, DiskError> {
        let status = Status::from(&self.file.metadata().map_err(reading)?);
        if status.kind != FileKind::File || !self.origin.agrees(&status) {
            return Err(changed());
        }
        Ok(status)
    }

    /// A range inside of the file.
    pub(super) fn read(&mut self, offset: u64, length: u64) -> Result<Vec<Piece>, DiskError> {
        let mut pieces = Vec::new();
        let (mut at, end) = (offset, offset + length);
        while at < end {
            let piece = if self.is_data(at)? {
                self.read_data(at, end.min(self.data.end).min(at + PIECE))?
            } else {
                Piece::Zeros(self.data.start - at)
            };
            at += piece.len();
            pieces.push(piece);
        }
        Ok(pieces)
    }

    /// Whether there is content at `at`: it reaches at least to the end of `self.data`. Otherwise there is a hole, to the
    /// beginning of `self.data`.
    fn is_data(&mut self, at: u64) -> Result<bool, DiskError> {
        let size = self.size();
        if !self.may_have_holes {
            self.data = 0..size;
        }
        if self.data.contains(&at) {
            return Ok(true);
        }
        let start = os::next_data(&self.file, at).map_err(reading)?;
        let Some(start) = start.filter(|start| *start < size) else {
            // A file that was cut has no content here either, and is not a hole.
            self.check()?;
            self.data = size..size;
            return Ok(false);
        };
        let end = os::next_hole(&self.file, start).map_err(reading)?;
        self.data = start..end.unwrap_or(size).clamp(start + 1, size);
        Ok(start == at)
    }

    fn read_data(&self, offset: u64, end: u64) -> Result<Piece, DiskError> {
        let length = usize::try_from(end - offset).unwrap_or(usize::MAX);
        if length <= BUFFER_BYTES / 2 {
            let mut bytes = vec![0; length];
            self.fill(&mut bytes, offset)?;
            return Ok(Piece::Bytes(bytes.into()));
        }
        let mut buffer = Buffer::new(length);
        self.fill(buffer.as_mut(), offset)?;
        Ok(Piece::Bytes(buffer.into_bytes()))
    }

    fn fill(&self, buffer: &mut [u8], offset: u64) -> Result<(), DiskError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match os::read_at(&self.file, &mut buffer[filled..], offset + filled as u64) {
                // Cut while it was read.
                Ok(0) => return Err(changed()),
                Ok(count) => filled += count,
                Err(error) => return Err(reading(error)),
            }
        }
        Ok(())
    }
}

fn changed() -> DiskError {
    DiskError::new("reading a file", Fault::Changed)
}

fn reading(error: io::Error) -> DiskError {
    DiskError::reading("reading a file")(error)
}
