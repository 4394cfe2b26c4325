//! How the application talks to its transfers.

use std::{ops::ControlFlow, path::PathBuf, time::Duration};

use maru_peer::Bind;
use maru_protocol::ParticipantId;
use maru_session::{Notification, SessionHandle};
use maru_transfer::control::TransferId;

use crate::view::{Direction, EntryView, FilesEvent};

/// What transfers need of the application.
#[derive(Clone)]
pub struct FilesConfig {
    /// The folder in which unfinished transfers are remembered. Made if it is missing.
    pub records: PathBuf,
    /// Signals go out through it.
    pub session: SessionHandle,
    /// Where sockets are opened.
    pub bind: Bind,
}

/// Talks to the running transfers. Its commands return at once; their outcome reaches the subscriber.
#[derive(Clone)]
pub struct Files;

impl Files {
    /// Starts the tasks, on the present Tokio runtime.
    #[must_use]
    pub fn start(config: FilesConfig) -> Self {
        let _ = config;
        Self
    }

    /// Sends every event from now on to `subscriber`, beginning with all transfers; `Break` ends the subscription. There is
    /// one subscriber at a time: the page. It must not block.
    pub fn subscribe(
        &self,
        subscriber: impl FnMut(FilesEvent) -> ControlFlow<()> + Send + 'static,
    ) {
        let _ = subscriber;
    }

    /// Ends the subscription. The transfers go on.
    pub fn unsubscribe(&self) {}

    /// As [`Self::subscribe`], for the shell itself: notifications, and keeping the computer awake.
    pub fn observe(&self, observer: impl FnMut(FilesEvent) -> ControlFlow<()> + Send + 'static) {
        let _ = observer;
    }

    /// To be called with every notification of the session, in order.
    pub fn on_notification(&self, notification: &Notification) {
        let _ = notification;
    }

    /// Offers files and folders to each of these participants.
    pub fn offer(&self, to: Vec<ParticipantId>, paths: Vec<PathBuf>) {
        let _ = (to, paths);
    }

    /// The person wants it, in this folder.
    pub fn accept(&self, id: TransferId, folder: PathBuf) {
        let _ = (id, folder);
    }

    /// The person does not want it.
    pub fn decline(&self, id: TransferId) {
        let _ = id;
    }

    /// Pauses, until [`Self::resume`].
    pub fn pause(&self, id: TransferId, direction: Direction) {
        let _ = (id, direction);
    }

    /// Goes on. Also tries again what a disk paused.
    pub fn resume(&self, id: TransferId, direction: Direction) {
        let _ = (id, direction);
    }

    /// Ends it, on both sides. What is received partly is removed.
    pub fn cancel(&self, id: TransferId, direction: Direction) {
        let _ = (id, direction);
    }

    /// Sends or receives again the files that failed.
    pub fn retry(&self, id: TransferId, direction: Direction) {
        let _ = (id, direction);
    }

    /// Removes one that is over from the list.
    pub fn forget(&self, id: TransferId, direction: Direction) {
        let _ = (id, direction);
    }

    /// Whether media runs with anyone: transfers yield to it.
    pub fn set_call_active(&self, active: bool) {
        let _ = active;
    }

    /// The machine is in another network: connections look for a new path.
    pub fn network_changed(&self) {}

    /// Entries `first` and following of a transfer, at most `count` and 200.
    pub async fn entries(
        &self,
        id: TransferId,
        direction: Direction,
        first: u32,
        count: u32,
    ) -> Vec<EntryView> {
        let _ = (id, direction, first, count);
        Vec::new()
    }

    /// What to show in its folder: what was received, or offered.
    pub async fn location(&self, id: TransferId, direction: Direction) -> Option<PathBuf> {
        let _ = (id, direction);
        None
    }

    /// Something is sent or received, and is not paused.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        false
    }

    /// Makes durable what arrived, and closes the connections, within `timeout`.
    pub async fn shutdown(&self, timeout: Duration) {
        let _ = timeout;
    }
}
