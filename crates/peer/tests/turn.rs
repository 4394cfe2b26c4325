//! Two of our peers that reach each other only through a real TURN server.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use maru_peer::{Config, ConnectionState, IceServer, Kind, Peer, ServerError};
use support::coturn::{Coturn, Over, PASSWORD, certify, say, talk, turn};
use support::{loopback, pair, soon};

async fn a_relayed_call(over: Over) {
    let server = Coturn::start(over).await;
    let (mut one, mut two) = pair(server.only(), server.only(), None).await;
    talk(&mut one, &mut two).await;
    for side in [&mut one, &mut two] {
        assert_eq!(side.unusable.try_recv().ok(), None);
    }
    one.close().await;
    two.close().await;
}

#[tokio::test]
async fn a_call_is_relayed_over_udp() {
    a_relayed_call(Over::Udp).await;
}

#[tokio::test]
async fn a_call_is_relayed_over_tcp() {
    a_relayed_call(Over::Tcp).await;
}

#[tokio::test]
async fn a_call_is_relayed_over_tls() {
    a_relayed_call(Over::Tls).await;
}

#[tokio::test]
async fn one_side_over_tls_reaches_another_over_udp_and_restarts() {
    let (tls, udp) = (
        Coturn::start(Over::Tls).await,
        Coturn::start(Over::Udp).await,
    );
    let (mut one, mut two) = pair(tls.only(), udp.only(), None).await;
    talk(&mut one, &mut two).await;
    two.ready();
    let before = *one.offers.borrow();
    one.peer.restart_ice().await;
    soon("the offer", one.offers.wait_for(|count| *count > before))
        .await
        .unwrap();
    say(&mut one, &mut two, "still here").await;
    assert_eq!(
        one.unusable.try_recv().ok(),
        None,
        "old connections end well"
    );
}

#[tokio::test]
async fn a_wrong_password_gives_no_call_and_holds_nothing_up() {
    for over in [Over::Tcp, Over::Tls] {
        let server = Coturn::start(over).await;
        let wrong = || Config {
            ice_servers: vec![turn(&server.url(), "not it")],
            ..server.only()
        };
        let (mut one, mut two) = pair(wrong(), wrong(), None).await;
        one.peer.add_track(Kind::Video).await.unwrap();
        one.ready();
        for side in [&mut one, &mut two] {
            let gathered = side.gathered.wait_for(|gathered| *gathered);
            soon("the end of gathering", gathered).await.unwrap();
            assert_eq!(*side.state.borrow(), ConnectionState::Connecting);
        }
        let closing = std::time::Instant::now();
        one.close().await;
        two.close().await;
        assert!(closing.elapsed() < Duration::from_secs(5));
    }
}

/// The fault told of `server` while the call itself comes about without it.
async fn fault(server: IceServer, extra_roots: Vec<bytes::Bytes>) -> ServerError {
    let url = server.urls[0].clone();
    let config = Config {
        ice_servers: vec![server],
        extra_roots,
        ..loopback()
    };
    let (mut one, mut two) = pair(config, loopback(), None).await;
    one.peer.add_track(Kind::Video).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    let (told, error) = soon("the fault", one.unusable.recv()).await.unwrap();
    assert_eq!(told, url);
    one.close().await;
    two.close().await;
    error
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_for_the_name() {
    let server = Coturn::start(Over::Tls).await;
    let entry = || turn(&server.url(), PASSWORD);
    let other = certify(&tempfile::tempdir().unwrap(), "127.0.0.1");
    let named = IceServer {
        urls: vec![server.url().replace("127.0.0.1", "localhost")],
        ..entry()
    };
    let faults = [
        fault(entry(), Vec::new()).await,
        fault(entry(), vec![other]).await,
        fault(named, vec![server.root.clone()]).await,
        fault(entry(), vec![b"no certificate".as_slice().into()]).await,
    ];
    for fault in faults {
        assert!(matches!(fault, ServerError::Tls(_)), "{fault:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_none_is_told_and_costs_only_itself() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let refused = fault(
        turn(&format!("turn:127.0.0.1:{port}?transport=tcp"), PASSWORD),
        Vec::new(),
    );
    assert_eq!(
        refused.await,
        ServerError::Connection(ErrorKind::ConnectionRefused)
    );

    let web = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = web.local_addr().unwrap().port();
    let page = std::thread::spawn(move || {
        let mut client = web.accept().unwrap().0;
        client
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        let mut asked = Vec::new();
        client.read_to_end(&mut asked).unwrap_or_default();
    });
    let garbled = fault(
        turn(&format!("turn:127.0.0.1:{port}?transport=tcp"), PASSWORD),
        Vec::new(),
    );
    assert_eq!(garbled.await, ServerError::NotTurn);
    page.join().unwrap();

    let unknown = turn("turns:no-such-host.invalid", PASSWORD);
    assert_eq!(fault(unknown, Vec::new()).await, ServerError::Name);
}

#[tokio::test]
async fn entries_that_cannot_be_used_are_told_by_kind() {
    let bare = |url: &str| IceServer {
        urls: vec![url.into()],
        ..IceServer::default()
    };
    let mut servers = vec![
        bare("nonsense"),
        bare("turn:127.0.0.1:9"),
        turn("turns:127.0.0.1:9?transport=udp", PASSWORD),
        bare("stuns:127.0.0.1:9"),
        turn("turn:[::1]:9?transport=tcp", PASSWORD),
    ];
    servers.extend((0..8).map(|index| turn(&format!("turn:127.0.0.{index}:9"), PASSWORD)));
    let config = Config {
        ice_servers: servers,
        ..loopback()
    };
    let (one, mut events) = Peer::new(config).await.unwrap();
    one.close().await;
    let mut told = Vec::new();
    while let Some(event) = events.next().await {
        if let maru_peer::Event::ServerUnusable { error, from, .. } = event {
            assert_eq!(from, None);
            told.push(error);
        }
    }
    let expected = [
        ServerError::Url,
        ServerError::Credentials,
        ServerError::Unsupported,
        ServerError::Unsupported,
        ServerError::TooMany,
    ];
    assert_eq!(told, expected);
}
