//! What is there already is looked for and compared, before the rest is wanted.

use super::{
    Receiving,
    content::{Effects, list},
    present::Verdict,
};
use crate::{
    Ranges,
    bulk::Content,
    endpoint::output::{DiskRequest, Expected, Violation, WriteId},
    hash::{FileHash, group_count},
    ranges::one,
};

impl Receiving {
    /// Looks for what may be there, and asks for digests. Without `compares` everything is wanted.
    pub(super) fn ask_for_digests(&mut self, compares: bool, effects: &mut Effects) {
        let id = self.offer.id;
        if !compares {
            let all = self.present.take_all();
            return self.want(&all);
        }
        if let Some(entries) = self.present.take_unknown()
            && let Ok(first) = u32::try_from(entries.start)
            && let Ok(count) = u32::try_from(entries.end - entries.start)
        {
            effects.disk.push(DiskRequest::Find { id, first, count });
        }
        effects.control.extend(self.present.ask(id, &self.sizes));
    }

    /// The disk found these of the entries that it looked for.
    pub(in crate::endpoint) fn on_found(&mut self, first: u32, found: &[u32]) {
        let missing = self.present.on_found(first, found, &self.sizes);
        self.want(&missing);
    }

    /// Content of an entry that is compared: all but digests is ignored.
    pub(super) fn on_compared_content(
        &mut self,
        entry: u32,
        content: &Content,
        write: WriteId,
        effects: &mut Effects,
    ) -> Result<(), Violation> {
        let size = self.size(entry).unwrap_or_default();
        let groups = group_count(size);
        let expected = match content {
            Content::Data { .. } | Content::Zeros { .. } => return Ok(()),
            Content::Digests { first, digests } => {
                let digests = list(digests);
                let end = first.saturating_add(digests.len() as u64);
                if groups < 2 || end > groups {
                    return Err(Violation::Content);
                }
                self.present.on_digests(entry, *first, &digests)
            }
            Content::End { size: end, hash } => {
                if *end != size {
                    return Err(Violation::Content);
                }
                let hash = hash.map(FileHash);
                let expected = hash.and_then(|hash| self.present.on_hash(entry, hash));
                expected.into_iter().collect()
            }
        };
        let id = self.offer.id;
        for expected in expected {
            effects.writes += 1;
            effects.disk.push(DiskRequest::Compare {
                write,
                id,
                entry,
                expected,
            });
        }
        Ok(())
    }

    /// The disk compared a part of a file.
    pub(in crate::endpoint) fn on_compared(
        &mut self,
        entry: u32,
        expected: &Expected,
        equal: bool,
        effects: &mut Effects,
    ) {
        match self.present.on_compared(entry, expected.groups(), equal) {
            Verdict::Open => {}
            Verdict::Same(hash) => {
                let id = self.offer.id;
                effects.disk.push(DiskRequest::Keep { id, entry, hash });
            }
            Verdict::Different => self.wants.add(one(entry)),
        }
    }

    /// The file changed after it was compared.
    pub(in crate::endpoint) fn on_not_kept(&mut self, entry: u32) {
        let size = self.size(entry).unwrap_or_default();
        if self.present.take_kept(entry, size).is_some() {
            self.wants.add(one(entry));
        }
    }

    /// These files are done, as they were there already.
    pub(super) fn count_present(&mut self, entries: &Ranges) {
        for entry in entries.iter().flatten() {
            let size = u32::try_from(entry).ok().and_then(|entry| self.size(entry));
            if let Some(size) = size {
                self.files_present += 1;
                self.bytes_present += size;
            }
        }
    }

    fn want(&mut self, entries: &Ranges) {
        for entries in entries.iter() {
            self.wants.add(entries);
        }
    }
}
