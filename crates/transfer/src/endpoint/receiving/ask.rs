//! What is asked for: entries as a whole, and of those that were begun the groups that are missing.

use std::ops::Range;

use super::{Receiving, content::Effects};
use crate::{
    IncomingFile,
    control::{ControlMessage, GroupRange, Wanted},
    endpoint::{FOLDER, output::DiskRequest},
    hash::group_count,
    ranges::one,
};

/// Ranges of groups of one message. More gaps than that are closed by asking for what lies between.
const MAX_RANGES: usize = 256;

impl Receiving {
    /// Messages that ask for what was not asked for, as far as the sender has to take them. `compares`: what is there
    /// already can be compared.
    pub(in crate::endpoint) fn ask(&mut self, compares: bool, effects: &mut Effects) {
        if self.key.is_none() || !self.recognised || self.pauses.problem_here.is_some() {
            return;
        }
        self.ask_for_digests(compares, effects);
        if !self.manifest_complete && self.wants.can_wait() {
            return;
        }
        while let Some(entries) = self.wants.take() {
            let begun = self
                .files
                .range(number(entries.start)..number(entries.end))
                .find(|(_, file)| is_begun(file))
                .map(|(entry, _)| u64::from(*entry));
            let whole = entries.start..begun.unwrap_or(entries.end);
            self.wants.put_back(whole.end..entries.end);
            if whole.is_empty() {
                self.ask_groups(number(whole.end), effects);
            } else {
                self.ask_entries(whole, effects);
            }
        }
    }

    fn ask_entries(&mut self, entries: Range<u64>, effects: &mut Effects) {
        let mut has_files = false;
        for entry in number(entries.start)..number(entries.end) {
            if self.size(entry) != Some(FOLDER) {
                has_files = true;
            } else if self.finishing.insert(entry) {
                effects.disk.push(DiskRequest::Finish {
                    id: self.offer.id,
                    entry,
                    hash: None,
                });
            }
        }
        if has_files {
            effects.control.push(ControlMessage::Want {
                id: self.offer.id,
                entry: number(entries.start),
                wanted: Wanted::Count(Some(number(entries.end - entries.start))),
            });
        }
        self.wants.add_asked(entries);
    }

    fn ask_groups(&mut self, entry: u32, effects: &mut Effects) {
        let Some(file) = self.files.get(&entry) else {
            return;
        };
        let mut groups = file.unverified();
        if groups.is_empty() {
            // It lacks only its end, which follows the last wanted group.
            let last = group_count(file.size()).saturating_sub(1);
            groups.insert(one(last));
        }
        let mut ranges: Vec<GroupRange> = Vec::new();
        for range in groups.iter() {
            let is_full = ranges.len() == MAX_RANGES;
            match ranges.last_mut().filter(|_| is_full) {
                Some(last) => last.count = range.end - last.first,
                None => ranges.push(GroupRange {
                    first: range.start,
                    count: range.end - range.start,
                }),
            }
        }
        self.wants.add_asked_groups(entry, ranges.len());
        effects.control.push(ControlMessage::Want {
            id: self.offer.id,
            entry,
            wanted: Wanted::Groups(ranges),
        });
    }
}

/// Some of it is there: the rest is asked for by groups.
fn is_begun(file: &IncomingFile) -> bool {
    file.missing() < file.size()
}

/// Entries are below [`crate::limits::MAX_ENTRIES`].
fn number(entry: u64) -> u32 {
    u32::try_from(entry).unwrap_or(u32::MAX)
}
