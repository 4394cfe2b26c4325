//! People in a room, with a signaling server in this process: what it relays is what the real one does.
#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod wire;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_files::{
    ConnectionLimits, Direction, EntryState, EntryView, Files, FilesConfig, FilesEvent, TransferId,
    TransferState, TransferView,
};
use maru_peer::Bind;
use maru_protocol::ParticipantId;
use maru_session::Notification;
use serde_json::json;
use tokio::sync::watch;
pub(crate) use wire::Wire;

/// Nothing in these tests takes longer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

type People = Arc<Mutex<BTreeMap<ParticipantId, Files>>>;

/// One room.
#[derive(Clone, Default)]
pub(crate) struct Server {
    people: People,
    /// Signals are lost.
    pub(crate) is_away: Arc<std::sync::atomic::AtomicBool>,
    /// What the connections go through, if their bytes are to be counted.
    pub(crate) wire: Option<Arc<Wire>>,
    incarnation: u8,
}

/// A program in the room.
pub(crate) struct Person {
    pub(crate) files: Files,
    pub(crate) id: ParticipantId,
    pub(crate) folder: tempfile::TempDir,
    views: watch::Receiver<BTreeMap<(TransferId, Direction), TransferView>>,
}

pub(crate) fn notify(files: &Files, message: &serde_json::Value) {
    let raw = serde_json::value::to_raw_value(message).unwrap();
    files.on_notification(&Notification::Message(raw));
}

pub(crate) fn participant(number: u8) -> ParticipantId {
    let id = format!("00000000-0000-4000-8000-0000000000{number:02x}");
    serde_json::from_value(id.into()).unwrap()
}

impl Server {
    /// Starts a program whose records and files are in a new folder.
    pub(crate) fn person(&self, number: u8) -> Person {
        self.person_in(number, tempfile::tempdir().unwrap())
    }

    /// Starts a program whose records and files are in this folder.
    pub(crate) fn person_in(&self, number: u8, folder: tempfile::TempDir) -> Person {
        let id = participant(number);
        let people = Arc::clone(&self.people);
        let is_away = Arc::clone(&self.is_away);
        let wire = self.wire.clone();
        let files = Files::start(FilesConfig {
            records: folder.path().join("records"),
            signal: Box::new(move |from, to, data| {
                if is_away.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                let to = people.lock().unwrap().get(&to).cloned();
                if let Some(to) = to {
                    let mut data: serde_json::Value = serde_json::from_str(data.get()).unwrap();
                    if let Some(wire) = &wire {
                        wire.redirect(&mut data);
                    }
                    notify(
                        &to,
                        &json!({ "type": "signal", "from": from, "data": data }),
                    );
                }
            }),
            bind: Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]),
            limits: ConnectionLimits::default(),
        });
        let (changes, views) = watch::channel(BTreeMap::new());
        files.subscribe(move |event| {
            changes.send_modify(|views| match event.clone() {
                FilesEvent::Transfers { transfers } => {
                    *views = transfers
                        .into_iter()
                        .map(|transfer| ((transfer.id, transfer.direction), transfer))
                        .collect();
                }
                FilesEvent::Transfer { transfer } => {
                    let before = views.insert((transfer.id, transfer.direction), *transfer.clone());
                    if let Some(before) = before {
                        assert!(transfer.transferred >= before.transferred, "progress fell");
                    }
                }
                FilesEvent::Removed { id, direction } => {
                    views.remove(&(id, direction));
                }
            });
            ControlFlow::Continue(())
        });
        std::fs::create_dir_all(folder.path().join("received")).unwrap();
        Person {
            files,
            id,
            folder,
            views,
        }
    }

    /// A person comes in.
    pub(crate) fn join(&self, person: &Person) {
        let mut people = self.people.lock().unwrap();
        for other in people.values() {
            notify(
                other,
                &json!({ "type": "participant-joined", "participant": { "id": person.id, "name": "somebody" } }),
            );
        }
        self.send_joined(&people, person.id, &person.files);
        people.insert(person.id, person.files.clone());
    }

    fn send_joined(
        &self,
        people: &BTreeMap<ParticipantId, Files>,
        me: ParticipantId,
        files: &Files,
    ) {
        let others: Vec<_> = people
            .keys()
            .filter(|id| **id != me)
            .map(|id| json!({ "id": id, "name": "somebody" }))
            .collect();
        let incarnation = format!("00000000-0000-4000-8000-0000000001{:02x}", self.incarnation);
        notify(
            files,
            &json!({
                "type": "joined",
                "self": me,
                "room": { "id": "a", "incarnation": incarnation, "capacity": 8 },
                "participants": others,
                "iceServers": [],
                "resume": "",
            }),
        );
    }

    /// A person goes.
    pub(crate) fn leave(&self, id: ParticipantId) {
        let mut people = self.people.lock().unwrap();
        people.remove(&id);
        for other in people.values() {
            notify(
                other,
                &json!({ "type": "participant-left", "participant": id, "reason": "left" }),
            );
        }
    }

    /// The server starts again: everybody has another ID.
    pub(crate) fn restart(&mut self, people: &mut [&mut Person], first: u8) {
        self.incarnation += 1;
        let mut members = BTreeMap::new();
        for (number, person) in (first..).zip(people.iter_mut()) {
            person.id = participant(number);
            members.insert(person.id, person.files.clone());
        }
        *self.people.lock().unwrap() = members.clone();
        for person in people.iter() {
            self.send_joined(&members, person.id, &person.files);
        }
    }
}

impl Person {
    pub(crate) fn received(&self) -> PathBuf {
        self.folder.path().join("received")
    }

    pub(crate) fn views(&self) -> Vec<TransferView> {
        self.views.borrow().values().cloned().collect()
    }

    /// The first transfer for which this holds.
    pub(crate) async fn wait(
        &mut self,
        mut holds: impl FnMut(&TransferView) -> bool,
    ) -> TransferView {
        let mut views = self.views.clone();
        let find = views.wait_for(|views| views.values().any(&mut holds));
        let found = tokio::time::timeout(PATIENCE, find).await;
        let last = match found {
            Ok(views) => views.unwrap().clone(),
            Err(_) => panic!("it does not come to that: {:#?}", self.views()),
        };
        last.into_values().find(holds).unwrap()
    }

    pub(crate) async fn wait_for(&mut self, state: TransferState) -> TransferView {
        self.wait(|view| view.state == state).await
    }

    /// Makes files in a new folder of this person.
    pub(crate) fn make(&self, files: &[(&str, &[u8])]) -> PathBuf {
        let folder = self.folder.path().join("own");
        for (path, content) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        folder
    }

    /// Waits until nothing is left in the folder for received files, and no record of a transfer.
    pub(crate) async fn expect_nothing_left(&self) {
        for folder in [self.received(), self.records()] {
            wait_until_empty(&folder).await;
        }
    }

    /// Waits until no transfer is remembered.
    pub(crate) async fn expect_no_records(&self) {
        wait_until_empty(&self.records()).await;
    }

    /// Waits until nothing is remembered of transfers but what answers their partners, and none of these words.
    pub(crate) async fn expect_only_answers(&self, without: &[&str]) {
        let are_only_answers = || {
            let folders = std::fs::read_dir(self.records()).unwrap();
            folders.map(|folder| folder.unwrap().path()).all(|folder| {
                let files = std::fs::read_dir(&folder).map(Iterator::count);
                let text = std::fs::read_to_string(folder.join("record.json"));
                let text = text.unwrap_or_default();
                files.is_ok_and(|files| files == 1) && without.iter().all(|it| !text.contains(it))
            })
        };
        let wait = async {
            while !are_only_answers() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, wait).await;
        assert!(waited.is_ok(), "more is remembered");
    }

    /// All entries of a transfer: path, state, and why they failed.
    pub(crate) async fn entries(
        &self,
        of: &TransferView,
    ) -> Vec<(String, EntryState, Option<String>)> {
        let entries = self.files.entries(of.id, of.direction, 0, 200).await;
        let code = |entry: &EntryView| {
            let code = entry.code.as_ref();
            code.map(|code| {
                serde_json::to_value(code)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
        };
        entries
            .iter()
            .map(|entry| (entry.path.clone(), entry.state, code(entry)))
            .collect()
    }

    pub(crate) fn records(&self) -> PathBuf {
        self.folder.path().join("records")
    }

    /// Ends the program without a farewell to anybody. Its folder stays.
    pub(crate) async fn stop(self) -> tempfile::TempDir {
        self.files.shutdown(PATIENCE).await;
        self.folder
    }
}

/// Threads of the disk remove what is not needed any more.
async fn wait_until_empty(folder: &Path) {
    let empty = async {
        while std::fs::read_dir(folder).unwrap().next().is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(30), empty)
            .await
            .is_ok(),
        "{} is not empty",
        folder.display()
    );
}

/// All files below a folder, with their content.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(folder)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            if path.is_dir() {
                found.insert(name, None);
                folders.push(path);
            } else {
                found.insert(name, Some(std::fs::read(&path).unwrap()));
            }
        }
    }
    found
}

pub(crate) fn pattern(length: usize, seed: usize) -> Vec<u8> {
    (0..length)
        .map(|at| u8::try_from((at * 31 + at / 251 + seed * 7) % 256).unwrap())
        .collect()
}

/// A copy of a folder, with everything in it.
pub(crate) fn copy(folder: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for (name, content) in tree(folder) {
        match content {
            None => std::fs::create_dir_all(to.path().join(name)).unwrap(),
            Some(content) => {
                let path = to.path().join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, content).unwrap();
            }
        }
    }
    to
}
