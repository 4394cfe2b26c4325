//! The baseline: a WebSocket echo in the simplest form with tokio-tungstenite.

use std::{io, net::SocketAddr};

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpSocket;
use tokio_tungstenite::{accept_async_with_config, tungstenite::protocol::WebSocketConfig};

/// A storm must not wait for SYN retries.
const BACKLOG: u32 = 4096;

/// Returns every message, until the process ends.
///
/// # Errors
/// Listening on the address failed.
pub async fn run(listen: SocketAddr) -> io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(listen)?;
    let listener = socket.listen(BACKLOG)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        tokio::spawn(async move {
            stream.set_nodelay(true).ok()?;
            // The default of 128 KiB would cost 140 KB per client without a benefit here.
            let config = WebSocketConfig::default().read_buffer_size(4096);
            let mut socket = accept_async_with_config(stream, Some(config)).await.ok()?;
            while let Some(Ok(message)) = socket.next().await {
                if message.is_text() {
                    socket.send(message).await.ok()?;
                }
            }
            Some(())
        });
    }
}
