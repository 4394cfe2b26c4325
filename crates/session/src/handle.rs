use std::{net::IpAddr, ops::ControlFlow, time::Duration};

use maru_protocol::{ClientMessage, DecodeError, ParticipantId};
use serde_json::value::RawValue;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use crate::{
    driver::{Command, Driver, RequestId, Update},
    session::{JoinRequest, Notification},
};

/// Limit of commands queued for the driver. It never waits for anything else, so that a full queue means a defect.
const MAX_COMMANDS: usize = 256;

/// Talks to a running session. Its commands return at once; their outcome reaches the subscriber. The driver ends when
/// every clone is dropped.
#[derive(Clone)]
pub struct SessionHandle {
    commands: mpsc::Sender<Command>,
}

/// The driver's queue is full, or its runtime has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signaling session does not take more commands")]
pub struct CommandRejected;

/// Why a signal was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// It exceeds the limits of the protocol.
    #[error(transparent)]
    Invalid(#[from] DecodeError),
    /// See [`CommandRejected`].
    #[error(transparent)]
    Rejected(#[from] CommandRejected),
}

impl SessionHandle {
    /// Starts the driver, one task on `runtime`, with a session in no room.
    #[must_use]
    pub fn spawn(runtime: &Handle) -> Self {
        let (commands, receiver) = mpsc::channel(MAX_COMMANDS);
        runtime.spawn(Driver::new().run(receiver));
        Self { commands }
    }

    /// Sends every update from now on to `subscriber`, beginning with the present state; `Break` ends the subscription.
    /// `subscriber` runs on the driver's task and must not block.
    ///
    /// There is one subscriber at a time: a new one replaces the last, and its requests are counted from 0.
    ///
    /// # Errors
    /// See [`CommandRejected`].
    pub fn subscribe(
        &self,
        subscriber: impl FnMut(Update) -> ControlFlow<()> + Send + 'static,
    ) -> Result<(), CommandRejected> {
        self.send(Command::Subscribe(Box::new(subscriber)))
    }

    /// Ends the subscription. The session goes on.
    ///
    /// # Errors
    /// See [`CommandRejected`].
    pub fn unsubscribe(&self) -> Result<(), CommandRejected> {
        self.send(Command::Unsubscribe)
    }

    /// Calls `observer` with every notification from now on, in order, beginning with the present state. It is for a part of
    /// the application that lives as long as the session does, and is called before the subscriber. `observer` runs on the
    /// driver's task and must not block; it may send commands. One that holds a handle keeps the driver running.
    ///
    /// There is one observer: a new one replaces the last.
    ///
    /// # Errors
    /// See [`CommandRejected`].
    pub fn observe(
        &self,
        observer: impl FnMut(&Notification) + Send + 'static,
    ) -> Result<(), CommandRejected> {
        self.send(Command::Observe(Box::new(observer)))
    }

    /// Enters a room and stays in it, across lost connections, until [`Self::leave`]. Leaves an earlier room first.
    ///
    /// # Errors
    /// See [`CommandRejected`].
    pub fn join(&self, id: RequestId, request: JoinRequest) -> Result<(), CommandRejected> {
        self.send(Command::Join(id, request))
    }

    /// Leaves the room, or stops trying to enter it.
    ///
    /// # Errors
    /// See [`CommandRejected`].
    pub fn leave(&self, id: RequestId) -> Result<(), CommandRejected> {
        self.send(Command::Leave(id))
    }

    /// Sends `data` to the participant `to`. `from` is our own ID as the caller knows it: if it has changed, or outside
    /// a room, the signal is dropped. Without a connection it is queued.
    ///
    /// # Errors
    /// See [`SignalError`].
    pub fn signal(
        &self,
        from: ParticipantId,
        to: ParticipantId,
        data: &RawValue,
    ) -> Result<(), SignalError> {
        let frame = serde_json::to_string(&ClientMessage::Signal { to, data })
            .map_err(DecodeError::from)?;
        // The server's own check: it would refuse the frame after a round trip.
        ClientMessage::decode(&frame)?;
        Ok(self.send(Command::Signal { from, frame })?)
    }

    /// The machine is in another network and no longer has the addresses `removed`: replaces or probes the connection.
    ///
    /// # Errors
    /// See [`CommandRejected`].
    pub fn network_changed(&self, removed: Vec<IpAddr>) -> Result<(), CommandRejected> {
        self.send(Command::NetworkChanged { removed })
    }

    /// Leaves the room and waits for the server's answer, at most `timeout`.
    pub async fn shutdown(&self, timeout: Duration) {
        let (done, wait) = oneshot::channel();
        if self.send(Command::Shutdown(done)).is_ok() {
            // After the timeout, the server finds the lost connection by itself.
            let _ = tokio::time::timeout(timeout, wait).await;
        }
    }

    fn send(&self, command: Command) -> Result<(), CommandRejected> {
        self.commands.try_send(command).map_err(|_| CommandRejected)
    }
}
