use serde::{Serialize, Serializer};

/// Consecutive groups of a file (docs/transfer.md, "Terms").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GroupRange {
    /// Number of the first group, from 0.
    pub first: u64,
    /// How many, at least 1. The last group is below [`crate::hash::MAX_GROUPS`].
    pub count: u64,
}

/// What a `want` asks for, beginning at its entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Wanted {
    /// So many whole entries, at least 1; `None`: all that follow.
    Count(Option<u32>),
    /// Groups of this one entry, at most [`crate::limits::MAX_WANTED`] ranges.
    Groups(#[serde(serialize_with = "pairs")] Vec<GroupRange>),
}

/// What a `verify` asks for the digests of, beginning at its entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ToVerify {
    /// Groups of this one entry.
    Groups(GroupRange),
    /// Whole entries.
    Entries {
        /// How many, at least 1.
        count: u32,
    },
}

#[expect(clippy::ptr_arg, reason = "the signature that serde's derive calls")]
fn pairs<S: Serializer>(ranges: &Vec<GroupRange>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(ranges.iter().map(|range| (range.first, range.count)))
}
