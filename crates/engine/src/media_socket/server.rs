//! Accepts the worker's connection and moves its messages.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

use super::auth::WorkerAuth;
use crate::frame_router::FrameRouter;
use crate::wire::{FrameHeader, FromWorker, MAX_MESSAGE_BYTES};

/// A worker's handshake takes milliseconds.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// Most handshakes at once.
const MAX_HANDSHAKES: usize = 8;
/// Most messages queued for the worker: two seconds of one video stream, a quarter of a second of seven.
const MAX_QUEUED_MESSAGES: usize = 64;
/// Wait after a failed `accept`: most likely there are no file descriptors left.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// The listening socket. Dropping it closes every connection.
#[derive(Debug)]
pub(crate) struct MediaSocket {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl MediaSocket {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) async fn open(
        auth: Arc<WorkerAuth>,
        router: Arc<FrameRouter>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, auth, router));
        Ok(Self { address, task })
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}/", self.address)
    }
}

impl Drop for MediaSocket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, auth: Arc<WorkerAuth>, router: Arc<FrameRouter>) {
    let mut connections = tokio::task::JoinSet::new();
    let handshakes = Arc::new(Semaphore::new(MAX_HANDSHAKES));
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_RETRY).await;
            continue;
        };
        // Beyond the limit, close the connection.
        let Ok(permit) = Arc::clone(&handshakes).try_acquire_owned() else {
            continue;
        };
        let (auth, router) = (Arc::clone(&auth), Arc::clone(&router));
        connections.spawn(async move {
            let accepted = tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake(stream, &auth)).await;
            drop(permit);
            if let Ok(Some(worker)) = accepted {
                serve(worker, &router).await;
            }
        });
    }
}

type WorkerSocket = tokio_tungstenite::WebSocketStream<TcpStream>;

#[expect(
    clippy::result_large_err,
    reason = "tungstenite requires this signature"
)]
async fn handshake(stream: TcpStream, auth: &WorkerAuth) -> Option<WorkerSocket> {
    // Nagle's algorithm would delay frames.
    stream.set_nodelay(true).ok()?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES));
    let check = |request: &_, response| auth.check_handshake(request, response);
    accept_hdr_async_with_config(stream, check, Some(config))
        .await
        .ok()
}

/// Runs until the worker disconnects, another one connects, or the page is closed.
async fn serve(worker: WorkerSocket, router: &FrameRouter) {
    let (messages, mut queued) = mpsc::channel(MAX_QUEUED_MESSAGES);
    let connection = router.connect_worker(messages);
    let (mut sink, mut stream) = worker.split();
    let sending = async {
        while let Some(message) = queued.recv().await {
            if sink.send(message).await.is_err() {
                return;
            }
        }
    };
    let receiving = async {
        while let Some(Ok(message)) = stream.next().await {
            match message {
                Message::Binary(message) => {
                    if let Some((header, payload)) = FrameHeader::decode(message) {
                        router.send_to_links(header, &payload);
                    }
                }
                Message::Text(text) => {
                    // Messages that this version does not know are ignored.
                    if let Ok(FromWorker::Keyframe { stream }) = serde_json::from_str(&text) {
                        router.request_remote_keyframe(stream);
                    }
                }
                Message::Close(_) => return,
                _ => {}
            }
        }
    };
    tokio::select! {
        () = sending => {}
        () = receiving => {}
    }
    router.disconnect_worker(connection);
}
