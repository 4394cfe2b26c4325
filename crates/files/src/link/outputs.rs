//! Performs what the endpoint asks for.

use std::time::Instant;

use maru_transfer::{
    endpoint::{CloseReason, Event, Outcome, Output},
    resume::Role,
};
use tokio::sync::oneshot;

use super::channels::ChannelState;
use super::{LinkEvent, LinkTask};
use crate::disk::{ReadingJob, WritingJob};

impl LinkTask {
    /// Until the endpoint asks for nothing more.
    pub(super) async fn perform_outputs(&mut self) {
        loop {
            let now = self.now();
            if self.endpoint.is_busy() {
                self.stripe_limit.on_busy(Instant::now());
            }
            self.share_memory(now);
            while let Some(output) = self.endpoint.poll_output(now) {
                match output {
                    Output::Control(text) => {
                        if let Some(connection) = &mut self.connection {
                            connection.channels.send_control(text);
                        }
                    }
                    Output::Disk(request) => self.disk.request(request),
                    Output::Event(event) => self.on_event(event).await,
                    Output::Close(reason) => self.on_close(reason).await,
                }
            }
            self.disk.flush();
            let more = self.send();
            self.add_stripes().await;
            if !more {
                return;
            }
        }
    }

    /// Sends as much as the channels take. Returns whether the endpoint may have more to do.
    fn send(&mut self) -> bool {
        let now = self.now();
        let Some(connection) = &mut self.connection else {
            return false;
        };
        if connection.channels.state != ChannelState::Open {
            return false;
        }
        let sent = connection.channels.send_waiting();
        let endpoint = &mut self.endpoint;
        let mut bulk = 0;
        let mut next = |stripe| {
            let message = endpoint.poll_stripe(stripe, now);
            bulk += message.as_ref().map_or(0, |message| message.len() as u64);
            message
        };
        let mut full = connection.channels.send_bulk(|| next(0));
        full &= Self::send_on_stripes(&mut self.stripes, next);
        if bulk > 0 || full {
            self.striping.on_sent(bulk, full, Instant::now());
        }
        if sent > 0 {
            endpoint.on_control_sent(sent, now);
        }
        sent > 0 || bulk > 0
    }

    async fn on_close(&mut self, reason: CloseReason) {
        if let Some(connection) = &mut self.connection {
            connection.channels.send_waiting();
        }
        match reason {
            CloseReason::Silent => self.reconnect().await,
            // The other side would do the same again; it is left to make a connection that behaves.
            CloseReason::Violation(_) | CloseReason::Idle => {
                self.close_stripes();
                if let Some(connection) = self.connection.take() {
                    // What was queued is sent before the channels close.
                    let peer = connection.peer;
                    drop(connection.channels);
                    tokio::spawn(async move {
                        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                        peer.close().await;
                    });
                }
                self.emit(LinkEvent::Connected(None)).await;
                self.emit(LinkEvent::Idle).await;
            }
        }
    }

    async fn on_event(&mut self, event: Event) {
        match event {
            Event::Hello {
                participant,
                incarnation,
                has_small_socket,
            } => {
                if let Some(connection) = &mut self.connection {
                    connection.has_small_socket = has_small_socket;
                    connection.limit_in_flight().await;
                }
                self.emit(LinkEvent::Hello(participant, incarnation)).await;
            }
            Event::Offered(id) => {
                if let Some(offer) = self.endpoint.incoming(id).cloned() {
                    self.emit(LinkEvent::Offered(offer)).await;
                }
            }
            Event::Accepted(id, secret) => self.emit(LinkEvent::Accepted(id, secret)).await,
            Event::Found(id, role) => self.emit(LinkEvent::Found(id, role)).await,
            Event::Changed(id, role) => self.on_changed(id, role),
            Event::Stripe(index, signal) => self.on_stripe_signal(index, signal).await,
            Event::EntryFailed {
                id,
                role,
                entry,
                code,
            } => {
                self.on_changed(id, role);
                self.emit(LinkEvent::EntryFailed(id, role, entry, code))
                    .await;
            }
            Event::Present { id, role, files } => {
                self.emit(LinkEvent::Present(id, role, files)).await;
            }
            Event::EntryDone { id, hash, .. } => {
                self.on_changed(id, Role::Receiver);
                let is_only = self.endpoint.incoming(id).is_some_and(|of| of.files == 1);
                if let Some(hash) = hash.filter(|_| is_only) {
                    self.emit(LinkEvent::Hash(id, Role::Receiver, hash)).await;
                }
            }
            Event::Sent(id, hash) => self.emit(LinkEvent::Hash(id, Role::Sender, hash)).await,
            Event::Ended { id, role, outcome } => {
                let released = match role {
                    Role::Sender => {
                        self.shared.remove(&id);
                        self.disk.read(ReadingJob::Remove(id));
                        None
                    }
                    Role::Receiver => {
                        let discard = outcome != Outcome::Done;
                        let (released, when_released) = oneshot::channel();
                        self.disk.write(WritingJob::Remove {
                            id,
                            discard,
                            released,
                        });
                        Some(when_released)
                    }
                };
                self.emit(LinkEvent::Ended(id, role, outcome, released))
                    .await;
            }
        }
    }
}
