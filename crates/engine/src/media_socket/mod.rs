//! The WebSocket server on the loopback interface that carries encoded video between the page's worker and the engine.
//!
//! Not Tauri's IPC: with messages of 16 KB that moves 91 MB/s at 0.36 ms per call, a WebSocket 546 MB/s up and 264 MB/s
//! down, and a worker can open it (decision 0041). Any local program can connect to a loopback port, so `auth` checks the
//! handshake.

mod auth;
mod server;

pub(crate) use auth::WorkerAuth;
pub(crate) use server::MediaSocket;

use serde::Serialize;

/// What a page needs to connect to the media socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaEndpoint {
    /// `ws://127.0.0.1:<port>/`.
    pub media_url: String,
    /// Second subprotocol of the handshake, after `maru-media.v1`. Revoked by the next
    /// [`Engine::open`](crate::Engine::open).
    pub token: String,
}
