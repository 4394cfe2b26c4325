//! Accepts the worker and moves its messages.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

use super::{FromPage, Gate, Header, MAX_MESSAGE};
use crate::hub::Hub;

/// A handshake takes a page milliseconds; whoever takes longer is not one.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// Strangers in the handshake at once.
const MAX_GUESTS: usize = 8;
/// Messages waiting for the worker: two seconds of one picture, a quarter of seven.
const MAX_WAITING: usize = 64;

/// The listening socket. Dropping it ends every connection.
#[derive(Debug)]
pub(crate) struct MediaSocket {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl MediaSocket {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) async fn open(gate: Arc<Gate>, hub: Arc<Hub>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, gate, hub));
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

async fn accept(listener: TcpListener, gate: Arc<Gate>, hub: Arc<Hub>) {
    let mut pages = tokio::task::JoinSet::new();
    let guests = Arc::new(Semaphore::new(MAX_GUESTS));
    loop {
        while pages.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: whatever ends next gives one back.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        // Beyond the limit they are let go unheard.
        let Ok(place) = Arc::clone(&guests).try_acquire_owned() else {
            continue;
        };
        let (gate, hub) = (Arc::clone(&gate), Arc::clone(&hub));
        pages.spawn(async move {
            let admitted = tokio::time::timeout(HANDSHAKE, handshake(stream, &gate)).await;
            drop(place);
            if let Ok(Some(page)) = admitted {
                serve(page, &hub).await;
            }
        });
    }
}

type Page = tokio_tungstenite::WebSocketStream<TcpStream>;

#[expect(
    clippy::result_large_err,
    reason = "the shape that tungstenite asks for"
)]
async fn handshake(stream: TcpStream, gate: &Gate) -> Option<Page> {
    // Frames are small and late ones are worthless.
    stream.set_nodelay(true).ok()?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let check = |request: &_, response| gate.answer(request, response);
    accept_hdr_async_with_config(stream, check, Some(config))
        .await
        .ok()
}

/// Until the page goes, or another one comes in its place.
async fn serve(page: Page, hub: &Arc<Hub>) {
    let (outbox, mut waiting) = mpsc::channel(MAX_WAITING);
    let seat = hub.page_came(outbox);
    let (mut sink, mut stream) = page.split();
    let sending = async {
        while let Some(message) = waiting.recv().await {
            if sink.send(message).await.is_err() {
                return;
            }
        }
    };
    let receiving = async {
        while let Some(Ok(message)) = stream.next().await {
            match message {
                Message::Binary(message) => {
                    if let Some((header, payload)) = Header::split(message) {
                        hub.frame_of_page(header, &payload);
                    }
                }
                Message::Text(text) => {
                    // What another version says and this one does not know is left alone.
                    if let Ok(FromPage::Keyframe { stream }) = serde_json::from_str(text.as_str()) {
                        hub.page_wants_keyframe(stream);
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
    hub.page_went(seat);
}
