//! What is on the disk replaces what is in memory.

use super::{Checkpoint, Receiving, Restored, Totals, present::Present};
use crate::{IncomingFile, Ranges, control::Code, endpoint::FOLDER, incoming::Held, ranges::one};

impl Receiving {
    /// What is on the disk replaces what is in memory: after a restart, or a problem of the disk.
    pub(in crate::endpoint) fn restore(&mut self, restored: Restored) {
        self.forget();
        self.sizes = restored.sizes;
        self.manifest_complete = restored.manifest_complete;
        self.done = restored.done;
        for (entry, code) in restored.failed {
            self.failed.insert(entry, &code);
        }
        for done in self.done.iter() {
            self.failed.remove(done);
        }
        let failed = self.failed.ranges().flatten();
        self.failed_bytes = failed.map(|entry| size_of(&self.sizes, entry)).sum();
        self.totals = Totals::default();
        for size in &self.sizes {
            match *size {
                FOLDER => self.totals.folders += 1,
                size => {
                    self.totals.files += 1;
                    self.totals.bytes = self.totals.bytes.saturating_add(size);
                }
            }
        }
        self.done_bytes = 0;
        self.files_done = 0;
        self.files_present = 0;
        self.bytes_present = 0;
        for entry in self.done.iter().flatten() {
            let size = usize::try_from(entry)
                .ok()
                .and_then(|entry| self.sizes.get(entry));
            if let Some(size) = size.filter(|size| **size != FOLDER) {
                self.done_bytes += size;
                self.files_done += 1;
            }
        }
        for (entry, groups) in restored.partial {
            let number = u64::from(entry);
            let size = self
                .size(entry)
                .filter(|_| !self.done.contains(&one(number)) && self.failed.get(entry).is_none());
            let Some(mut file) = size.and_then(|size| IncomingFile::new(size).ok()) else {
                continue;
            };
            for (group, digest) in groups {
                // A group that the file does not have was not verified.
                let _ = file.restore(group, digest);
            }
            self.add_file(entry, file);
        }
        self.count_present(&restored.present);
        self.durable = self.transferred();
        self.look_for_missing();
        self.want_all();
    }

    /// Everything that is not there has to be wanted on this connection, except for what may be there already.
    pub(in crate::endpoint) fn want_all(&mut self) {
        let mut missing = self.missing();
        for entries in self.present.entries() {
            missing.remove(entries);
        }
        self.wants.restart(missing);
    }

    /// What was not begun may be there already.
    fn look_for_missing(&mut self) {
        let mut missing = self.missing();
        for entry in self.files.keys() {
            missing.remove(one(*entry));
        }
        for entries in missing.iter() {
            self.present.look_for(entries);
        }
    }

    fn missing(&self) -> Ranges {
        let all = 0..self.sizes.len() as u64;
        let mut missing: Ranges = self.done.missing_in(&all).into_iter().collect();
        for failed in self.failed.ranges() {
            missing.remove(failed);
        }
        for entry in &self.finishing {
            missing.remove(one(*entry));
        }
        missing
    }

    /// The disk cannot go on: what is not durable is forgotten, until [`Self::restore`].
    pub(in crate::endpoint) fn on_problem(&mut self, code: Code) {
        self.pauses.problem_here = Some(code);
        self.forget();
    }

    /// Only what is on the disk counts.
    fn forget(&mut self) {
        self.files.clear();
        self.hole_files.clear();
        self.held = Held::default();
        self.finishing.clear();
        self.present = Present::default();
        self.open_bytes = 0;
        self.checkpoint = Checkpoint::default();
        self.concluding = false;
    }
}

/// Bytes of an entry; 0 of a folder, and of one that is not known.
fn size_of(sizes: &[u64], entry: u64) -> u64 {
    let size = usize::try_from(entry).ok().and_then(|at| sizes.get(at));
    size.copied()
        .filter(|size| *size != FOLDER)
        .unwrap_or_default()
}
