//! The few things served over HTTP/1.1 (RFC 9112): the web client, `/healthz`, `/metrics`, and the WebSocket
//! handshake (RFC 6455 §4.2). GET and HEAD only, no request bodies.
//!
//! Read with `httparse` rather than a server framework: every client of a reconnect storm passes through
//! here, and a framework's buffers and services would cost more than everything else a join needs.

use std::{sync::Arc, time::Duration};

use maru_protocol::{ErrorCode, SUBPROTOCOL};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{
    address_limit::AddressPermit,
    assets::{self, Encoding},
    connection, origin,
    state::ServerState,
};

/// Longest request head.
const HEAD_BYTES: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;
/// A head has to arrive within this time, and a kept connection to ask again.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the other side has to close after our last answer.
const LINGER: Duration = Duration::from_secs(1);

/// The parts of a request that matter here.
#[derive(Debug, Default)]
struct Request {
    get: bool,
    head: bool,
    path: String,
    host: Option<String>,
    origin: Option<String>,
    key: Option<String>,
    upgrade: bool,
    version: bool,
    protocols: Vec<String>,
    body: bool,
    close: bool,
    encoding: Encoding,
    if_none_match: Option<String>,
}

enum Parsed {
    Incomplete,
    Bad,
    Whole(Box<Request>, usize),
}

/// Serves one TCP connection until it becomes a WebSocket, closes, or asks for too much.
pub(crate) async fn serve(state: Arc<ServerState>, mut stream: TcpStream, permit: AddressPermit) {
    // A signal is a small message that somebody waits for.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let mut received = Vec::new();
    loop {
        let request = match timeout(PATIENCE, read_head(&mut stream, &mut received)).await {
            Ok(Some(Parsed::Whole(request, length))) => {
                received.drain(..length);
                request
            }
            Ok(Some(Parsed::Bad)) => {
                respond(
                    &mut stream,
                    "400 Bad Request",
                    "text/plain",
                    b"bad request\n",
                    true,
                    &[],
                )
                .await;
                return;
            }
            Ok(Some(Parsed::Incomplete)) => {
                let status = "431 Request Header Fields Too Large";
                respond(&mut stream, status, "text/plain", b"too large\n", true, &[]).await;
                return linger(stream).await;
            }
            Ok(None) | Err(_) => return,
        };
        let path = request.path.split('?').next().unwrap_or_default();
        if path == "/ws" {
            return upgrade(state, stream, permit, &request, received).await;
        }
        let close = request.close || state.is_draining() || !permit.is_within_limit();
        if !answer(&state, &mut stream, &request, close).await || close {
            return linger(stream).await;
        }
    }
}

/// Closes without losing the answer: a socket closed with unread input resets the connection, and the other
/// side may drop what it has not read yet (RFC 9112 §9.6).
async fn linger(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let _ = timeout(LINGER, async {
        let mut chunk = [0; 2048];
        while matches!(stream.read(&mut chunk).await, Ok(1..)) {}
    })
    .await;
}

async fn read_head(stream: &mut TcpStream, received: &mut Vec<u8>) -> Option<Parsed> {
    loop {
        match parse(received) {
            Parsed::Incomplete if received.len() < HEAD_BYTES => {}
            parsed => return Some(parsed),
        }
        // On the stack of this short-lived future; a client that stays never keeps it.
        let mut chunk = [0; 2048];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => received.extend_from_slice(&chunk[..read]),
        }
    }
}

fn parse(bytes: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut raw = httparse::Request::new(&mut headers);
    let length = match raw.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Parsed::Incomplete,
        Err(_) => return Parsed::Bad,
    };
    let mut request = Request {
        get: raw.method == Some("GET"),
        head: raw.method == Some("HEAD"),
        path: raw.path.unwrap_or_default().to_owned(),
        close: raw.version == Some(0),
        ..Request::default()
    };
    for header in raw.headers.iter() {
        let Ok(value) = std::str::from_utf8(header.value) else {
            continue;
        };
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let lists = |token: &str| {
            value
                .split(',')
                .any(|item| item.trim().eq_ignore_ascii_case(token))
        };
        if is("host") {
            request.host = Some(value.to_owned());
        } else if is("origin") {
            request.origin = Some(value.to_owned());
        } else if is("upgrade") {
            request.upgrade = lists("websocket");
        } else if is("sec-websocket-key") {
            request.key = Some(value.trim().to_owned());
        } else if is("sec-websocket-version") {
            request.version = value.trim() == "13";
        } else if is("sec-websocket-protocol") {
            request
                .protocols
                .extend(value.split(',').map(|item| item.trim().to_owned()));
        } else if is("connection") {
            request.close |= lists("close");
        } else if is("transfer-encoding") || (is("content-length") && value.trim() != "0") {
            request.body = true;
        } else if is("accept-encoding") {
            request.encoding = Encoding::choose(value);
        } else if is("if-none-match") {
            request.if_none_match = Some(value.to_owned());
        }
    }
    Parsed::Whole(Box::new(request), length)
}

/// False when the connection cannot go on.
async fn answer(
    state: &ServerState,
    stream: &mut TcpStream,
    request: &Request,
    close: bool,
) -> bool {
    if request.body || !(request.get || request.head) {
        let allow = [("Allow", "GET, HEAD".to_owned())];
        respond(
            stream,
            "405 Method Not Allowed",
            "text/plain",
            b"GET and HEAD only\n",
            true,
            &allow,
        )
        .await;
        return false;
    }
    let path = request.path.split('?').next().unwrap_or_default();
    let bodyless = request.head;
    let text = "text/plain; charset=utf-8";
    let (status, kind, body): (&str, &str, Vec<u8>) = match path {
        "/healthz" if state.is_draining() => {
            ("503 Service Unavailable", text, b"shutting down\n".to_vec())
        }
        "/healthz" => ("200 OK", text, b"ok\n".to_vec()),
        "/metrics" => {
            let body = state.metrics.render(state.gauges());
            (
                "200 OK",
                "text/plain; version=0.0.4; charset=utf-8",
                body.into_bytes(),
            )
        }
        _ => return asset(stream, request, path, close).await,
    };
    let cache = [
        ("Cache-Control", "no-store".to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
    ];
    write(stream, status, kind, &body, bodyless, close, &cache).await
}

async fn asset(stream: &mut TcpStream, request: &Request, path: &str, close: bool) -> bool {
    let Some(found) = assets::find(path, request.encoding) else {
        let nosniff = [("X-Content-Type-Options", "nosniff".to_owned())];
        let body = b"not found\n";
        return write(
            stream,
            "404 Not Found",
            "text/plain",
            body,
            request.head,
            close,
            &nosniff,
        )
        .await;
    };
    let mut headers = vec![
        ("Cache-Control", found.cache.to_owned()),
        ("ETag", found.etag.to_owned()),
        ("Vary", "Accept-Encoding".to_owned()),
    ];
    if let Some(encoding) = found.encoding {
        headers.push(("Content-Encoding", encoding.to_owned()));
    }
    headers.extend(assets::security_headers(request.host.as_deref()));
    let unchanged = request
        .if_none_match
        .as_deref()
        .is_some_and(|known| known.split(',').any(|e| e.trim() == found.etag));
    if unchanged {
        return write(
            stream,
            "304 Not Modified",
            found.kind,
            b"",
            true,
            close,
            &headers,
        )
        .await;
    }
    write(
        stream,
        "200 OK",
        found.kind,
        found.body,
        request.head,
        close,
        &headers,
    )
    .await
}

async fn upgrade(
    state: Arc<ServerState>,
    mut stream: TcpStream,
    permit: AddressPermit,
    request: &Request,
    early: Vec<u8>,
) {
    let plain = "text/plain; charset=utf-8";
    let Some(key) = request
        .key
        .as_deref()
        .filter(|_| request.get && request.upgrade && !request.body)
    else {
        let upgrade = [
            ("Upgrade", "websocket".to_owned()),
            ("Connection", "Upgrade, close".to_owned()),
        ];
        let body = b"this is a WebSocket endpoint\n";
        write(
            &mut stream,
            "426 Upgrade Required",
            plain,
            body,
            request.head,
            true,
            &upgrade,
        )
        .await;
        return;
    };
    if !request.version {
        let version = [("Sec-WebSocket-Version", "13".to_owned())];
        respond(
            &mut stream,
            "426 Upgrade Required",
            plain,
            b"version 13 only\n",
            true,
            &version,
        )
        .await;
        return;
    }
    if !origin::allowed(
        request.origin.as_deref(),
        request.host.as_deref(),
        &state.config.allow_origins,
    ) {
        respond(
            &mut stream,
            "403 Forbidden",
            plain,
            b"this origin may not connect\n",
            true,
            &[],
        )
        .await;
        return;
    }
    let speaks = request
        .protocols
        .iter()
        .any(|protocol| protocol == SUBPROTOCOL);
    let protocol = if speaks {
        format!("Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n")
    } else {
        String::new()
    };
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n{protocol}\r\n",
        derive_accept_key(key.as_bytes())
    );
    if stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    // From here on refusals are typed errors on the socket: a browser shows a page nothing of a failed
    // handshake but "failed".
    let refusal = if !speaks {
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
    };
    let client = connection::spawn(&state, stream, permit, early);
    if let Some((code, message)) = refusal {
        state.metrics.count_error(code);
        client.close_with_error(state.now(), code, message);
    }
}

async fn respond(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    body: &[u8],
    close: bool,
    headers: &[(&str, String)],
) {
    write(stream, status, kind, body, false, close, headers).await;
}

async fn write(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    body: &[u8],
    bodyless: bool,
    close: bool,
    headers: &[(&str, String)],
) -> bool {
    use std::fmt::Write as _;
    let mut head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n");
    if !status.starts_with("304") {
        let _ = write!(head, "Content-Length: {}\r\n", body.len());
    }
    if close {
        head.push_str("Connection: close\r\n");
    }
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    if !bodyless {
        bytes.extend_from_slice(body);
    }
    matches!(
        timeout(PATIENCE * 3, stream.write_all(&bytes)).await,
        Ok(Ok(()))
    )
}
