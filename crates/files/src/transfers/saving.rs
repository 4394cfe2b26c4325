//! Stores what is remembered of transfers: one record after the other, and of each the last state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use maru_disk::{Record, Store, StoredProgress};
use tokio::sync::watch;

use super::key::Key;

/// What is to be stored of a transfer.
#[derive(Debug, Default)]
struct Change {
    record: Option<Box<Record>>,
    progress: Option<StoredProgress>,
    /// Everything but the record is removed.
    strip: bool,
    remove: bool,
}

#[derive(Debug, Default)]
struct State {
    /// At most one for each transfer.
    changes: BTreeMap<Key, Change>,
    is_running: bool,
}

/// Stores changes on a thread that may block. Failures are ignored: transfers work without, and cannot be resumed after a
/// restart.
#[derive(Debug, Clone)]
pub(super) struct Saver {
    store: Option<Arc<Store>>,
    state: Arc<Mutex<State>>,
    is_idle: Arc<watch::Sender<bool>>,
}

impl Saver {
    pub(super) fn new(store: Option<Arc<Store>>) -> Self {
        Self {
            store,
            state: Arc::default(),
            is_idle: Arc::new(watch::Sender::new(true)),
        }
    }

    pub(super) fn save(&self, record: Record) {
        let key = (record.id, record.role.into());
        self.change(key, |change| change.record = Some(Box::new(record)));
    }

    pub(super) fn save_progress(&self, key: Key, progress: StoredProgress) {
        self.change(key, |change| change.progress = Some(progress));
    }

    /// Only the record stays.
    pub(super) fn strip(&self, key: Key) {
        self.change(key, |change| change.strip = true);
    }

    /// Nothing stays. What is saved later of the same transfer has no folder any more, and is not saved.
    pub(super) fn remove(&self, key: Key) {
        self.change(key, |change| change.remove = true);
    }

    /// Waits until everything is stored.
    pub(super) async fn flush(&self) {
        // Fails if this was dropped, which it is not.
        let _ = self.is_idle.subscribe().wait_for(|is_idle| *is_idle).await;
    }

    fn change(&self, key: Key, change: impl FnOnce(&mut Change)) {
        let Some(store) = self.store.clone() else {
            return;
        };
        let mut state = self.lock();
        change(state.changes.entry(key).or_default());
        if !std::mem::replace(&mut state.is_running, true) {
            self.is_idle.send_replace(false);
            let saver = self.clone();
            tokio::task::spawn_blocking(move || saver.run(&store));
        }
    }

    fn run(&self, store: &Store) {
        while let Some((key, change)) = self.next() {
            perform(store, key, change);
        }
    }

    fn next(&self) -> Option<(Key, Change)> {
        let mut state = self.lock();
        let next = state.changes.pop_first();
        if next.is_none() {
            state.is_running = false;
            self.is_idle.send_replace(true);
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Usable after a panic: each change is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn perform(store: &Store, (id, direction): Key, change: Change) {
    let role = direction.into();
    if change.remove {
        // What cannot be removed now is removed when it has expired.
        let _ = store.remove(id, role);
        return;
    }
    if let Some(record) = change.record {
        let is_over = record.end.is_some();
        let _ = store.update(&record);
        if is_over {
            let _ = store.limit_ended();
        }
    }
    if let Some(progress) = change.progress {
        let _ = store.save_progress(id, role, progress);
    }
    if change.strip {
        let _ = store.strip(id, role);
    }
}

#[cfg(test)]
mod tests {
    use maru_transfer::{
        control::{Secret, TransferId},
        resume::Role,
    };
    use tokio::sync::oneshot;

    use super::*;
    use crate::view::Direction;

    fn record(number: u8) -> Record {
        let (id, secret) = (TransferId([number; 16]), Secret([1; 32]));
        Record {
            files: 1,
            bytes: 1,
            ..Record::new(id, Role::Sender, number.into(), String::new(), secret, 0)
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_last_of_many_changes_is_stored() {
        let root = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(root.path()).unwrap());
        let saver = Saver::new(Some(Arc::clone(&store)));
        let mut record = record(1);
        store.create(&record).unwrap();
        for round in 0..300 {
            record.paused = round % 2 == 0;
            record.updated = round;
            saver.save(record.clone());
            if round % 50 == 0 {
                saver.flush().await;
                assert_eq!(store.list().unwrap().records, [record.clone()]);
            }
        }
        saver.flush().await;
        assert_eq!(store.list().unwrap().records, [record]);
    }

    #[test]
    fn what_waits_is_one_change_for_each_transfer_and_a_removal_is_the_last() {
        // One thread for what blocks, which a test holds.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(1)
            .build()
            .unwrap();
        let root = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(root.path()).unwrap());
        let saver = Saver::new(Some(Arc::clone(&store)));
        for number in [1, 2] {
            store.create(&record(number)).unwrap();
        }
        let key = |number| (TransferId([number; 16]), Direction::Send);
        runtime.block_on(async {
            let (go_on, wait) = oneshot::channel::<()>();
            tokio::task::spawn_blocking(move || wait.blocking_recv());
            for round in 0..100 {
                for number in [1, 2] {
                    let updated = round;
                    saver.save(Record {
                        updated,
                        ..record(number)
                    });
                }
            }
            saver.remove(key(1));
            saver.save(record(1));
            let transferred = 5;
            saver.save_progress(
                key(2),
                StoredProgress {
                    transferred,
                    ..StoredProgress::default()
                },
            );
            assert_eq!(saver.lock().changes.len(), 2);
            go_on.send(()).unwrap();
            saver.flush().await;
        });
        let records = store.list().unwrap().records;
        let left: Vec<_> = records
            .iter()
            .map(|record| (record.number, record.updated, record.progress.transferred))
            .collect();
        assert_eq!(left, [(2, 99, 5)]);
        assert!(!store.folder(key(1).0, Role::Sender).exists());
    }
}
