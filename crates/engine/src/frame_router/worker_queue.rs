//! The queue of messages to the worker.

use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use crate::wire::{FrameHeader, ToWorker};

/// Identifies a worker's connection.
pub(crate) type WorkerConnection = u64;

/// The message queue of the connected worker, if there is one. Never blocks.
#[derive(Debug, Default)]
pub(super) struct WorkerQueue {
    messages: Option<mpsc::Sender<Message>>,
    connection: WorkerConnection,
}

impl WorkerQueue {
    /// A worker connected. Replaces the previous one, whose connection ends when its queue is dropped.
    pub(super) fn connect(&mut self, messages: mpsc::Sender<Message>) -> WorkerConnection {
        self.connection += 1;
        self.messages = Some(messages);
        self.connection
    }

    /// This connection ended. Ignored if another one has replaced it.
    pub(super) fn disconnect(&mut self, connection: WorkerConnection) {
        if self.connection == connection {
            self.messages = None;
        }
    }

    /// Ends the connection, whichever it is.
    pub(super) fn close(&mut self) {
        self.messages = None;
    }

    /// For [`send_frame`], which copies the frame and needs no lock for that.
    pub(super) fn messages(&self) -> Option<mpsc::Sender<Message>> {
        self.messages.clone()
    }

    /// False if no worker is connected, or its queue is full.
    pub(super) fn send_control(&self, message: &ToWorker) -> bool {
        let Some(messages) = &self.messages else {
            return false;
        };
        // Cannot fail: numbers and constant names only.
        serde_json::to_string(message)
            .is_ok_and(|text| messages.try_send(Message::Text(text.into())).is_ok())
    }
}

/// False if the queue is full.
pub(super) fn send_frame(
    messages: &mpsc::Sender<Message>,
    header: FrameHeader,
    payload: &[u8],
) -> bool {
    messages
        .try_reserve()
        .map(|permit| permit.send(Message::Binary(header.encode(payload))))
        .is_ok()
}
