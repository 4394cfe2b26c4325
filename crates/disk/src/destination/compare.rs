//! Whether a file that is there already has the content that is sent.

use std::{ffi::OsStr, fs::File, io};

use maru_transfer::{
    endpoint::Expected,
    hash::{FileHash, FileHasher, GROUP_BYTES, GroupHash, GroupHasher, group_count},
};

use super::{manifest::Placed, present::is_present, state::Destination};
use crate::{
    DiskError,
    os::{self, Status},
};

/// Bytes that are read at once.
const READ_BYTES: usize = 1 << 18;

impl Destination {
    /// Whether a part of a file that [`Self::find`] found is as expected. Not if it changed since it was compared first.
    ///
    /// # Errors
    /// That the manifest cannot be read.
    pub fn compare(&mut self, entry: u32, expected: &Expected) -> Result<bool, DiskError> {
        let placed = self.manifest.get(entry)?;
        let is_same = self.try_compare(entry, &placed, expected).unwrap_or(false);
        if !is_same {
            self.present.forget(entry);
        }
        Ok(is_same)
    }

    fn try_compare(
        &mut self,
        entry: u32,
        placed: &Placed,
        expected: &Expected,
    ) -> io::Result<bool> {
        let Some(size) = placed.size() else {
            return Ok(false);
        };
        let name = OsStr::new(&placed.place.name);
        let Some(file) = self
            .present_folder(placed)
            .map(|folder| folder.open_file(name))
        else {
            return Ok(false);
        };
        let file = file?;
        let status = Status::from(&file.metadata()?);
        let seen = *self.present.comparing.entry(entry).or_insert(status);
        if !is_present(&status, placed) || seen != status {
            return Ok(false);
        }
        let is_same = match expected {
            Expected::Hash(hash) => hash_small(&file, size)? == Some(*hash),
            Expected::Digests { first, digests } => {
                let mut groups = (*first..).zip(digests);
                groups.try_fold(true, |same, (group, digest)| {
                    let hash = same.then(|| hash_group(&file, size, group)).transpose()?;
                    Ok::<_, io::Error>(hash.flatten() == Some(GroupHash::Digest(*digest)))
                })?
            }
        };
        Ok(is_same && Status::from(&file.metadata()?) == seen)
    }
}

fn hash_small(file: &File, size: u64) -> io::Result<Option<FileHash>> {
    if group_count(size) == 0 {
        return Ok(FileHasher::new(0).and_then(|of| of.finish()).ok());
    }
    Ok(match hash_group(file, size, 0)? {
        Some(GroupHash::File(hash)) => Some(hash),
        _ => None,
    })
}

/// `None` if the file is shorter, or has no such group.
fn hash_group(file: &File, size: u64, group: u64) -> io::Result<Option<GroupHash>> {
    let Ok(mut hasher) = GroupHasher::new(size, group) else {
        return Ok(None);
    };
    let mut buffer = vec![0; READ_BYTES];
    let mut offset = group * GROUP_BYTES;
    while hasher.remaining() > 0 {
        let most = usize::try_from(hasher.remaining()).unwrap_or(READ_BYTES);
        let most = most.min(READ_BYTES);
        let count = os::read_at(file, &mut buffer[..most], offset)?;
        if count == 0 || hasher.update(&buffer[..count]).is_err() {
            return Ok(None);
        }
        offset += count as u64;
    }
    Ok(hasher.finish().ok())
}
