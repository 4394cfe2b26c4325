//! The WebSocket handshake (RFC 6455 §4.2).

use std::sync::Arc;

use maru_protocol::{ErrorCode, SUBPROTOCOL};
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{
    origin,
    request::{Method, Request},
    response::Response,
};
use crate::{address_limit::AddressPermit, connection, state::ServerState};

/// Completes the handshake and starts the connection, or refuses. `early_data` are the bytes after the request.
pub(super) async fn upgrade(
    state: &Arc<ServerState>,
    mut stream: TcpStream,
    permit: AddressPermit,
    request: &Request,
    early_data: Vec<u8>,
) {
    let key = match check(request, &state.config.allow_origins) {
        Ok(key) => key,
        Err(response) => {
            let head_only = request.method == Method::Head;
            response.write(&mut stream, head_only, true).await;
            return;
        }
    };
    let is_version_known = request
        .websocket_protocols
        .iter()
        .any(|protocol| protocol == SUBPROTOCOL);
    let response = switching_protocols(key, is_version_known);
    if stream.write_all(response.as_bytes()).await.is_err() {
        return;
    }
    let refusal = refusal(state, &permit, is_version_known);
    let client = connection::spawn(state, stream, permit, early_data);
    if let Some((code, message)) = refusal {
        state.metrics.count_error(code);
        client.close_with_error(state.now(), code, message);
    }
}

/// The `Sec-WebSocket-Key`, or the response to an invalid handshake.
fn check<'a>(request: &'a Request, allow_origins: &[String]) -> Result<&'a str, Response> {
    let is_upgrade =
        request.method == Method::Get && request.upgrade_to_websocket && !request.has_body;
    let Some(key) = request.websocket_key.as_deref().filter(|_| is_upgrade) else {
        let response = Response::text("426 Upgrade Required", "this is a WebSocket endpoint\n")
            .with("Upgrade", "websocket")
            .with("Connection", "Upgrade, close");
        return Err(response);
    };
    if !request.is_websocket_version_13 {
        let response = Response::text("426 Upgrade Required", "version 13 only\n")
            .with("Sec-WebSocket-Version", "13");
        return Err(response);
    }
    let (origin, host) = (request.origin.as_deref(), request.host.as_deref());
    if !origin::is_allowed(origin, host, allow_origins) {
        let response = Response::text("403 Forbidden", "this origin may not connect\n");
        return Err(response);
    }
    Ok(key)
}

fn switching_protocols(key: &str, is_version_known: bool) -> String {
    let protocol = if is_version_known {
        format!("Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n")
    } else {
        String::new()
    };
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n{protocol}\r\n",
        derive_accept_key(key.as_bytes())
    )
}

/// Why a client with a valid handshake is refused. It is sent as an error on the WebSocket, since a browser does not
/// show a page the HTTP status of a failed handshake.
fn refusal(
    state: &ServerState,
    permit: &AddressPermit,
    is_version_known: bool,
) -> Option<(ErrorCode, &'static str)> {
    if !is_version_known {
        Some((ErrorCode::UnsupportedVersion, "this server speaks maru.v1"))
    } else if state.is_draining() {
        Some((ErrorCode::ShuttingDown, "the server is going away"))
    } else if !permit.is_within_limit() {
        Some((
            ErrorCode::TooManyConnections,
            "too many connections from this address",
        ))
    } else if state.is_full() {
        Some((
            ErrorCode::ServerFull,
            "the server has as many connections as it may",
        ))
    } else {
        None
    }
}
