//! Files that may be on the receiver's disk already: they are looked for, compared by their digests, and then kept or wanted.

mod comparing;

use std::collections::BTreeMap;
use std::ops::Range;

pub(super) use self::comparing::Verdict;
use self::comparing::{Comparing, groups};
use crate::{
    Ranges,
    control::{ControlMessage, GroupRange, ToVerify, TransferId},
    endpoint::{FOLDER, output::Expected},
    hash::{Digest, FileHash, GROUP_BYTES},
    ranges::one,
};

/// Entries that the disk looks for at once.
const MAX_LOOKED_FOR: u64 = 1_024;
/// Bytes of files that the sender was asked for the digests of, or that the disk compares with them. Both read them: a
/// transfer that is cancelled waits for no more than that.
const MAX_COST: u64 = 64 << 20;
/// Entries that are asked for in one message have at most so many groups. Others are asked for in steps.
const MAX_WHOLE: u64 = 16;

/// Entries about which it is not known yet whether they have to be wanted.
#[derive(Debug, Default)]
pub(super) struct Present {
    /// To be looked for.
    unknown: Ranges,
    /// The disk looks for these, and was asked for them from this one on.
    looking: Option<(u32, Ranges)>,
    /// There is a file of the same name, size and time.
    found: Ranges,
    comparing: BTreeMap<u32, Comparing>,
    /// They are the same, and the disk is asked to keep them.
    keeping: BTreeMap<u32, FileHash>,
    /// Of what is asked for or compared.
    cost: u64,
    /// Of all files that were found, until they are kept or wanted.
    bytes: u64,
}

/// Entries are below [`crate::limits::MAX_ENTRIES`].
fn number(entry: u64) -> u32 {
    u32::try_from(entry).unwrap_or(u32::MAX)
}

impl Present {
    /// These entries are to be looked for.
    pub(super) fn look_for(&mut self, entries: Range<u64>) {
        self.unknown.insert(entries);
    }

    /// What the disk is to look for now, if anything.
    pub(super) fn take_unknown(&mut self) -> Option<Range<u64>> {
        if self.looking.is_some() {
            return None;
        }
        let entries = self.unknown.take_first(MAX_LOOKED_FOR)?;
        let first = number(entries.start);
        self.looking = Some((first, std::iter::once(entries.clone()).collect()));
        Some(entries)
    }

    /// The disk found these of the entries that it looked for. Returns those that it did not find.
    /// `sizes` of all entries.
    pub(super) fn on_found(&mut self, first: u32, found: &[u32], sizes: &[u64]) -> Ranges {
        let Some((_, mut missing)) = self.looking.take_if(|of| of.0 == first) else {
            return Ranges::new();
        };
        for entry in found {
            if missing.remove(one(*entry)) > 0 {
                self.found.insert(one(*entry));
                self.bytes += size_of(sizes, *entry).unwrap_or_default();
            }
        }
        missing
    }

    /// Nothing can be compared: returns the entries that are to be wanted instead.
    pub(super) fn take_all(&mut self) -> Ranges {
        let mut all = std::mem::take(&mut self.unknown);
        for range in std::mem::take(&mut self.found).iter() {
            all.insert(range);
        }
        for entry in std::mem::take(&mut self.comparing).into_keys() {
            all.insert(one(entry));
        }
        (self.cost, self.bytes) = (0, 0);
        all
    }

    /// Bytes of files that are probably there.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Entries that are not to be wanted, or not yet.
    pub(super) fn entries(&self) -> impl Iterator<Item = Range<u64>> {
        let one_by_one = self.comparing.keys().chain(self.keeping.keys());
        let looking = self.looking.iter().flat_map(|(_, entries)| entries.iter());
        self.unknown
            .iter()
            .chain(looking)
            .chain(self.found.iter())
            .chain(one_by_one.map(|entry| one(*entry)))
    }

    /// An entry of `size` bytes has failed, or is wanted.
    pub(super) fn remove(&mut self, entry: u32, size: u64) {
        self.unknown.remove(one(entry));
        if let Some((_, entries)) = &mut self.looking {
            entries.remove(one(entry));
        }
        let mut was_found = self.found.remove(one(entry)) > 0;
        was_found |= self.keeping.remove(&entry).is_some();
        if let Some(comparing) = self.comparing.remove(&entry) {
            self.cost -= comparing.cost();
            was_found = true;
        }
        if was_found {
            self.bytes = self.bytes.saturating_sub(size);
        }
    }

    pub(super) fn on_disconnected(&mut self) {
        for comparing in self.comparing.values_mut() {
            for range in std::mem::take(&mut comparing.awaited).iter() {
                comparing.to_ask.insert(range);
            }
        }
        self.cost = self.comparing.values().map(Comparing::cost).sum();
    }

    /// Messages that ask for digests, as many as may be compared at once. `sizes` of all entries.
    pub(super) fn ask(&mut self, id: TransferId, sizes: &[u64]) -> Vec<ControlMessage> {
        let mut messages = Vec::new();
        // Otherwise there would be one for each file that is compared.
        if self.cost > MAX_COST / 2 {
            return messages;
        }
        let begun: Vec<u32> = self
            .comparing
            .iter()
            .filter(|(_, comparing)| !comparing.to_ask.is_empty())
            .map(|(entry, _)| *entry)
            .collect();
        for entry in begun {
            self.ask_groups(id, entry, &mut messages);
        }
        while self.cost < MAX_COST
            && let Some(first) = self.found.first().map(|range| range.start)
        {
            let first = number(first);
            let count = self.take_whole(first, sizes);
            if count > 0 {
                messages.push(ControlMessage::Verify {
                    id,
                    entry: first,
                    to_verify: ToVerify::Entries { count },
                });
            } else if let Some(size) = size_of(sizes, first) {
                self.comparing.insert(first, Comparing::new(size));
                self.ask_groups(id, first, &mut messages);
            }
            self.found.remove(one(first));
        }
        messages
    }

    /// Takes entries from `first` on that are asked for as a whole. Returns how many.
    fn take_whole(&mut self, first: u32, sizes: &[u64]) -> u32 {
        let mut entry = first;
        while self.cost < MAX_COST && self.found.contains(&one(entry)) {
            let Some(size) = size_of(sizes, entry).filter(|size| groups(*size) <= MAX_WHOLE) else {
                break;
            };
            let mut comparing = Comparing::new(size);
            comparing.awaited = std::mem::take(&mut comparing.to_ask);
            self.cost += comparing.cost();
            self.comparing.insert(entry, comparing);
            self.found.remove(one(entry));
            entry += 1;
        }
        entry - first
    }

    /// Asks for the next groups of a file.
    fn ask_groups(&mut self, id: TransferId, entry: u32, messages: &mut Vec<ControlMessage>) {
        let Some(comparing) = self.comparing.get_mut(&entry) else {
            return;
        };
        while self.cost < MAX_COST {
            let most = (MAX_COST - self.cost).div_ceil(GROUP_BYTES);
            let Some(range) = comparing.to_ask.take_first(most) else {
                return;
            };
            let before = comparing.cost();
            comparing.awaited.insert(range.clone());
            self.cost = self.cost + comparing.cost() - before;
            let to_verify = if groups(comparing.size) == 1 {
                ToVerify::Entries { count: 1 }
            } else {
                ToVerify::Groups(GroupRange {
                    first: range.start,
                    count: range.end - range.start,
                })
            };
            messages.push(ControlMessage::Verify {
                id,
                entry,
                to_verify,
            });
        }
    }

    /// Whether its digests may arrive.
    pub(super) fn is_comparing(&self, entry: u32) -> bool {
        self.comparing.contains_key(&entry)
    }

    /// Whether it is there as a whole.
    pub(super) fn is_keeping(&self, entry: u32) -> bool {
        self.keeping.contains_key(&entry)
    }

    /// Digests of groups of the file arrived, beginning with `first`. Returns what the disk is to compare: what was asked
    /// for and did not arrive before.
    pub(super) fn on_digests(
        &mut self,
        entry: u32,
        first: u64,
        digests: &[Digest],
    ) -> Vec<Expected> {
        let Some(comparing) = self.comparing.get_mut(&entry) else {
            return Vec::new();
        };
        let mut expected = Vec::new();
        let end = first.saturating_add(digests.len() as u64);
        for range in comparing.awaited.within(&(first..end)).iter() {
            let at = |group: u64| usize::try_from(group - first).unwrap_or(usize::MAX);
            let digests = digests[at(range.start)..at(range.end)].to_vec();
            for (group, digest) in range.clone().zip(&digests) {
                if let Some(hasher) = &mut comparing.hasher {
                    // An error is that of a group that was added on an earlier connection.
                    let _ = hasher.add(group, *digest);
                }
            }
            comparing.awaited.remove(range.clone());
            comparing.at_disk.insert(range.clone());
            let first = range.start;
            expected.push(Expected::Digests { first, digests });
        }
        expected
    }

    /// The hash of the file arrived. It is of use for a file of one group.
    pub(super) fn on_hash(&mut self, entry: u32, hash: FileHash) -> Option<Expected> {
        let comparing = self.comparing.get_mut(&entry)?;
        if groups(comparing.size) > 1 || comparing.awaited.remove(0..1) == 0 {
            return None;
        }
        comparing.at_disk.insert(0..1);
        comparing.hash = Some(hash);
        Some(Expected::Hash(hash))
    }

    /// The disk compared groups. [`Verdict::Open`] also if that was not asked for.
    pub(super) fn on_compared(&mut self, entry: u32, groups: Range<u64>, equal: bool) -> Verdict {
        let Some(comparing) = self.comparing.get_mut(&entry) else {
            return Verdict::Open;
        };
        let (before, size) = (comparing.cost(), comparing.size);
        if comparing.at_disk.remove(groups.clone()) == 0 {
            return Verdict::Open;
        }
        self.cost = self.cost + comparing.cost() - before;
        if equal {
            comparing.equal.insert(groups);
        }
        let verdict = if equal {
            comparing.verdict()
        } else {
            Verdict::Different
        };
        match verdict {
            Verdict::Open => {}
            Verdict::Same(hash) => {
                self.remove(entry, size);
                self.keeping.insert(entry, hash);
                self.bytes += size;
            }
            Verdict::Different => self.remove(entry, size),
        }
        verdict
    }

    /// The disk kept the file of `size` bytes, or did not: it changed since it was compared.
    pub(super) fn take_kept(&mut self, entry: u32, size: u64) -> Option<FileHash> {
        let hash = self.keeping.remove(&entry)?;
        self.bytes = self.bytes.saturating_sub(size);
        Some(hash)
    }
}

/// Of a file.
fn size_of(sizes: &[u64], entry: u32) -> Option<u64> {
    let size = sizes.get(usize::try_from(entry).ok()?).copied();
    size.filter(|size| *size != FOLDER)
}
