//! The program that is interrupted: a session and the transfers of one participant, as the desktop app has them.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use maru_files::{ConnectionLimits, Direction, Files, FilesConfig, FilesEvent, TransferState};
use maru_peer::{Bind, NetworkWatch};
use maru_protocol::{ParticipantId, RoomId};
use maru_session::{JoinRequest, Notification, ServerUrl, SessionHandle};
use nix::sched::{CloneFlags, setns};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

/// Has the [`Task`] as JSON.
pub(crate) const VARIABLE: &str = "MARU_FILES_PROGRAM";

/// What a program does.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct Task {
    /// URL of the server.
    pub(crate) server: String,
    /// Where unfinished transfers are remembered.
    pub(crate) records: PathBuf,
    /// The network namespace of the connections between participants. Signaling stays outside. Loopback without.
    pub(crate) namespace: Option<String>,
    pub(crate) role: Role,
}

#[derive(Serialize, Deserialize, Clone)]
pub(crate) enum Role {
    /// Offers this to whoever is in the room, if no transfer is remembered.
    Send(PathBuf),
    /// Accepts every offer, in this folder.
    Receive(PathBuf),
}

/// Does the task until the input is closed.
pub(crate) fn run_if_asked() {
    let Ok(task) = std::env::var(VARIABLE) else {
        return;
    };
    let task: Task = serde_json::from_str(&task).unwrap();
    let outside = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let inside = inside(task.namespace.clone());
    let session = SessionHandle::spawn(outside.handle());
    let files = start_files(&task, &session, &inside);
    watch_network(&files, &inside);
    let observer = Observer::new(&task, files);
    session
        .observe(move |it| observer.on_notification(it))
        .unwrap();
    let server = ServerUrl::parse(&task.server).unwrap();
    let room = RoomId::parse("files").unwrap();
    let request = JoinRequest::new(server, room, "somebody", None).unwrap();
    session.join(1, request).unwrap();
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    std::process::exit(0);
}

/// Its threads are in the namespace, and so are the sockets that they open.
fn inside(namespace: Option<String>) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_all();
    if let Some(namespace) = namespace {
        builder.on_thread_start(move || {
            let namespace = std::fs::File::open(format!("/run/netns/{namespace}")).unwrap();
            setns(namespace, CloneFlags::CLONE_NEWNET).unwrap();
        });
    }
    builder.build().unwrap()
}

fn start_files(task: &Task, session: &SessionHandle, inside: &Runtime) -> Files {
    let session = session.clone();
    let _inside = inside.enter();
    Files::start(FilesConfig {
        records: task.records.clone(),
        signal: Box::new(move |from, to, data| drop(session.signal(from, to, data))),
        bind: match task.namespace {
            Some(_) => Bind::Interfaces,
            None => Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]),
        },
        limits: ConnectionLimits::default(),
    })
}

fn watch_network(files: &Files, inside: &Runtime) {
    let files = files.clone();
    inside.spawn(async move {
        let mut network = NetworkWatch::start();
        loop {
            network.changed().await;
            files.network_changed();
        }
    });
}

/// Passes what the session notifies of to the transfers, and offers when somebody is there.
struct Observer {
    files: Files,
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    /// What is to be offered, until it is.
    path: Option<PathBuf>,
    /// Who came last.
    other: Option<ParticipantId>,
}

impl Waiting {
    fn offer(&mut self, files: &Files) {
        if let Some(other) = self.other
            && let Some(path) = self.path.take()
        {
            files.offer(vec![other], vec![path]);
        }
    }
}

impl Observer {
    fn new(task: &Task, files: Files) -> Self {
        let waiting = Arc::new(Mutex::new(Waiting::default()));
        let (role, of_files) = (task.role.clone(), Arc::clone(&waiting));
        let handle = files.clone();
        files.subscribe(move |event| {
            match (event, &role) {
                (FilesEvent::Transfers { transfers }, Role::Send(path)) => {
                    if transfers.is_empty() {
                        let mut waiting = of_files.lock().unwrap();
                        waiting.path = Some(path.clone());
                        waiting.offer(&handle);
                    }
                    say("known", &transfers.len());
                }
                (FilesEvent::Transfers { transfers }, Role::Receive(_)) => {
                    say("known", &transfers.len());
                }
                (FilesEvent::Transfer { transfer }, role) => {
                    if let Role::Receive(folder) = role
                        && transfer.state == TransferState::Offered
                        && transfer.direction == Direction::Receive
                    {
                        handle.accept(transfer.id, folder.clone());
                    }
                    say("transfer", &transfer);
                }
                (FilesEvent::Removed { id, .. }, _) => say("removed", &id),
            }
            ControlFlow::Continue(())
        });
        Self { files, waiting }
    }

    fn on_notification(&self, notification: &Notification) {
        self.files.on_notification(notification);
        let Notification::Message(message) = notification else {
            return;
        };
        let message: serde_json::Value = serde_json::from_str(message.get()).unwrap();
        let others = match message["type"].as_str() {
            Some("joined") => message["participants"].as_array().cloned(),
            Some("participant-joined") => Some(vec![message["participant"].clone()]),
            _ => None,
        };
        let Some(other) = others.and_then(|others| others.last().cloned()) else {
            return;
        };
        let mut waiting = self.waiting.lock().unwrap();
        waiting.other = serde_json::from_value(other["id"].clone()).unwrap();
        waiting.offer(&self.files);
    }
}

/// One line for the test.
fn say(what: &str, content: &impl Serialize) {
    let line = serde_json::json!({ what: content });
    let mut output = std::io::stdout().lock();
    // The test harness began the first line.
    let _ = writeln!(output, "\n{line}");
    let _ = output.flush();
}
