//! The orderly end, and what is refused on the way in.

mod support;

use std::time::Duration;

use support::{config, start};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

#[tokio::test]
async fn a_server_that_ends_tells_its_clients_to_come_back() {
    let server = start(config());
    let (mut a, _) = server.joined("daily", "A").await;
    let address = server.address;
    let ending = tokio::spawn(server.stop());
    a.expect_error("shutting-down").await;
    assert_eq!(a.closed().await, 1012);
    ending.await.expect("ends");
    assert!(
        TcpStream::connect(address).await.is_err(),
        "it no longer listens"
    );
}

#[tokio::test]
async fn a_client_that_never_joins_is_not_kept() {
    let mut config = config();
    config.timeouts.join = Duration::from_millis(100);
    let server = start(config);
    let mut idle = server.connect().await;
    idle.expect_error("timed-out").await;
    assert_eq!(idle.closed().await, 4408);
    server
        .until("it is gone", |state| state.gauges().connections == 0)
        .await;
    server.stop().await;
}

#[tokio::test]
async fn the_server_has_only_so_many_places() {
    let mut config = config();
    config.max_connections = 1;
    let server = start(config);
    let _first = server.connect().await;
    let mut second = server.connect().await;
    second.expect_error("server-full").await;
    assert_eq!(second.closed().await, 1013);
    server.stop().await;
}

async fn ask(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("accepts");
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut answer = Vec::new();
    timeout(support::PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("in time")
        .expect("answers");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn the_pages_are_served_with_their_headers() {
    let server = start(config());
    let get = |path: &str, more: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: maru.test\r\nConnection: close\r\n{more}\r\n")
    };
    let page = ask(server.address, &get("/r/%EC%A7%91", "")).await;
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
    let unchanged = ask(
        server.address,
        &get("/", &format!("If-None-Match: {etag}\r\n")),
    )
    .await;
    assert!(unchanged.starts_with("HTTP/1.1 304 "), "{unchanged}");
    assert!(
        ask(server.address, &get("/healthz", ""))
            .await
            .ends_with("\r\n\r\nok\n")
    );
    assert!(
        ask(server.address, &get("/metrics", ""))
            .await
            .contains("\nmaru_rooms 0\n")
    );
    assert!(
        ask(server.address, &get("/nothing", ""))
            .await
            .starts_with("HTTP/1.1 404 ")
    );
    assert!(
        ask(server.address, &get("/ws", ""))
            .await
            .starts_with("HTTP/1.1 426 ")
    );
    let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    assert!(ask(server.address, post).await.starts_with("HTTP/1.1 405 "));
    assert!(
        ask(server.address, "nonsense\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 400 ")
    );
    let endless = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(20_000));
    assert!(
        ask(server.address, &endless)
            .await
            .starts_with("HTTP/1.1 431 ")
    );
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_another_origin_may_not_connect() {
    let server = start(config());
    let handshake = |origin: &str| {
        format!(
            "GET /ws HTTP/1.1\r\nHost: maru.test\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade, close\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: maru.v9\r\n\r\n"
        )
    };
    assert!(
        ask(server.address, &handshake("https://evil.test"))
            .await
            .starts_with("HTTP/1.1 403 ")
    );
    assert!(
        ask(server.address, &handshake("https://maru.test"))
            .await
            .starts_with("HTTP/1.1 101 ")
    );
    server.stop().await;
}
