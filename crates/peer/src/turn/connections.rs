//! All connections of one peer to TURN servers.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::connection::{self, CLOSE_TIMEOUT, Connection, Received};
use super::placeholders::Placeholders;
use super::server::StreamServer;
use super::tls::Tls;
use crate::error::ServerError;
use crate::events::{Event, EventSink};
use crate::lock::lock;

/// Open connections: each server from each interface, on a machine with more of either than is useful.
const MAX_CONNECTIONS: usize = 32;
/// Characters of a URL in an event.
const MAX_URL: usize = 256;

/// What the sockets of a peer share: the servers, and the tasks of the connections to them.
#[derive(Debug)]
pub(crate) struct TurnConnections {
    placeholders: Mutex<Placeholders>,
    tasks: Mutex<JoinSet<()>>,
    tls: Arc<Tls>,
    sink: EventSink,
}

impl TurnConnections {
    pub(crate) fn new(extra_roots: Vec<Bytes>, sink: EventSink) -> Self {
        Self {
            placeholders: Mutex::default(),
            tasks: Mutex::default(),
            tls: Arc::new(Tls::new(extra_roots)),
            sink,
        }
    }

    /// The URL that the stack gets for a server.
    pub(super) fn placeholder_url(&self, server: StreamServer) -> String {
        lock(&self.placeholders).url(server)
    }

    /// Connects to the server behind a placeholder address, from the local address `from`. `None` if there is no such
    /// server, or if there are too many connections.
    pub(super) fn open(
        &self,
        placeholder: SocketAddr,
        from: IpAddr,
        received: mpsc::Sender<Received>,
    ) -> Option<Connection> {
        let server = lock(&self.placeholders).server(placeholder)?;
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        if tasks.len() >= MAX_CONNECTIONS {
            drop(tasks);
            self.report(&server.url, Some(from), ServerError::TooMany);
            return None;
        }
        let (connection, end) = connection::connection();
        let (tls, sink) = (Arc::clone(&self.tls), self.sink.clone());
        tasks.spawn(async move {
            let run = connection::run(Arc::clone(&server), from, tls, end, received, placeholder);
            if let Err(error) = Box::pin(run).await {
                report(&sink, &server.url, Some(from), error);
            }
        });
        Some(connection)
    }

    /// Reports a server that cannot be used.
    pub(super) fn report(&self, url: &str, from: Option<IpAddr>, error: ServerError) {
        report(&self.sink, url, from, error);
    }

    /// Waits until all connections have ended; the sockets must be closed before. Afterwards nothing is left.
    pub(crate) async fn close(&self) {
        let mut tasks = std::mem::take(&mut *lock(&self.tasks));
        let ended = async { while tasks.join_next().await.is_some() {} };
        // Twice what each takes by itself. If a socket is still held after that, its connection is aborted.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT * 2, ended).await;
        tasks.shutdown().await;
    }
}

fn report(sink: &EventSink, url: &str, from: Option<IpAddr>, error: ServerError) {
    sink.emit_if_room(Event::ServerUnusable {
        url: url.chars().take(MAX_URL).collect(),
        from,
        error,
    });
}
