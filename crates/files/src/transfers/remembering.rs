//! The transfers of earlier runs.

use maru_disk::{End, EndKind, Record};
use maru_transfer::resume::{ResumeKey, Role};

use super::{Transfers, ending::show_end, records::resume_key};
use crate::ended::EndedTransfer;
use crate::view::{Direction, TransferState};

impl Transfers {
    /// Lists the transfers of earlier runs.
    pub(super) fn remember(&mut self, records: Vec<Record>) {
        let sent = records.iter().filter(|record| record.role == Role::Sender);
        self.next_number = sent
            .map(|record| record.number.wrapping_add(1))
            .max()
            .unwrap_or_default();
        for record in records {
            match (record.end.clone(), resume_key(&record)) {
                (Some(end), key) => self.remember_ended(record, &end, key),
                (None, Some(key)) => {
                    self.candidates.add(record.id, record.role, key);
                    let mut transfer = self.transfer(&record, TransferState::Waiting);
                    transfer.view.paused.here = record.paused;
                    let key = (record.id, Direction::from(record.role));
                    self.transfers.insert(key, transfer);
                }
                // It was not accepted before the end of that run.
                (None, None) => self.hide(record, None),
            }
        }
    }

    /// What was cancelled or not wanted is not listed again.
    fn remember_ended(&mut self, record: Record, end: &End, key: Option<ResumeKey>) {
        if let Some(key) = key.filter(|_| end.is_unanswered) {
            self.ended.add(EndedTransfer {
                id: record.id,
                role: record.role,
                key,
                is_done: end.kind == EndKind::Done,
            });
        }
        if end.is_listed && matches!(end.kind, EndKind::Done | EndKind::Failed) {
            let mut transfer = self.transfer(&record, TransferState::Done);
            show_end(&mut transfer.view, end);
            transfer.end = Some(self.next_end);
            self.next_end += 1;
            let key = (record.id, Direction::from(record.role));
            self.transfers.insert(key, transfer);
        } else if end.is_listed {
            self.hide(record, None);
        }
    }
}
