//! What all connections share: the options, the counters, the rooms and the registry of clients.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use maru_protocol::ErrorCode;
use subtle::ConstantTimeEq;
use tokio::net::tcp::OwnedWriteHalf;

use crate::{
    address_limit::{AddressLimiter, AddressPermit},
    client::Client,
    config::Config,
    metrics::{Gauges, Metrics},
    rooms::Rooms,
};

/// State shared by all tasks of one server.
#[derive(Debug)]
pub struct ServerState {
    /// The options.
    pub config: Config,
    /// The counters.
    pub metrics: Metrics,
    pub(crate) addresses: Arc<AddressLimiter>,
    rooms: Mutex<Rooms<Arc<Client>>>,
    clients: Mutex<HashMap<u64, Arc<Client>>>,
    next_key: AtomicU64,
    draining: AtomicBool,
    started: Instant,
}

impl ServerState {
    pub(crate) fn new(config: Config) -> Arc<Self> {
        Arc::new(Self {
            rooms: Mutex::new(Rooms::new(
                config.room_capacity,
                config.max_rooms,
                config.resume_window,
            )),
            clients: Mutex::new(HashMap::new()),
            addresses: AddressLimiter::new(config.connections_per_address),
            next_key: AtomicU64::new(0),
            draining: AtomicBool::new(false),
            started: Instant::now(),
            metrics: Metrics::default(),
            config,
        })
    }

    /// Time since the server started.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// Locks the rooms. Never hold the lock across an `await`.
    pub fn rooms(&self) -> MutexGuard<'_, Rooms<Arc<Client>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<u64, Arc<Client>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The clients for which `predicate` is true. It runs under the lock of the registry.
    pub(crate) fn clients_where(&self, predicate: impl Fn(&Client) -> bool) -> Vec<Arc<Client>> {
        self.clients()
            .values()
            .filter(|client| predicate(client))
            .cloned()
            .collect()
    }

    /// Number of WebSocket connections.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.clients().len()
    }

    /// Whether the server has as many WebSocket connections as it is configured to accept.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.connections() >= self.config.max_connections
    }

    /// Whether `token` is the configured one, compared in constant time. Always true if none is configured.
    #[must_use]
    pub fn is_authorized(&self, token: Option<&str>) -> bool {
        match &self.config.token {
            None => true,
            Some(expected) => {
                token.is_some_and(|given| given.as_bytes().ct_eq(expected.as_bytes()).into())
            }
        }
    }

    /// Whether the server is shutting down.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    pub(crate) fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// The gauges of `/metrics`.
    #[must_use]
    pub fn gauges(&self) -> Gauges {
        let connections = self.connections();
        let rooms = self.rooms();
        Gauges {
            rooms: rooms.len(),
            participants: rooms.connected_participants(),
            connections,
        }
    }

    /// Adds a client whose WebSocket handshake is complete.
    pub(crate) fn register(&self, socket: OwnedWriteHalf, permit: AddressPermit) -> Arc<Client> {
        let key = self.next_key.fetch_add(1, Ordering::Relaxed);
        let client = Client::new(key, socket, permit, self.now());
        self.clients().insert(key, Arc::clone(&client));
        self.metrics.connections.add(1);
        client
    }

    /// Removes a client whose connection has ended.
    pub(crate) fn unregister(&self, client: &Client) {
        if client.take_overflowed() {
            self.metrics.count_error(ErrorCode::SlowReader);
            tracing::info!(connection = client.key, "a slow reader was disconnected");
        }
        let mut clients = self.clients();
        clients.remove(&client.key);
        if clients.capacity() > 1024 && clients.len() < clients.capacity() / 8 {
            clients.shrink_to_fit();
        }
    }
}
