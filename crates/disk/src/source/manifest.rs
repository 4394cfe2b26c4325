//! The manifest of a sender in a file: entries, and where they come from.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use maru_transfer::control::{Entry, EntryKind, Modified};

use crate::{
    DiskError, FOLDER, Fault,
    codec::{Decoder, Encoder},
    frame::{self, Frame, FrameReader, MAX_CONTENT},
    os::{self, Status},
    private_file,
};

const HEADER: &[u8] = b"maru source manifest 1";
const ENTRY: u8 = 1;
const END: u8 = 2;

/// Bytes that are read at once: in order, and of one entry.
const IN_ORDER: usize = 1 << 18;
const AT_RANDOM: usize = 1 << 10;

/// Where a file is, and what it was when it was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) path: PathBuf,
    /// [`FOLDER`] for a folder.
    pub(crate) size: u64,
    pub(crate) modified: Modified,
    pub(crate) changed: Modified,
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl Origin {
    /// `None` if the path is too long for a record.
    pub(crate) fn new(path: &Path, status: &Status) -> Option<Self> {
        // The path in the manifest, and the integers, have room in the other half.
        if os::path_bytes(path).len() > MAX_CONTENT / 2 {
            return None;
        }
        Some(Self {
            path: path.to_owned(),
            size: status.size,
            modified: status.modified,
            changed: status.changed,
            device: status.device,
            inode: status.inode,
        })
    }

    /// Whether it is the same file with the same content.
    pub(crate) fn agrees(&self, status: &Status) -> bool {
        self.size == status.size
            && self.modified == status.modified
            && self.changed == status.changed
            && self.device == status.device
            && self.inode == status.inode
    }
}

/// Writes a manifest.
#[derive(Debug)]
pub(crate) struct ManifestWriter {
    file: BufWriter<File>,
    record: Vec<u8>,
    entries: u32,
}

impl ManifestWriter {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let mut writer = Self {
            file: BufWriter::with_capacity(IN_ORDER, private_file(path)?),
            record: Vec::new(),
            entries: 0,
        };
        writer.push(HEADER)?;
        Ok(writer)
    }

    pub(crate) fn add(&mut self, entry: &Entry, origin: &Origin) -> io::Result<()> {
        self.entries += 1;
        let mut record = Encoder::new(ENTRY);
        record
            .entry(entry)
            .bytes(&os::path_bytes(&origin.path))
            .i64(origin.changed.seconds)
            .u32(origin.changed.nanoseconds)
            .u64(origin.device)
            .u64(origin.inode);
        self.push(record.finish())
    }

    /// Makes it durable.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let mut record = Encoder::new(END);
        self.push(record.u32(self.entries).finish())?;
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }

    fn push(&mut self, content: &[u8]) -> io::Result<()> {
        self.record.clear();
        frame::push(&mut self.record, content);
        self.file.write_all(&self.record)
    }
}

/// An opened manifest: all of its records were there and whole.
#[derive(Debug)]
pub(crate) struct Manifest {
    file: Arc<File>,
    offsets: Arc<[u64]>,
    reader: FrameReader,
}

impl Manifest {
    pub(crate) fn open(path: &Path) -> Result<Self, DiskError> {
        let file = File::open(path).map_err(reading)?;
        let mut reader = FrameReader::new(IN_ORDER);
        let mut offsets = Vec::new();
        let mut offset = match reader.read(&file, 0).map_err(reading)? {
            Frame::Record(HEADER, next) => next,
            _ => return Err(damaged()),
        };
        loop {
            let Frame::Record(content, next) = reader.read(&file, offset).map_err(reading)? else {
                return Err(damaged());
            };
            let mut record = Decoder::new(content);
            match record.u8() {
                Some(ENTRY) => offsets.push(offset),
                Some(END) if record.u32().map(|count| count as usize) == Some(offsets.len()) => {
                    break;
                }
                _ => return Err(damaged()),
            }
            offset = next;
        }
        u32::try_from(offsets.len()).map_err(|_| damaged())?;
        Ok(Self {
            file: Arc::new(file),
            offsets: offsets.into(),
            reader: FrameReader::new(AT_RANDOM),
        })
    }

    /// The same once more, which shares what is in memory.
    pub(crate) fn share(&self) -> Self {
        Self {
            file: Arc::clone(&self.file),
            offsets: Arc::clone(&self.offsets),
            reader: FrameReader::new(AT_RANDOM),
        }
    }

    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.offsets.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(&mut self, entry: u32) -> Result<(Entry, Origin), DiskError> {
        let offset = self
            .offsets
            .get(entry as usize)
            .ok_or_else(|| DiskError::new("reading the manifest", Fault::Argument))?;
        match self.reader.read(&self.file, *offset).map_err(reading)? {
            Frame::Record(content, _) => decode(content).ok_or_else(damaged),
            _ => Err(damaged()),
        }
    }
}

fn decode(content: &[u8]) -> Option<(Entry, Origin)> {
    let mut record = Decoder::new(content);
    record.u8().filter(|kind| *kind == ENTRY)?;
    let entry = record.entry()?;
    let origin = Origin {
        path: os::path_from_bytes(record.bytes()?)?,
        size: match entry.kind {
            EntryKind::File { size } => size,
            EntryKind::Folder => FOLDER,
        },
        modified: entry.modified,
        changed: Modified {
            seconds: record.i64()?,
            nanoseconds: record.u32()?,
        },
        device: record.u64()?,
        inode: record.u64()?,
    };
    record.end()?;
    Some((entry, origin))
}

fn damaged() -> DiskError {
    DiskError::new("reading the manifest", Fault::Damaged)
}

fn reading(error: io::Error) -> DiskError {
    DiskError::reading("reading the manifest")(error)
}
