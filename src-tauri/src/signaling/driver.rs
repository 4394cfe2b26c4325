use std::{
    collections::VecDeque,
    net::IpAddr,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use maru_protocol::ParticipantId;
use serde::Serialize;
use tauri::ipc::Channel;
use tokio::sync::{mpsc, oneshot};

use super::{
    connection,
    event::SignalingEvent,
    session::{ConnectionId, Effect, Emission, Event, JoinRequest, Loss, Millis, Session},
};

/// Commands of the interface that wait for the session. It never waits for anything itself, so that more
/// than a burst of candidates here means a defect, and the command is refused.
const MAX_COMMANDS: usize = 256;
/// Events of the socket that wait for the session; a full queue stops reading from the socket.
const MAX_EVENTS: usize = 64;

enum Command {
    /// A join or leave of the page, by its number.
    Order(Turn, Event),
    Signal(ParticipantId, String),
    NetworkChanged(Vec<IpAddr>),
    Subscribe(Channel<Envelope>),
    Unsubscribe,
    /// Leave and answer when the server knows, or when it takes too long.
    Quit(oneshot::Sender<()>),
}

/// Counts the joins and leaves a page has ordered. Events carry the number of the last order they follow,
/// so that a page can tell what was still under way when it ordered something else.
pub(crate) type Turn = u32;

/// What goes to the page.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Envelope {
    pub(super) turn: Turn,
    pub(super) event: SignalingEvent,
}

/// The handle to the task that owns the session and its socket.
#[derive(Clone)]
pub(crate) struct Driver {
    commands: mpsc::Sender<Command>,
}

/// The session does not take the command: its queue is full, or the app is ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signaling session does not take more commands")]
pub(crate) struct Gone;

impl Driver {
    /// Starts the task on Tauri's runtime.
    pub(crate) fn start() -> Self {
        let (commands, receiver) = mpsc::channel(MAX_COMMANDS);
        tauri::async_runtime::spawn(Task::new().run(receiver));
        Self { commands }
    }

    pub(crate) fn join(&self, turn: Turn, request: JoinRequest) -> Result<(), Gone> {
        self.send(Command::Order(turn, Event::Join(request)))
    }

    pub(crate) fn leave(&self, turn: Turn) -> Result<(), Gone> {
        self.send(Command::Order(turn, Event::Leave))
    }

    /// `frame` is a checked `signal` message, said by us as `from`.
    pub(crate) fn signal(&self, from: ParticipantId, frame: String) -> Result<(), Gone> {
        self.send(Command::Signal(from, frame))
    }

    /// The machine is in another network; `gone` are addresses it no longer has.
    pub(crate) fn network_changed(&self, gone: Vec<IpAddr>) -> Result<(), Gone> {
        self.send(Command::NetworkChanged(gone))
    }

    /// Everything from now on goes to `channel`, beginning with the present state. One interface at a
    /// time: a later subscription replaces an earlier one, and its turns begin at 0.
    pub(crate) fn subscribe(&self, channel: Channel<Envelope>) -> Result<(), Gone> {
        self.send(Command::Subscribe(channel))
    }

    /// The page that subscribed is going away.
    pub(crate) fn unsubscribe(&self) -> Result<(), Gone> {
        self.send(Command::Unsubscribe)
    }

    /// Leaves the room and waits until the server knows, at most `patience`.
    pub(crate) async fn quit(&self, patience: Duration) {
        let (done, wait) = oneshot::channel();
        if self.send(Command::Quit(done)).is_ok() {
            // Either way the app ends now.
            let _ = tokio::time::timeout(patience, wait).await;
        }
    }

    fn send(&self, command: Command) -> Result<(), Gone> {
        self.commands.try_send(command).map_err(|_| Gone)
    }
}

struct Socket {
    id: ConnectionId,
    outgoing: mpsc::Sender<String>,
}

struct Task {
    session: Session,
    socket: Option<Socket>,
    subscriber: Option<Channel<Envelope>>,
    turn: Turn,
    quitting: Vec<oneshot::Sender<()>>,
    zero: Instant,
    events: mpsc::Sender<Event>,
    incoming: mpsc::Receiver<Event>,
}

impl Task {
    fn new() -> Self {
        let (events, incoming) = mpsc::channel(MAX_EVENTS);
        Self {
            session: Session::new(fastrand::u64(..)),
            socket: None,
            subscriber: None,
            turn: 0,
            quitting: Vec::new(),
            zero: Instant::now(),
            events,
            incoming,
        }
    }

    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        loop {
            let wake = self
                .session
                .next_wake()
                .map(|at| tokio::time::Instant::from_std(self.zero + Duration::from_millis(at)));
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.command(command),
                    None => return,
                },
                Some(event) = self.incoming.recv() => {
                    if let Event::Closed(id, _) = &event {
                        self.socket.take_if(|socket| socket.id == *id);
                    }
                    self.handle(event);
                }
                () = sleep_until(wake) => self.handle(Event::Tick),
            }
            if self.socket.is_none() {
                for done in self.quitting.drain(..) {
                    let _ = done.send(());
                }
            }
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Order(turn, event) => {
                self.turn = turn;
                self.handle(event);
            }
            Command::Signal(from, frame) => self.handle(Event::Signal(from, frame)),
            Command::NetworkChanged(gone) => self.handle(Event::NetworkChanged(gone)),
            Command::Subscribe(channel) => {
                self.turn = 0;
                self.subscriber = Some(channel);
                for emission in self.session.snapshot() {
                    self.emit(emission);
                }
            }
            Command::Unsubscribe => self.subscriber = None,
            Command::Quit(done) => {
                self.quitting.push(done);
                self.handle(Event::Leave);
            }
        }
    }

    fn handle(&mut self, event: Event) {
        let mut due = VecDeque::from([event]);
        while let Some(event) = due.pop_front() {
            let now = self.now();
            for effect in self.session.handle(now, event) {
                if let Some(consequence) = self.perform(effect) {
                    due.push_back(consequence);
                }
            }
        }
    }

    /// Carries out one effect; returns what the session must hear about it.
    fn perform(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Connect(id, server) => {
                let (outgoing, receiver) = mpsc::channel(connection::MAX_OUTGOING);
                self.socket = Some(Socket { id, outgoing });
                let events = self.events.clone();
                tauri::async_runtime::spawn(connection::run(id, server, receiver, events));
                None
            }
            Effect::Send(id, frame) => {
                let socket = self.socket.as_ref().filter(|socket| socket.id == id)?;
                socket.outgoing.try_send(frame).err()?;
                self.socket = None;
                Some(Event::Closed(
                    id,
                    Loss {
                        close_code: None,
                        refusal: None,
                        detail: "the connection does not take what is sent".into(),
                    },
                ))
            }
            Effect::Close(id) => {
                // Dropping the sender is the order to flush and close.
                self.socket.take_if(|socket| socket.id == id);
                None
            }
            Effect::Emit(emission) => {
                self.emit(emission);
                None
            }
        }
    }

    fn emit(&mut self, emission: Emission) {
        if let Some(channel) = &self.subscriber {
            let event = SignalingEvent::from_session(emission, self.epoch());
            let turn = self.turn;
            if channel.send(Envelope { turn, event }).is_err() {
                // The webview is gone; the next one subscribes for itself.
                self.subscriber = None;
            }
        }
    }

    fn now(&self) -> Millis {
        Millis::try_from(self.zero.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    /// Wall-clock milliseconds of the session's zero, by the clock as it is set now.
    fn epoch(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|wall| u64::try_from(wall.as_millis()).ok())
            .map_or(0, |wall| wall.saturating_sub(self.now()))
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
