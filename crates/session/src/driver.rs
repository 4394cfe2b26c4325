//! The task that runs a session: it feeds the state machine with commands, the connection's events and the time, and
//! carries out the effects.

use std::{
    collections::VecDeque,
    net::IpAddr,
    ops::ControlFlow,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use maru_protocol::ParticipantId;
use tokio::sync::{mpsc, oneshot};

use crate::{
    session::{
        ConnectionId, Disconnect, Effect, Event, JoinRequest, Millis, Notification, Session,
    },
    websocket,
};

/// Limit of events queued by the connection. A full queue stops reading from the network.
const MAX_EVENTS: usize = 64;

/// Number of a join or leave, chosen by the subscriber. Updates carry the number of the last one handled before them, so
/// that a subscriber can drop updates that crossed a newer request.
pub type RequestId = u32;

/// What a subscriber receives.
#[derive(Debug)]
pub struct Update {
    /// The last join or leave that was handled; 0 before the subscriber's first.
    pub request: RequestId,
    /// Zero of the session's clock in milliseconds since the Unix epoch. Add it to a [`Millis`] for the wall-clock time.
    pub clock_zero: u64,
    /// The update itself.
    pub notification: Notification,
}

/// Receives every update; `Break` ends the subscription. Called on the driver's task, so it must not block.
pub(crate) type Subscriber = Box<dyn FnMut(Update) -> ControlFlow<()> + Send>;

/// Receives every notification before the subscriber does. Called on the driver's task, so it must not block.
pub(crate) type Observer = Box<dyn FnMut(&Notification) + Send>;

pub(crate) enum Command {
    Join(RequestId, JoinRequest),
    Leave(RequestId),
    Signal {
        from: ParticipantId,
        frame: String,
    },
    NetworkChanged {
        removed: Vec<IpAddr>,
    },
    Subscribe(Subscriber),
    Unsubscribe,
    Observe(Observer),
    /// Leave, and answer when the connection is closed.
    Shutdown(oneshot::Sender<()>),
}

/// The open or opening connection. Dropping `outgoing` closes it.
struct Connection {
    id: ConnectionId,
    outgoing: mpsc::Sender<String>,
}

pub(crate) struct Driver {
    session: Session,
    connection: Option<Connection>,
    subscriber: Option<Subscriber>,
    observer: Option<Observer>,
    last_request: RequestId,
    awaiting_shutdown: Vec<oneshot::Sender<()>>,
    /// Zero of the session's clock.
    started: Instant,
    /// Given to each connection.
    events_sender: mpsc::Sender<Event>,
    events: mpsc::Receiver<Event>,
}

impl Driver {
    pub(crate) fn new() -> Self {
        let (events_sender, events) = mpsc::channel(MAX_EVENTS);
        Self {
            session: Session::new(fastrand::u64(..)),
            connection: None,
            subscriber: None,
            observer: None,
            last_request: 0,
            awaiting_shutdown: Vec::new(),
            started: Instant::now(),
            events_sender,
            events,
        }
    }

    /// Runs until every sender of `commands` is dropped.
    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        loop {
            let deadline = self.session.deadline().map(|deadline| {
                tokio::time::Instant::from_std(self.started + Duration::from_millis(deadline))
            });
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.on_command(command),
                    None => return,
                },
                Some(event) = self.events.recv() => {
                    if let Event::Closed(id, _) = &event {
                        self.connection.take_if(|connection| connection.id == *id);
                    }
                    self.handle(event);
                }
                () = sleep_until(deadline) => self.handle(Event::Tick),
            }
            if self.connection.is_none() {
                for done in self.awaiting_shutdown.drain(..) {
                    let _ = done.send(());
                }
            }
        }
    }

    fn on_command(&mut self, command: Command) {
        match command {
            Command::Join(id, request) => {
                self.last_request = id;
                self.handle(Event::Join(request));
            }
            Command::Leave(id) => {
                self.last_request = id;
                self.handle(Event::Leave);
            }
            Command::Signal { from, frame } => self.handle(Event::Signal { from, frame }),
            Command::NetworkChanged { removed } => self.handle(Event::NetworkChanged { removed }),
            Command::Subscribe(subscriber) => {
                self.last_request = 0;
                self.subscriber = Some(subscriber);
                for notification in self.session.snapshot() {
                    self.notify_subscriber(notification);
                }
            }
            Command::Unsubscribe => self.subscriber = None,
            Command::Observe(mut observer) => {
                for notification in self.session.snapshot() {
                    observer(&notification);
                }
                self.observer = Some(observer);
            }
            Command::Shutdown(done) => {
                self.awaiting_shutdown.push(done);
                self.handle(Event::Leave);
            }
        }
    }

    fn handle(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let now = self.now();
            for effect in self.session.handle(now, event) {
                events.extend(self.perform(effect));
            }
        }
    }

    /// Carries out one effect. Returns an event for the session if that failed.
    fn perform(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Connect(id, server) => {
                let (outgoing, frames) = mpsc::channel(websocket::MAX_OUTGOING);
                self.connection = Some(Connection { id, outgoing });
                tokio::spawn(websocket::run(
                    id,
                    server,
                    frames,
                    self.events_sender.clone(),
                ));
                None
            }
            Effect::Send(id, frame) => {
                let connection = self
                    .connection
                    .as_ref()
                    .filter(|connection| connection.id == id)?;
                connection.outgoing.try_send(frame).err()?;
                self.connection = None;
                let reason = "the connection does not take what is sent";
                Some(Event::Closed(id, Disconnect::transient(reason)))
            }
            Effect::Close(id) => {
                self.connection.take_if(|connection| connection.id == id);
                None
            }
            Effect::Notify(notification) => {
                self.notify(notification);
                None
            }
        }
    }

    fn notify(&mut self, notification: Notification) {
        if let Some(observer) = &mut self.observer {
            observer(&notification);
        }
        self.notify_subscriber(notification);
    }

    fn notify_subscriber(&mut self, notification: Notification) {
        let update = Update {
            request: self.last_request,
            clock_zero: self.clock_zero(),
            notification,
        };
        if let Some(subscriber) = &mut self.subscriber
            && subscriber(update).is_break()
        {
            self.subscriber = None;
        }
    }

    fn now(&self) -> Millis {
        Millis::try_from(self.started.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    /// By the wall clock as it is set now: it may have been set since the start.
    fn clock_zero(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|wall| u64::try_from(wall.as_millis()).ok())
            .map_or(0, |wall| wall.saturating_sub(self.now()))
    }
}

async fn sleep_until(deadline: Option<tokio::time::Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
