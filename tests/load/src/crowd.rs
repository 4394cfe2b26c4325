//! Many clients on one thread.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token};

use crate::{
    client::{Client, State},
    dialect::{Dialect, Incoming},
    frame,
};

/// Larger than any burst that one socket receives between two turns, in bytes.
const BUFFER: usize = 256 * 1024;
/// Interval at which each idle client sends a message.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Counters of all events so far.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    /// Successful joins.
    pub joins: u64,
    /// Orderly leaves.
    pub leaves: u64,
    /// Messages sent.
    pub sent: u64,
    /// Messages received.
    pub received: u64,
    /// Refusals, by code.
    pub refused: BTreeMap<String, u64>,
    /// Sockets that this side did not close, by the way they ended.
    pub lost: BTreeMap<String, u64>,
    /// The first few texts that are invalid in the dialect.
    pub nonsense: Vec<String>,
}

/// The clients of one server.
#[derive(Debug)]
pub struct Crowd {
    dialect: Dialect,
    server: SocketAddr,
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    clients: Vec<Option<Client>>,
    heartbeat: Option<Vec<u8>>,
    next_heartbeat: usize,
    heartbeats_from: Instant,
    /// Whether every received message is answered with one.
    pub answering: bool,
    /// Counters of all events so far.
    pub counts: Counts,
}

impl Crowd {
    /// A crowd without clients.
    ///
    /// # Errors
    /// The operating system has no more epoll instances.
    pub fn new(dialect: Dialect, server: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            dialect,
            server,
            poll: Poll::new()?,
            events: Events::with_capacity(4096),
            buffer: vec![0; BUFFER],
            clients: Vec::new(),
            heartbeat: dialect.heartbeat(),
            next_heartbeat: 0,
            heartbeats_from: Instant::now(),
            answering: false,
            counts: Counts::default(),
        })
    }

    /// The dialect of all clients.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Starts to connect client `index`, which then joins `room` by itself.
    ///
    /// # Errors
    /// From the operating system: out of descriptors or ports.
    pub fn connect(
        &mut self,
        index: usize,
        room: String,
        resume: Option<String>,
    ) -> io::Result<()> {
        let mut client = Client::connect(self.server, index, room, resume)?;
        self.poll.registry().register(
            &mut client.socket,
            Token(index),
            Interest::READABLE | Interest::WRITABLE,
        )?;
        if self.clients.len() <= index {
            self.clients.resize_with(index + 1, || None);
        }
        self.clients[index] = Some(client);
        Ok(())
    }

    /// Client `index`, unless its socket is gone.
    #[must_use]
    pub fn client(&self, index: usize) -> Option<&Client> {
        self.clients.get(index)?.as_ref()
    }

    /// Number of clients in `state`.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.clients
            .iter()
            .flatten()
            .filter(|client| client.state == state)
            .count()
    }

    /// Client `index` joins a room on its open socket.
    pub fn join(&mut self, index: usize, room: String) {
        if let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) {
            let frame = self.dialect.join(&room, None);
            client.room = room;
            client.state = State::Joining;
            let result = client.write(&frame);
            self.settle(index, result);
        }
    }

    /// Client `index` leaves its room and keeps its socket.
    pub fn leave(&mut self, index: usize) {
        let frame = self.dialect.leave();
        self.write(index, &frame);
    }

    /// Client `index` sends its message, if there is a recipient.
    pub fn send(&mut self, index: usize) {
        let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) else {
            return;
        };
        if client.state == State::Joined && !client.message.is_empty() {
            self.counts.sent += 1;
            let result = client.send_message();
            self.settle(index, result);
        }
    }

    /// Client `index` resets its socket (RST), as in a crash; returns the client.
    pub fn close(&mut self, index: usize) -> Option<Client> {
        let mut client = self.clients.get_mut(index)?.take()?;
        client.reset();
        let _ = self.poll.registry().deregister(&mut client.socket);
        Some(client)
    }

    /// Resets all sockets at once.
    pub fn kill_all(&mut self) {
        for index in 0..self.clients.len() {
            drop(self.close(index));
        }
        self.clients.clear();
    }

    /// Waits at most `patience` for events, and handles them.
    ///
    /// # Errors
    /// epoll failed; errors of single sockets are counted instead.
    pub fn turn(&mut self, patience: Duration) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(patience)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            result => result?,
        }
        let mut events = std::mem::replace(&mut self.events, Events::with_capacity(0));
        for event in &events {
            let index = event.token().0;
            let result = self.advance(
                index,
                event.is_writable(),
                event.is_readable() || event.is_read_closed(),
            );
            self.settle(index, result);
        }
        std::mem::swap(&mut self.events, &mut events);
        Ok(())
    }

    /// Runs turns until `done` or until `patience` is over; `false` in the second case. Idle clients continue their
    /// heartbeat.
    ///
    /// # Errors
    /// As [`Self::turn`].
    pub fn run_until(
        &mut self,
        patience: Duration,
        mut done: impl FnMut(&Self) -> bool,
    ) -> io::Result<bool> {
        let deadline = Instant::now() + patience;
        loop {
            if done(self) {
                return Ok(true);
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(false);
            }
            self.turn((deadline - now).min(Duration::from_millis(5)))?;
            self.heartbeats();
        }
    }

    /// Sends the heartbeat of each client once per [`HEARTBEAT`], spread evenly.
    pub fn heartbeats(&mut self) {
        let Some(frame) = self.heartbeat.take() else {
            return;
        };
        let elapsed = self.heartbeats_from.elapsed();
        if elapsed >= HEARTBEAT {
            self.heartbeats_from = Instant::now();
        }
        let share = (elapsed.as_secs_f64() / HEARTBEAT.as_secs_f64()).min(1.0);
        let due = (self.clients.len() as f64 * share) as usize;
        for index in self.next_heartbeat..due {
            if self.clients[index]
                .as_ref()
                .is_some_and(|client| client.state >= State::Open)
            {
                self.write(index, &frame);
            }
        }
        self.next_heartbeat = if elapsed >= HEARTBEAT {
            0
        } else {
            due.max(self.next_heartbeat)
        };
        self.heartbeat = Some(frame);
    }

    fn write(&mut self, index: usize, bytes: &[u8]) {
        if let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) {
            let result = client.write(bytes);
            self.settle(index, result);
        }
    }

    /// Removes a socket that failed.
    fn settle(&mut self, index: usize, result: io::Result<()>) {
        if let Err(error) = result
            && let Some(client) = self.close(index)
        {
            *self
                .counts
                .lost
                .entry(format!("{error} while {:?}", client.state))
                .or_default() += 1;
        }
    }

    fn advance(&mut self, index: usize, writable: bool, readable: bool) -> io::Result<()> {
        let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) else {
            return Ok(());
        };
        if writable {
            if client.state == State::Connecting {
                if let Some(error) = client.socket.take_error()? {
                    return Err(error);
                }
                client.state = State::Upgrading;
                client.write(self.dialect.upgrade(&self.server.to_string()).as_bytes())?;
            } else {
                client.flush()?;
            }
        }
        if !readable {
            return Ok(());
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let result = self.read(index, &mut buffer);
        self.buffer = buffer;
        result
    }

    fn read(&mut self, index: usize, buffer: &mut [u8]) -> io::Result<()> {
        loop {
            let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) else {
                return Ok(());
            };
            let kept = client.partial.len();
            if kept >= buffer.len() {
                return Err(io::Error::other("a frame larger than any of this protocol"));
            }
            buffer[..kept].copy_from_slice(&client.partial);
            let Some(read) = client.read(&mut buffer[kept..])? else {
                return Ok(());
            };
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            client.partial.clear();
            let drained = kept + read < buffer.len();
            self.take_in(index, &buffer[..kept + read])?;
            if drained {
                // A short read emptied the socket: epoll reports when there is more.
                return Ok(());
            }
        }
    }

    fn take_in(&mut self, index: usize, mut bytes: &[u8]) -> io::Result<()> {
        let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) else {
            return Ok(());
        };
        if client.state == State::Upgrading {
            let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
                client.partial = bytes.to_vec();
                return Ok(());
            };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                let status = String::from_utf8_lossy(&bytes[..12.min(end)]).into_owned();
                return Err(io::Error::other(status));
            }
            bytes = &bytes[end + 4..];
            client.state = State::Open;
            self.act(index, self.dialect.begins())?;
        }
        while let Some((opcode, payload)) = frame::decode(&mut bytes) {
            match opcode {
                frame::TEXT => {
                    let text = std::str::from_utf8(payload).map_err(io::Error::other)?;
                    let incoming = self.dialect.understand(text);
                    if incoming == Incoming::Nonsense && self.counts.nonsense.len() < 8 {
                        self.counts.nonsense.push(text.chars().take(200).collect());
                    }
                    self.act(index, incoming)?;
                }
                frame::PING => {
                    let mut pong = Vec::new();
                    frame::encode(frame::PONG, payload, &mut pong);
                    self.write(index, &pong);
                }
                frame::CLOSE => {
                    let code = payload
                        .get(..2)
                        .map_or(1005, |code| u16::from_be_bytes([code[0], code[1]]));
                    return Err(io::Error::other(format!("closed with {code}")));
                }
                _ => {}
            }
        }
        if let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) {
            // An allocation of exactly the needed size, and usually none because nothing is kept.
            client.partial = if bytes.is_empty() {
                Vec::new()
            } else {
                bytes.to_vec()
            };
        }
        Ok(())
    }

    fn act(&mut self, index: usize, incoming: Incoming<'_>) -> io::Result<()> {
        let dialect = self.dialect;
        let Some(client) = self.clients.get_mut(index).and_then(Option::as_mut) else {
            return Ok(());
        };
        match incoming {
            Incoming::Message => {
                self.counts.received += 1;
                if self.answering && !client.message.is_empty() {
                    self.counts.sent += 1;
                    client.send_message()?;
                }
            }
            Incoming::Answer(text) => client.write(&frame::text(text))?,
            Incoming::Ready => {
                client.state = State::Joining;
                client.write(&dialect.join(&client.room, client.resume.as_deref()))?;
            }
            Incoming::Joined { peer, resume } => {
                client.state = State::Joined;
                client.resume = resume;
                client.message = match (peer, dialect) {
                    (Some(peer), _) => dialect.message(&peer),
                    // Its own message, with the same length as all others.
                    (None, Dialect::Echo) => {
                        dialect.message("00000000-0000-4000-8000-000000000000")
                    }
                    (None, _) => Vec::new(),
                };
                self.counts.joins += 1;
            }
            Incoming::PeerJoined(peer) => client.message = dialect.message(&peer),
            Incoming::PeerLeft => client.message = Vec::new(),
            Incoming::Left => {
                client.state = State::Open;
                client.message = Vec::new();
                client.resume = None;
                self.counts.leaves += 1;
            }
            Incoming::Refused(code) => {
                // A late answer to a message in the previous room is not the answer to this join.
                let is_late = matches!(code, "not-joined" | "unknown-participant");
                if client.state == State::Joining && !is_late {
                    client.state = State::Open;
                }
                *self.counts.refused.entry(code.to_owned()).or_default() += 1;
            }
            Incoming::Other | Incoming::Nonsense => {}
        }
        Ok(())
    }
}
