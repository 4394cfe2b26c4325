//! The server as a whole: accepting, the registry of clients, the heartbeat, and the orderly end.

use std::{
    collections::HashMap,
    future::Future,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use maru_protocol::ErrorCode;
use subtle::ConstantTimeEq;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::{
    address_limit::{AddressLimiter, AddressPermit},
    client::Client,
    config::Config,
    connection::Connection,
    http,
    memory::{self, HeapTrimmer},
    metrics::{Gauges, Metrics},
    rooms::Rooms,
    session,
};

/// How often silent clients and expired resume windows are looked for. With the limits of the wire a dead client is found within
/// 13 s of its last sign of life.
const BEAT: Duration = Duration::from_millis(500);
/// Connections the kernel keeps until they are accepted: a room full of people comes back at once after a
/// restart, and with the usual 128 the rest would wait a second for their second SYN.
const BACKLOG: u32 = 8192;
/// How long an orderly end may take.
const DRAIN: Duration = Duration::from_secs(3);

/// What all connections share.
#[derive(Debug)]
pub struct Shared {
    /// The options.
    pub config: Config,
    /// The counters.
    pub metrics: Metrics,
    rooms: Mutex<Rooms<Arc<Client>>>,
    clients: Mutex<HashMap<u64, Arc<Client>>>,
    addresses: Arc<AddressLimiter>,
    next_key: AtomicU64,
    draining: AtomicBool,
    heap_trimmer: Mutex<HeapTrimmer>,
    began: Instant,
}

impl Shared {
    /// Time since the server started.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// The rooms. Never held across an `await`.
    pub fn rooms(&self) -> MutexGuard<'_, Rooms<Arc<Client>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<u64, Arc<Client>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `token` opens this server, in constant time.
    #[must_use]
    pub fn admits(&self, token: Option<&str>) -> bool {
        match &self.config.token {
            None => true,
            Some(expected) => {
                token.is_some_and(|given| given.as_bytes().ct_eq(expected.as_bytes()).into())
            }
        }
    }

    /// True once the server is ending.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// What is true now, for `/metrics`.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        let connections = self.clients().len();
        let rooms = self.rooms();
        Gauges {
            rooms: rooms.len(),
            participants: rooms.connected_participants(),
            connections,
        }
    }

    /// Whether one more client would be too many.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.clients().len() >= self.config.max_connections
    }

    /// Starts the task of a WebSocket client whose handshake is done.
    pub(crate) fn welcome(
        self: &Arc<Self>,
        stream: TcpStream,
        permit: AddressPermit,
        early: Vec<u8>,
    ) -> Arc<Client> {
        let (read, write) = stream.into_split();
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        let client = Client::new(key, write, permit, self.now());
        self.clients().insert(key, Arc::clone(&client));
        self.metrics.connections.add(1);
        tokio::spawn(Connection::new(
            Arc::clone(self),
            Arc::clone(&client),
            read,
            early,
        ));
        client
    }

    pub(crate) fn forget(&self, client: &Client) {
        if client.was_slow() {
            self.metrics.count_error(ErrorCode::SlowReader);
            tracing::info!(connection = client.key, "a slow reader was disconnected");
        }
        let mut clients = self.clients();
        clients.remove(&client.key);
        if clients.capacity() > 1024 && clients.len() < clients.capacity() / 8 {
            clients.shrink_to_fit();
        }
    }

    fn beat(&self) {
        let connections = self.clients().len();
        if self
            .heap_trimmer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .on_tick(connections)
        {
            memory::trim_heap();
        }
        let now = self.now();
        let silent: Vec<_> = self
            .clients()
            .values()
            .filter(|client| client.beat(now, &self.config.timeouts))
            .cloned()
            .collect();
        for client in silent {
            self.metrics.count_error(ErrorCode::TimedOut);
            tracing::debug!(connection = client.key, "timed out");
            let code = ErrorCode::TimedOut;
            client.close(now, Some(code), code.close_code(), "nothing heard in time");
        }
        let mut effects = Vec::new();
        let mut rooms = self.rooms();
        rooms.remove_expired(now, &mut effects);
        session::perform(self, effects);
    }

    async fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        let all: Vec<_> = self.clients().values().cloned().collect();
        let code = ErrorCode::ShuttingDown;
        for client in all {
            client.close(
                self.now(),
                Some(code),
                code.close_code(),
                "the server is going away",
            );
        }
        let until = Instant::now() + DRAIN;
        while !self.clients().is_empty() && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A bound server, not yet running.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
}

impl Server {
    /// Takes the address of `config`.
    ///
    /// # Errors
    /// Whatever the system says of the address, most often that it is in use.
    pub fn bind(config: Config) -> io::Result<Self> {
        let socket = if config.listen.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.set_reuseaddr(true)?;
        socket.bind(config.listen)?;
        let listener = socket.listen(BACKLOG)?;
        let shared = Arc::new(Shared {
            rooms: Mutex::new(Rooms::new(
                config.room_capacity,
                config.max_rooms,
                config.resume_window,
            )),
            clients: Mutex::new(HashMap::new()),
            addresses: AddressLimiter::new(config.connections_per_address),
            next_key: AtomicU64::new(0),
            draining: AtomicBool::new(false),
            heap_trimmer: Mutex::default(),
            began: Instant::now(),
            metrics: Metrics::default(),
            config,
        });
        Ok(Self { listener, shared })
    }

    /// The address taken, with the real port.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What the connections share, for tests and embedding programs.
    #[must_use]
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Serves until `end` completes, then tells every client `shutting-down` and waits, bounded, until they
    /// have gone.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let beat = tokio::spawn({
            let shared = Arc::clone(&self.shared);
            async move {
                let mut interval = tokio::time::interval(BEAT);
                interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
                loop {
                    interval.tick().await;
                    shared.beat();
                }
            }
        });
        let accepting = async {
            loop {
                match self.listener.accept().await {
                    Ok((stream, peer)) => {
                        // Not even a refusal where an address has twice what it may: the refusals themselves
                        // hold sockets.
                        if let Some(permit) = self.shared.addresses.try_acquire(peer.ip()) {
                            tokio::spawn(http::serve(Arc::clone(&self.shared), stream, permit));
                        }
                    }
                    Err(error) => {
                        // Out of file descriptors, or a connection that died in the backlog: neither ends
                        // the server, and the first must not become a busy loop.
                        tracing::warn!(%error, "cannot accept");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        };
        tokio::select! {
            () = accepting => {}
            () = end => {}
        }
        drop(self.listener);
        self.shared.drain().await;
        beat.abort();
    }
}
