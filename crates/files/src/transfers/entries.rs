//! Entries of transfers are listed.

use std::ops::Range;

use maru_disk::EndKind;
use maru_transfer::resume::Role;
use tokio::sync::oneshot;

use super::{Key, Transfers, listing::Job};
use crate::view::EntryView;

impl Transfers {
    /// Lists entries from the folder of the record, if there is one.
    pub(super) fn list_stored(
        &mut self,
        key: Key,
        range: Range<u32>,
        answer: oneshot::Sender<Vec<EntryView>>,
    ) {
        let Some(of) = self.transfers.get(&key) else {
            return;
        };
        let (Some(store), Some(record)) = (&self.store, &of.record) else {
            return;
        };
        let kind = record.end.as_ref().map(|end| end.kind);
        let failed = match record.role {
            Role::Sender => range
                .clone()
                .map(|entry| record.failed.get(entry).cloned())
                .collect(),
            Role::Receiver => Vec::new(),
        };
        let job = Job {
            of: (record.id, record.role, of.version),
            folder: store.folder(record.id, record.role),
            range,
            failed,
            is_done: kind == Some(EndKind::Done),
            is_discarded: kind.is_some_and(|kind| kind != EndKind::Done),
            answer,
        };
        self.stored_entries.list(job);
    }
}
