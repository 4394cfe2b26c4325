//! How the application talks to its transfers.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use maru_protocol::ParticipantId;
use maru_session::Notification;
use maru_transfer::control::TransferId;
use tokio::sync::{mpsc, oneshot};

use crate::config::FilesConfig;
use crate::room::RoomEvent;
use crate::transfers::{Command, Transfers};
use crate::view::{Direction, EntryView, FilesEvent};

/// Entries that are listed at once.
const MAX_LISTED: u32 = 200;

/// Talks to the running transfers. Its commands return at once; their outcome reaches the subscriber.
#[derive(Clone)]
pub struct Files {
    commands: mpsc::UnboundedSender<Command>,
    is_busy: Arc<AtomicBool>,
}

impl Files {
    /// Starts the task, on the present Tokio runtime. It ends when every clone is dropped.
    #[must_use]
    pub fn start(config: FilesConfig) -> Self {
        // Commands come from a person, and from the session, whose server limits them.
        let (commands, received) = mpsc::unbounded_channel();
        let is_busy = Arc::new(AtomicBool::new(false));
        tokio::spawn(Box::pin(Transfers::run(
            config,
            commands.clone(),
            received,
            Arc::clone(&is_busy),
        )));
        Self { commands, is_busy }
    }

    /// Sends every event from now on to `subscriber`, beginning with all transfers; `Break` ends the subscription. There is
    /// one subscriber at a time: the page. It must not block.
    pub fn subscribe(
        &self,
        subscriber: impl FnMut(FilesEvent) -> ControlFlow<()> + Send + 'static,
    ) {
        self.send(Command::Subscribe(Box::new(subscriber)));
    }

    /// Ends the subscription. The transfers go on.
    pub fn unsubscribe(&self) {
        self.send(Command::Unsubscribe);
    }

    /// As [`Self::subscribe`], for the shell itself: notifications, and keeping the computer awake.
    pub fn observe(&self, observer: impl FnMut(FilesEvent) -> ControlFlow<()> + Send + 'static) {
        self.send(Command::Observe(Box::new(observer)));
    }

    /// To be called with every notification of the session, in order.
    pub fn on_notification(&self, notification: &Notification) {
        if let Some(event) = RoomEvent::new(notification) {
            self.send(Command::Room(event));
        }
    }

    /// Offers files and folders to each of these participants.
    pub fn offer(&self, to: Vec<ParticipantId>, paths: Vec<PathBuf>) {
        self.send(Command::Offer(to, paths));
    }

    /// The person wants it, in this folder. Files that are there already are not sent again.
    pub fn accept(&self, id: TransferId, folder: PathBuf) {
        let is_by_rule = false;
        self.send(Command::Accept {
            id,
            folder,
            is_by_rule,
        });
    }

    /// A rule accepts it without a question, into this folder. Nothing is looked for that is there already: the sender could
    /// try as many offers as it likes to find out what that is.
    pub fn accept_by_rule(&self, id: TransferId, folder: PathBuf) {
        let is_by_rule = true;
        self.send(Command::Accept {
            id,
            folder,
            is_by_rule,
        });
    }

    /// The person does not want it.
    pub fn decline(&self, id: TransferId) {
        self.send(Command::Decline(id));
    }

    /// Pauses, until [`Self::resume`].
    pub fn pause(&self, id: TransferId, direction: Direction) {
        self.send(Command::SetPaused((id, direction), true));
    }

    /// Goes on. Also tries again what a disk paused.
    pub fn resume(&self, id: TransferId, direction: Direction) {
        self.send(Command::SetPaused((id, direction), false));
    }

    /// Ends it, on both sides. What is received partly is removed.
    pub fn cancel(&self, id: TransferId, direction: Direction) {
        self.send(Command::Cancel((id, direction)));
    }

    /// Offers again the files that failed.
    pub fn retry(&self, id: TransferId, direction: Direction) {
        self.send(Command::Retry((id, direction)));
    }

    /// Removes it from the list, and ends it if it is not over.
    pub fn forget(&self, id: TransferId, direction: Direction) {
        self.send(Command::Forget((id, direction)));
    }

    /// Whether media runs with anyone: transfers yield to it.
    pub fn set_call_active(&self, active: bool) {
        self.send(Command::CallActive(active));
    }

    /// The machine is in another network: connections look for a new path.
    pub fn network_changed(&self) {
        self.send(Command::NetworkChanged);
    }

    /// Entries `first` and following of a transfer that is not over, at most `count` and 200.
    pub async fn entries(
        &self,
        id: TransferId,
        direction: Direction,
        first: u32,
        count: u32,
    ) -> Vec<EntryView> {
        let (answer, entries) = oneshot::channel();
        let range = first..first.saturating_add(count.min(MAX_LISTED));
        self.send(Command::Entries((id, direction), range, answer));
        entries.await.unwrap_or_default()
    }

    /// What to show in its folder: what was received, or offered.
    pub async fn location(&self, id: TransferId, direction: Direction) -> Option<PathBuf> {
        let (answer, location) = oneshot::channel();
        self.send(Command::Location((id, direction), answer));
        location.await.ok().flatten()
    }

    /// Something is sent or received, and is not paused.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Relaxed)
    }

    /// Makes durable what arrived, and closes the connections, within `timeout`.
    pub async fn shutdown(&self, timeout: Duration) {
        let (done, wait) = oneshot::channel();
        self.send(Command::Shutdown(done));
        // After the timeout, what is not durable is received again.
        let _ = tokio::time::timeout(timeout, wait).await;
    }

    fn send(&self, command: Command) {
        // Fails only after the shutdown.
        let _ = self.commands.send(command);
    }
}
