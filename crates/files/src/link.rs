//! One participant: the connection for files, and all transfers with them. A task for each.
//!
//! Inputs, all read by this task:
//! - from the application: [`LinkCommand`]s, and dropping their sender
//! - from `maru-peer`: candidates, connection state, and the two channels
//! - from the disk threads: [`DiskEvents`]
//! - timeouts of the negotiator and of the endpoint

mod channels;
mod config;
mod disk_events;
mod handle;
mod input;
mod memory;
mod negotiation;
mod outputs;
mod requests;
mod small_socket;
mod stripe;
mod striping;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use maru_negotiation::{Negotiator, Status};
use maru_peer::{Events, Peer};
use maru_transfer::{Time, control::TransferId, endpoint::Endpoint, resume::Role};
use tokio::sync::{mpsc, oneshot};

use self::channels::Channels;
use self::config::negotiator;
use self::handle::MAX_COMMANDS;
pub(crate) use self::handle::{LinkCommand, LinkConfig, LinkEvent, LinkHandle};
use self::input::Input;
use self::stripe::{StripeEvent, StripeHandle};
use crate::disk::{Disk, DiskEvents, SharedReads};
use crate::link_id::LinkId;
use crate::stripe_limit::StripeLimit;
use crate::stripes::Striping;

/// Bulk messages that are taken before anything else is done.
const MAX_BULK_AT_ONCE: usize = 16;
/// How often progress is reported: each report is drawn.
const PROGRESS: Duration = Duration::from_millis(250);
/// Shortest time between two reports, where a state changes.
const MIN_INTERVAL: Duration = Duration::from_millis(100);
/// How long a connection that could not be made is left alone before the next try.
const RETRY: Duration = Duration::from_secs(10);

/// Creates a link. Its events come with its ID.
pub(crate) fn spawn(config: LinkConfig, events: mpsc::Sender<(LinkId, LinkEvent)>) -> LinkHandle {
    let (commands, received) = mpsc::channel(MAX_COMMANDS);
    tokio::spawn(async move {
        let link = config.link;
        let memory = config.memory.clone();
        if let Ok((disk, disk_events)) = Disk::start() {
            let task = LinkTask::new(config, disk, events.clone());
            Box::pin(task.run(received, disk_events)).await;
        }
        memory.content().release(|claimant| claimant.link() == link);
        // Fails when the application ends.
        let _ = events.send((link, LinkEvent::Closed)).await;
    });
    LinkHandle { commands }
}

struct LinkTask {
    config: LinkConfig,
    negotiator: Negotiator,
    connection: Option<Connection>,
    /// When a connection is to be tried again.
    retry_at: Option<Instant>,
    /// When the connection was made.
    connected_at: Option<Instant>,
    /// Further connections, by index.
    stripes: BTreeMap<u8, StripeHandle>,
    stripe_events: (mpsc::Sender<StripeEvent>, mpsc::Receiver<StripeEvent>),
    striping: Striping,
    /// Of stripes that the other side offers.
    stripe_limit: StripeLimit,
    endpoint: Endpoint,
    /// What is read for the other recipients of an offer as well, and the version of it that the endpoint knows.
    shared: BTreeMap<TransferId, (Arc<SharedReads>, u64)>,
    started: Instant,
    disk: Disk,
    events: mpsc::Sender<(LinkId, LinkEvent)>,
    /// Transfers of which something changed since the last report.
    changed: BTreeSet<(TransferId, Role)>,
    report_at: Option<Instant>,
    reported_at: Option<Instant>,
}

/// A peer connection with its two channels.
struct Connection {
    peer: Peer,
    events: Events,
    channels: Channels,
    /// What the partner says of its socket.
    has_small_socket: bool,
}

impl LinkTask {
    fn new(config: LinkConfig, disk: Disk, events: mpsc::Sender<(LinkId, LinkEvent)>) -> Self {
        let mut endpoint = Endpoint::new(config.identity);
        endpoint.set_yielding(config.yields);
        for ended in config.ended.all() {
            endpoint.add_ended(ended.id, ended.role, ended.key, ended.is_done);
        }
        endpoint.set_comparing(true);
        Self {
            negotiator: negotiator(&config, config.offer_first),
            striping: Striping::new(config.limits.connections),
            stripe_limit: StripeLimit::new(),
            config,
            connection: None,
            retry_at: None,
            connected_at: None,
            stripes: BTreeMap::new(),
            stripe_events: mpsc::channel(stripe::MAX_EVENTS),
            endpoint,
            shared: BTreeMap::new(),
            started: Instant::now(),
            disk,
            events,
            changed: BTreeSet::new(),
            report_at: None,
            reported_at: None,
        }
    }

    fn now(&self) -> Time {
        Time::new(self.started.elapsed())
    }

    /// Runs until the sender of `commands` is dropped, and then makes durable what was received.
    async fn run(mut self, mut commands: mpsc::Receiver<LinkCommand>, mut disk_events: DiskEvents) {
        self.connect().await;
        loop {
            self.perform_outputs().await;
            self.report_if_due().await;
            let input = self.next_input(&mut commands, &mut disk_events).await;
            match input {
                Input::Command(Some(command)) => self.on_command(command).await,
                Input::Command(None) => break,
                Input::Peer(Some(event)) => self.on_peer_event(event).await,
                Input::Peer(None) | Input::Control(None) | Input::Bulk(None) => {
                    self.on_connection_lost().await;
                }
                Input::Opened(opened) => self.on_opened(opened).await,
                Input::Control(Some(message)) => self.on_control(&message),
                Input::Bulk(Some(message)) => {
                    self.on_bulk(message);
                    self.on_waiting_bulk();
                }
                Input::Writable => {}
                Input::Stripe(event) => self.on_stripe_event(event).await,
                Input::Disk(events) => {
                    for event in events {
                        self.on_disk_event(event).await;
                    }
                }
                Input::Timeout => self.on_timeout().await,
            }
        }
        if let Some(connection) = self.connection.take() {
            connection.peer.close().await;
        }
        let (done, wait) = oneshot::channel();
        self.disk.write(crate::disk::WritingJob::Close(done));
        let _ = wait.await;
    }

    /// What follows from all messages that wait is done together: one job for the disk, not one for each.
    fn on_waiting_bulk(&mut self) {
        for _ in 0..MAX_BULK_AT_ONCE {
            let channels = self.connection.as_mut().map(|of| &mut of.channels);
            let Some(message) = channels.and_then(Channels::next_bulk) else {
                return;
            };
            self.on_bulk(message);
        }
    }

    async fn next_input(
        &mut self,
        commands: &mut mpsc::Receiver<LinkCommand>,
        disk_events: &mut DiskEvents,
    ) -> Input {
        let timeout = self.next_timeout();
        let timeout = async {
            match timeout {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let Some(connection) = &mut self.connection else {
            return tokio::select! {
                command = commands.recv() => Input::Command(command),
                Some(events) = disk_events.recv() => Input::Disk(events),
                () = timeout => Input::Timeout,
            };
        };
        let Connection {
            events, channels, ..
        } = connection;
        tokio::select! {
            command = commands.recv() => Input::Command(command),
            event = events.next() => Input::Peer(event),
            input = channels.next() => input,
            Some(event) = self.stripe_events.1.recv() => Input::Stripe(event),
            Some(events) = disk_events.recv() => Input::Disk(events),
            () = timeout => Input::Timeout,
        }
    }

    fn next_timeout(&self) -> Option<Instant> {
        let endpoint = self.endpoint.poll_timeout();
        [
            endpoint.map(|at| self.started + at.since_start()),
            self.connection
                .as_ref()
                .and_then(|_| self.negotiator.poll_timeout()),
            self.retry_at,
            self.report_at,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    async fn on_timeout(&mut self) {
        let now = Instant::now();
        if self.retry_at.is_some_and(|at| now >= at) {
            self.reconnect().await;
        }
        if self.connection.is_some() && self.negotiator.poll_timeout().is_some_and(|at| now >= at) {
            self.negotiate(maru_negotiation::Event::Timeout).await;
        }
        let now = self.now();
        if self.endpoint.poll_timeout().is_some_and(|at| now >= at) {
            self.endpoint.on_timeout(now);
        }
    }

    async fn emit(&self, event: LinkEvent) {
        // Fails when the application ends.
        let _ = self.events.send((self.config.link, event)).await;
    }

    async fn report_if_due(&mut self) {
        if self.report_at.is_none_or(|at| Instant::now() < at) {
            return;
        }
        let now = Instant::now();
        self.report_at = None;
        self.reported_at = Some(now);
        let changed = std::mem::take(&mut self.changed);
        let progress: Vec<_> = changed
            .into_iter()
            .filter_map(|(id, role)| Some((id, role, self.endpoint.progress(id, role)?)))
            .collect();
        if !progress.is_empty() {
            self.emit(LinkEvent::Progress(progress)).await;
        }
        if self.endpoint.is_busy() {
            for (id, role) in self.endpoint.transfers() {
                self.changed.insert((id, role));
            }
            self.report_at = Some(now + PROGRESS);
        }
    }

    /// Something of a transfer changed, to be reported soon.
    fn on_changed(&mut self, id: TransferId, role: Role) {
        self.changed.insert((id, role));
        let now = Instant::now();
        let soon = self
            .reported_at
            .map_or(now, |at| now.max(at + MIN_INTERVAL));
        self.report_at = Some(self.report_at.map_or(soon, |at| at.min(soon)));
    }

    fn is_connected(&self) -> bool {
        self.negotiator.status() == Status::Connected
    }
}
