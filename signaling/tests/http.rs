//! The web client, the health check, the metrics, and handshakes that are refused.

mod support;

use std::net::SocketAddr;

use support::{config, start};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Sends `request` and reads until the server closes the connection.
async fn request(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("accepts");
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut response = Vec::new();
    timeout(support::TIMEOUT, stream.read_to_end(&mut response))
        .await
        .expect("in time")
        .expect("answers");
    String::from_utf8_lossy(&response).into_owned()
}

fn get(path: &str, more_fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: maru.test\r\nConnection: close\r\n{more_fields}\r\n")
}

#[tokio::test]
async fn the_page_has_its_security_headers_and_can_be_revalidated() {
    let server = start(config());
    let page = request(server.address, &get("/r/%EC%A7%91", "")).await;
    assert!(
        page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("text/html"),
        "{page}"
    );
    for header in [
        "Content-Security-Policy: default-src 'none'",
        "Referrer-Policy: no-referrer",
        "nosniff",
    ] {
        assert!(page.contains(header), "{header}");
    }
    let etag = page
        .split("ETag: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next())
        .expect("an ETag");
    let conditional = get("/", &format!("If-None-Match: {etag}\r\n"));
    let unchanged = request(server.address, &conditional).await;
    assert!(unchanged.starts_with("HTTP/1.1 304 "), "{unchanged}");
    server.stop().await;
}

#[tokio::test]
async fn health_and_metrics_are_served() {
    let server = start(config());
    for (path, expected) in [
        ("/healthz", "\r\n\r\nok\n"),
        ("/metrics", "\nmaru_rooms 0\n"),
    ] {
        let response = request(server.address, &get(path, "")).await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.contains(expected), "{response}");
    }
    server.stop().await;
}

#[tokio::test]
async fn other_requests_are_refused_with_their_status() {
    let server = start(config());
    let unknown_path = get("/nothing", "");
    let no_handshake = get("/ws", "");
    let long_field = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(20_000));
    let cases: [(&str, u16); 5] = [
        (&unknown_path, 404),
        (&no_handshake, 426),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
            405,
        ),
        ("nonsense\r\n\r\n", 400),
        (&long_field, 431),
    ];
    for (text, status) in cases {
        let response = request(server.address, text).await;
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{status}: {response}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_connect() {
    let server = start(config());
    for (origin, status) in [("https://evil.test", 403), ("https://maru.test", 101)] {
        // An unknown version, so that the server closes the connection by itself.
        let handshake = format!(
            "GET /ws HTTP/1.1\r\nHost: maru.test\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade, close\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: maru.v9\r\n\r\n"
        );
        let response = request(server.address, &handshake).await;
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{origin}: {response}"
        );
    }
    server.stop().await;
}
