//! HTTP/1.1 (RFC 9112): the web client, `/healthz`, `/metrics`, and the WebSocket handshake (RFC 6455 §4.2). GET and
//! HEAD only, no request bodies.
//!
//! Requests are parsed with `httparse`. A server framework was rejected: every client of a reconnect storm passes
//! through here, and a framework's buffers and services cost more than everything else that a join needs.

mod assets;
mod origin;
mod pages;
mod request;
mod response;
mod security_headers;
mod upgrade;

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{address_limit::AddressPermit, state::ServerState};
use request::{Method, ReadError};
use response::Response;

/// Time for a request header to arrive, also on a persistent connection after the previous response.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// Time for the client to close its side after the last response.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves one TCP connection until it becomes a WebSocket or closes.
pub(crate) async fn serve(state: Arc<ServerState>, mut stream: TcpStream, permit: AddressPermit) {
    // Signals are small messages and latency matters: send them without waiting for more bytes.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let mut received = Vec::new();
    loop {
        let read = request::read(&mut stream, &mut received);
        let request = match timeout(HEADER_TIMEOUT, read).await {
            Ok(Ok(request)) => request,
            Ok(Err(ReadError::Malformed)) => {
                let response = Response::text("400 Bad Request", "bad request\n");
                response.write(&mut stream, false, true).await;
                return;
            }
            Ok(Err(ReadError::TooLarge)) => {
                let status = "431 Request Header Fields Too Large";
                let response = Response::text(status, "too large\n");
                response.write(&mut stream, false, true).await;
                return lingering_close(stream).await;
            }
            Ok(Err(ReadError::Closed)) | Err(_) => return,
        };
        if request.path() == "/ws" {
            return upgrade::upgrade(&state, stream, permit, &request, received).await;
        }
        if request.has_body || request.method == Method::Other {
            let response = Response::text("405 Method Not Allowed", "GET and HEAD only\n")
                .with("Allow", "GET, HEAD");
            response.write(&mut stream, false, true).await;
            return lingering_close(stream).await;
        }
        let response = pages::respond(&state, &request);
        let close = request.close || state.is_draining() || !permit.is_within_limit();
        let head_only = request.method == Method::Head;
        if !response.write(&mut stream, head_only, close).await || close {
            return lingering_close(stream).await;
        }
    }
}

/// Closes without losing the response: closing a socket with unread input resets the connection, and the client may
/// drop what it has not read yet (RFC 9112 §9.6).
async fn lingering_close(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let _ = timeout(LINGER_TIMEOUT, async {
        let mut chunk = [0; 2048];
        while matches!(stream.read(&mut chunk).await, Ok(1..)) {}
    })
    .await;
}
