//! How far a transfer is, in a file of its own that is written in place and not synced: it changes every second, and a
//! record is replaced by several syncs.

use std::{fs::File, io, path::Path};

use super::record::StoredProgress;
use crate::{
    codec::{Decoder, Encoder},
    frame::{self, Frame, FrameReader},
    os,
};

const FILE_NAME: &str = "progress";
const PROGRESS: u8 = 0x21;
/// Bytes that are read at once: all.
const BYTES: usize = 64;

pub(super) fn write(folder: &Path, progress: StoredProgress) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(folder.join(FILE_NAME))?;
    let mut content = Encoder::new(PROGRESS);
    content
        .u64(progress.transferred)
        .u32(progress.files_done)
        .u32(progress.files_failed);
    let mut bytes = Vec::new();
    frame::push(&mut bytes, content.finish());
    os::write_at(&file, &bytes, 0)
}

/// What was written last. Nothing, if that is damaged or not there: it is not needed.
pub(super) fn read(folder: &Path) -> Option<StoredProgress> {
    let file = File::open(folder.join(FILE_NAME)).ok()?;
    let mut reader = FrameReader::new(BYTES);
    let Ok(Frame::Record(content, _)) = reader.read(&file, 0) else {
        return None;
    };
    let mut content = Decoder::new(content);
    content.u8().filter(|kind| *kind == PROGRESS)?;
    let progress = StoredProgress {
        transferred: content.u64()?,
        files_done: content.u32()?,
        files_failed: content.u32()?,
        files_present: 0,
    };
    content.end()?;
    Some(progress)
}
