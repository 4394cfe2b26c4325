//! What the application asks for, and what arrives on the channels.

use std::sync::Arc;

use maru_negotiation::Event;
use maru_peer::Message;
use maru_protocol::PeerSignal;
use maru_transfer::{control::TransferId, endpoint::EntryProgress, resume::Role};
use tokio::sync::oneshot;

use super::{LinkCommand, LinkTask, config::ice_servers};
use crate::disk::{ReadingJob, WritingJob};
use crate::ended::EndedTransfer;
use crate::view::{EntryState, EntryView};

impl LinkTask {
    pub(super) async fn on_command(&mut self, command: LinkCommand) {
        let now = self.now();
        match command {
            LinkCommand::Receive(signal) => {
                // A candidate alone belongs to a connection that is gone.
                if self.connection.is_none() && matches!(signal, PeerSignal::Description { .. }) {
                    self.reconnect_as(false).await;
                }
                self.on_signal(signal).await;
            }
            LinkCommand::SetIdentity(identity) => {
                self.config.identity = identity;
                self.endpoint.set_identity(identity, now);
            }
            LinkCommand::SetPolite(polite) => {
                self.config.polite = polite;
                self.negotiate(Event::Polite(polite)).await;
            }
            LinkCommand::SetIceServers(servers) => {
                self.config.ice_servers = servers;
                if let Some(connection) = &self.connection {
                    let servers = ice_servers(&self.config.ice_servers);
                    // If that fails, the previous servers stay in use.
                    let _ = connection.peer.set_ice_servers(&servers).await;
                }
            }
            LinkCommand::SetYields(yields) => {
                self.config.yields = yields;
                self.endpoint.set_yielding(yields);
            }
            LinkCommand::NetworkChanged => {
                let lost = self
                    .connection
                    .as_ref()
                    .is_some_and(|connection| connection.peer.path_is_gone());
                if lost || !self.is_connected() {
                    self.negotiate(Event::RestartRequested).await;
                }
            }
            LinkCommand::Send(outgoing, source, shared) => {
                let id = outgoing.offer.id;
                self.shared.insert(id, (Arc::clone(&shared), 0));
                self.disk.read(ReadingJob::Add(id, source, shared));
                self.endpoint.send_transfer(outgoing, now);
                self.on_changed(id, Role::Sender);
                if self.connection.is_none() {
                    self.reconnect_as(true).await;
                }
            }
            LinkCommand::Accept(id, secret, open) => {
                self.disk.write(WritingJob::Add(id, open));
                self.endpoint.accept(id, secret, now);
            }
            LinkCommand::Resume(incoming, open) => {
                let id = incoming.offer.id;
                self.disk.write(WritingJob::Add(id, open));
                self.endpoint.receive_transfer(*incoming, now);
                self.on_changed(id, Role::Receiver);
            }
            LinkCommand::AddCandidate(id, role, key) => {
                self.endpoint.add_candidate(id, role, key, now);
            }
            LinkCommand::AddEnded(EndedTransfer {
                id,
                role,
                key,
                is_done,
            }) => self.endpoint.add_ended(id, role, key, is_done),
            LinkCommand::DiskProblem(id, code) => self.endpoint.on_disk_problem(id, code, now),
            LinkCommand::Decline(id, code) => self.endpoint.decline(id, code, now),
            LinkCommand::SetPaused(id, role, paused) => {
                if role == Role::Receiver && !paused {
                    self.disk.write(WritingJob::Retry(id));
                }
                self.endpoint.set_paused(id, role, paused, now);
            }
            LinkCommand::Cancel(id, role) => self.endpoint.cancel(id, role, now),
            LinkCommand::Entries {
                id,
                role,
                range,
                answer,
            } => self.list(id, role, range, answer),
        }
    }

    /// Answers with entries and where they stand. Not awaited: the disk may be busy.
    fn list(
        &mut self,
        id: TransferId,
        role: Role,
        range: std::ops::Range<u32>,
        answer: oneshot::Sender<Vec<EntryView>>,
    ) {
        let progress: Vec<_> = range
            .clone()
            .map(|entry| self.endpoint.entry_progress(id, role, entry))
            .collect();
        let (listing, listed) = oneshot::channel();
        match role {
            Role::Sender => self.disk.read(ReadingJob::Entries(id, range, listing)),
            Role::Receiver => self.disk.write(WritingJob::Entries(id, range, listing)),
        }
        tokio::spawn(async move {
            let mut entries = listed.await.unwrap_or_default();
            for (entry, progress) in entries.iter_mut().zip(progress) {
                set_progress(entry, progress);
            }
            let _ = answer.send(entries);
        });
    }

    pub(super) fn on_control(&mut self, message: &Message) {
        let now = self.now();
        let bytes = match message {
            Message::Text(text) => text.as_bytes(),
            // JSON text comes as text, but a later version may do otherwise.
            Message::Binary(bytes) => bytes,
        };
        self.endpoint.on_control(bytes, now);
    }

    pub(super) fn on_bulk(&mut self, message: Message) {
        let now = self.now();
        let bytes = match message {
            Message::Binary(bytes) => bytes,
            Message::Text(text) => text.into(),
        };
        self.endpoint.on_bulk(bytes, now);
    }
}

fn set_progress(entry: &mut EntryView, progress: Option<EntryProgress>) {
    match progress {
        Some(EntryProgress::Failed(code)) => {
            entry.state = EntryState::Failed;
            entry.code = Some(code);
        }
        Some(EntryProgress::Done) => {
            entry.state = EntryState::Done;
            entry.transferred = entry.size;
        }
        Some(EntryProgress::Arrived(bytes)) if bytes > 0 => {
            entry.state = EntryState::Active;
            entry.transferred = bytes;
        }
        Some(EntryProgress::Arrived(_)) | None => {}
    }
}
