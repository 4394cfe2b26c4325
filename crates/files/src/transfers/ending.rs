//! What happens when a transfer is over, and what stays of it.

use std::sync::{Arc, atomic::Ordering};

use maru_disk::{End, EndKind, Record, StoredProgress};
use maru_protocol::Open;
use maru_transfer::{
    FailedEntries,
    control::Code,
    endpoint::{MAX_ENDED, Outcome},
    resume::Role,
};
use tokio::sync::oneshot;

use super::records::resume_key;
use super::saving::Saver;
use super::{Key, Transfers};
use crate::ended::EndedTransfer;
use crate::link::LinkCommand;
use crate::link_id::LinkId;
use crate::view::{Direction, Paused, TransferState, TransferView};

/// Transfers that are over and of which nothing is remembered, such as offers that were withdrawn, in the list at most.
const MAX_UNREMEMBERED: usize = 16;

impl Transfers {
    /// A link ended a transfer. A receiver's destination is closed when it is `released`.
    pub(super) fn on_ended(
        &mut self,
        link: LinkId,
        key: Key,
        outcome: Outcome,
        released: Option<oneshot::Receiver<()>>,
    ) {
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        of.released = released;
        let is_unanswered = match &outcome {
            // The message may be lost.
            Outcome::Done => key.1 == Direction::Receive,
            Outcome::Declined(_) => false,
            Outcome::Cancelled { by_partner, .. } => !by_partner,
        };
        let kind = match &outcome {
            Outcome::Done => EndKind::Done,
            Outcome::Declined(_) => EndKind::Declined,
            Outcome::Cancelled { code, .. } if *code == Code::Cancelled => EndKind::Cancelled,
            Outcome::Cancelled { .. } => EndKind::Failed,
        };
        show_outcome(&mut of.view, outcome);
        let is_sent = of.view.state == TransferState::Done
            && key.1 == Direction::Send
            && (of.view.files, of.view.files_failed) == (1, 0);
        if is_sent {
            of.view.hash = of.sent_hash;
        }
        if is_sent && of.view.hash.is_none() {
            // An earlier run read the rest of it.
            let cancelled = Arc::clone(&of.cancelled);
            self.hash_sent(key, cancelled);
        }
        self.end(key, kind, is_unanswered, Some(link));
    }

    /// The state in the view is the last one. `ended_by`: the link whose endpoint knows.
    pub(super) fn end(
        &mut self,
        key: Key,
        kind: EndKind,
        is_unanswered: bool,
        ended_by: Option<LinkId>,
    ) {
        let (id, direction) = key;
        self.candidates.remove(id, direction.into());
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        of.end = Some(self.next_end);
        self.next_end += 1;
        of.link = None;
        of.offer = None;
        of.rate.reset();
        of.view.rate = None;
        of.view.seconds_left = None;
        of.view.paused = Paused::default();
        if let Some(record) = &mut of.record {
            let resume_key = resume_key(record).filter(|_| is_unanswered);
            record.paused = false;
            record.end = Some(End {
                kind,
                code: of.view.code.clone(),
                is_unanswered: resume_key.is_some(),
                is_listed: true,
                is_retried: false,
            });
            if let Some(key) = resume_key {
                let ended = EndedTransfer {
                    id,
                    role: direction.into(),
                    key,
                    is_done: kind == EndKind::Done,
                };
                self.answer_with(&ended, ended_by);
            }
            self.save(key);
        }
        if self.transfers.get(&key).is_some_and(|of| of.is_forgotten) {
            self.forget(key);
        }
        self.limit_over();
    }

    /// Takes the first ones that ended off the list, if there are many: a partner can offer and withdraw for ever. Their records
    /// are limited by the store.
    fn limit_over(&mut self) {
        for (is_remembered, max) in [(true, MAX_ENDED), (false, MAX_UNREMEMBERED)] {
            let over = self.transfers.iter();
            let over = over.filter(|(_, of)| of.record.is_some() == is_remembered);
            let mut over: Vec<(u64, Key)> =
                over.filter_map(|(key, of)| Some((of.end?, *key))).collect();
            over.sort_unstable();
            for (_, key) in over.iter().take(over.len().saturating_sub(max)) {
                if let Some(of) = self.transfers.get(key) {
                    of.cancelled.store(true, Ordering::Relaxed);
                }
                self.remove(*key);
            }
        }
    }

    /// Every link, now and later, tells a partner that asks for it that it is over.
    fn answer_with(&self, ended: &EndedTransfer, known_by: Option<LinkId>) {
        self.ended.add(ended.clone());
        for link in self.links.keys().filter(|link| Some(**link) != known_by) {
            self.command(*link, LinkCommand::AddEnded(ended.clone()));
        }
    }

    /// The one to whom it is offered is gone, and has not answered.
    pub(super) fn fail_as_left(&mut self, key: Key) {
        let retry_of = self.transfers.get(&key).and_then(|of| of.retry_of);
        if let Some(earlier) = retry_of {
            self.on_retry_failed(earlier);
        }
        self.fail(key, Code::Left);
    }

    /// It cannot go on, for a reason on this computer.
    pub(super) fn fail(&mut self, key: Key, code: Code) {
        if let Some(of) = self.transfers.get_mut(&key) {
            of.view.state = TransferState::Failed;
            of.view.code = Some(Open::Known(code));
            of.view.code_here = true;
            self.end(key, EndKind::Failed, true, None);
        }
    }

    /// Takes a transfer that is over off the list. What stays is what its partner may ask for.
    pub(super) fn forget(&mut self, key: Key) {
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        of.cancelled.store(true, Ordering::Relaxed);
        let released = of.released.take();
        if let Some(record) = of.record.take() {
            self.hide(record, released);
        }
        self.remove(key);
    }

    /// Removes the record of a transfer that is over, or all that is not needed to answer the partner.
    pub(super) fn hide(&self, mut record: Record, released: Option<oneshot::Receiver<()>>) {
        let key = (record.id, Direction::from(record.role));
        let end = record.end.as_mut().filter(|end| end.is_unanswered);
        let Some(end) = end else {
            return when_released(&self.saver, released, move |saver| saver.remove(key));
        };
        end.is_listed = false;
        end.code = None;
        record.partner.clear();
        record.names.clear();
        record.folder = None;
        record.location = None;
        record.hash = None;
        record.failed = FailedEntries::default();
        record.progress = StoredProgress::default();
        (record.files, record.folders, record.bytes, record.skipped) = (0, 0, 0, 0);
        self.saver.save(record);
        when_released(&self.saver, released, move |saver| saver.strip(key));
    }

    /// Nothing has a cancelled transfer open: what was received of it is removed.
    pub(super) fn discard(&self, (id, direction): Key) {
        if let Some(store) = self.store.clone()
            && Role::from(direction) == Role::Receiver
        {
            tokio::task::spawn_blocking(move || {
                // What cannot be removed now is removed with its record.
                let _ = maru_disk::Destination::remove_staging(&store.folder(id, Role::Receiver));
            });
        }
    }
}

/// A receiver's record cannot be changed in this way before its destination is closed.
fn when_released(
    saver: &Saver,
    released: Option<oneshot::Receiver<()>>,
    then: impl FnOnce(&Saver) + Send + 'static,
) {
    let Some(released) = released else {
        return then(saver);
    };
    let saver = saver.clone();
    tokio::spawn(async move {
        // Fails if the thread that had it has panicked: then it is released as well.
        let _ = released.await;
        then(&saver);
    });
}

fn show_outcome(view: &mut TransferView, outcome: Outcome) {
    view.code_here = matches!(
        outcome,
        Outcome::Cancelled {
            by_partner: false,
            ..
        }
    );
    match outcome {
        Outcome::Done => {
            view.files_done = view.files.saturating_sub(view.files_failed);
            if view.files_failed == 0 {
                view.transferred = view.bytes;
                view.code = None;
            }
            view.state = done_state(view);
        }
        Outcome::Declined(code) => {
            view.state = TransferState::Declined;
            view.code = Some(code);
        }
        Outcome::Cancelled { code, .. } => {
            view.state = if code == Open::Known(Code::Cancelled) {
                TransferState::Cancelled
            } else {
                TransferState::Failed
            };
            view.code = Some(code);
        }
    }
}

/// How a transfer of an earlier run ended.
pub(super) fn show_end(view: &mut TransferView, end: &End) {
    view.code.clone_from(&end.code);
    view.state = match end.kind {
        EndKind::Done => done_state(view),
        EndKind::Declined => TransferState::Declined,
        EndKind::Cancelled => TransferState::Cancelled,
        EndKind::Failed => TransferState::Failed,
    };
}

fn done_state(view: &TransferView) -> TransferState {
    if view.files > 0 && view.files_done == 0 && view.files_failed > 0 {
        TransferState::Failed
    } else {
        TransferState::Done
    }
}
