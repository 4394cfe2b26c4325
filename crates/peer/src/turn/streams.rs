//! The connections of one peer.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::directory::{self, Directory};
use super::link::{self, Arrival, GOODBYE, Link};
use super::servers::StreamServer;
use super::tls::Tls;
use crate::error::ServerError;
use crate::events::{Event, EventSink};

/// Connections at a time: each server from each interface, on a machine with more of either than is useful.
const MAX_LINKS: usize = 32;
/// Characters of a URL told to the caller.
const MAX_URL: usize = 256;

/// What the sockets of a peer share, and what closes with it.
#[derive(Debug)]
pub(crate) struct Streams {
    directory: Mutex<Directory>,
    tasks: Mutex<JoinSet<()>>,
    tls: Arc<Tls>,
    sink: EventSink,
}

impl Streams {
    pub(crate) fn new(extra_roots: Vec<Bytes>, sink: EventSink) -> Self {
        Self {
            directory: Mutex::default(),
            tasks: Mutex::default(),
            tls: Arc::new(Tls::new(extra_roots)),
            sink,
        }
    }

    /// The URL the stack gets for a server.
    pub(super) fn stand_in(&self, server: StreamServer) -> String {
        guard(&self.directory).url(server)
    }

    /// The addresses of a server's stand-in (`host:port`); `None` for every other name.
    pub(crate) fn addresses(&self, name: &str) -> Option<Vec<SocketAddr>> {
        directory::addresses(name)
    }

    /// Connects to the server an address stands for. `None` where it stands for none, or for one too many.
    pub(super) fn open(
        &self,
        stand_in: SocketAddr,
        from: IpAddr,
        arrivals: mpsc::Sender<Arrival>,
    ) -> Option<Link> {
        let server = guard(&self.directory).server(stand_in)?;
        let mut tasks = guard(&self.tasks);
        while tasks.try_join_next().is_some() {}
        if tasks.len() >= MAX_LINKS {
            drop(tasks);
            self.tell(&server.url, Some(from), ServerError::TooMany);
            return None;
        }
        let (link, end) = link::link();
        let (tls, sink) = (Arc::clone(&self.tls), self.sink.clone());
        tasks.spawn(async move {
            let served = link::run(Arc::clone(&server), from, tls, end, arrivals, stand_in);
            if let Err(error) = Box::pin(served).await {
                tell(&sink, &server.url, Some(from), error);
            }
        });
        Some(link)
    }

    /// Tells of a server that cannot be used.
    pub(super) fn tell(&self, url: &str, from: Option<IpAddr>, error: ServerError) {
        tell(&self.sink, url, from, error);
    }

    /// Waits until every connection ended, once the sockets are gone. Nothing is left then.
    pub(crate) async fn close(&self) {
        let mut tasks = std::mem::take(&mut *guard(&self.tasks));
        let goodbyes = async { while tasks.join_next().await.is_some() {} };
        // A little more than each takes by itself. Later, a socket is still held: then without a goodbye.
        let _ = tokio::time::timeout(GOODBYE * 2, goodbyes).await;
        tasks.shutdown().await;
    }
}

fn tell(sink: &EventSink, url: &str, from: Option<IpAddr>, error: ServerError) {
    sink.tell_if_room(Event::ServerUnusable {
        url: url.chars().take(MAX_URL).collect(),
        from,
        error,
    });
}

/// A panic while holding one of these locks leaves whole values behind.
fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
