//! Two peers that reach each other only through a real TURN server.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use maru_peer::{Config, ConnectionState, IceServer, Kind, Peer, ServerError};
use support::coturn::{Coturn, Over, PASSWORD, certify, send_text, talk, turn};
use support::{channel, loopback, pair, soon, waiting_time};

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
async fn both_peers_know_that_a_path_is_relayed_by_one_of_them() {
    let server = Coturn::start(Over::Udp).await;
    let data_only = |config: Config| Config {
        media: false,
        ..config
    };
    let (mut one, mut two) = pair(data_only(server.only()), data_only(loopback()), None).await;
    let ours = one.peer.create_channel(channel("maru")).await.unwrap();
    one.ready();
    soon("the channel", ours.opened()).await.unwrap();
    for side in [&mut one, &mut two] {
        side.reaches(ConnectionState::Connected).await;
        let path = side.peer.stats().await.path;
        assert!(path.relayed, "{path:?}");
    }
}

#[tokio::test]
async fn one_peer_over_tls_reaches_one_over_udp_and_restarts_ice() {
    let (tls, udp) = (
        Coturn::start(Over::Tls).await,
        Coturn::start(Over::Udp).await,
    );
    let (mut one, mut two) = pair(tls.only(), udp.only(), None).await;
    talk(&mut one, &mut two).await;
    two.ready();
    let before = *one.offers.borrow();
    one.restart_ice();
    soon("the offer", one.offers.wait_for(|count| *count > before))
        .await
        .unwrap();
    send_text(&mut one, &mut two, "still connected").await;
    assert_eq!(
        one.unusable.try_recv().ok(),
        None,
        "old connections end without an error"
    );
}

#[tokio::test]
async fn a_wrong_password_gives_no_candidate_and_does_not_delay_gathering_or_closing() {
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
        let closing = async {
            one.close().await;
            two.close().await;
        };
        let waited = waiting_time(closing).await;
        assert!(waited < Duration::from_secs(3), "{waited:?}");
    }
}

/// The error reported for `server`, while a call is established without it.
async fn error_of(server: IceServer, extra_roots: Vec<bytes::Bytes>) -> ServerError {
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
    let (reported, error) = soon("the error", one.unusable.recv()).await.unwrap();
    assert_eq!(reported, url);
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
    let errors = [
        error_of(entry(), Vec::new()).await,
        error_of(entry(), vec![other]).await,
        error_of(named, vec![server.root.clone()]).await,
        error_of(entry(), vec![b"no certificate".as_slice().into()]).await,
    ];
    for error in errors {
        assert!(matches!(error, ServerError::Tls(_)), "{error:?}");
    }
}

#[tokio::test]
async fn an_unusable_server_is_reported_and_the_call_works_without_it() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let refused = error_of(
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
        let mut request = Vec::new();
        client.read_to_end(&mut request).unwrap_or_default();
    });
    let not_turn = error_of(
        turn(&format!("turn:127.0.0.1:{port}?transport=tcp"), PASSWORD),
        Vec::new(),
    );
    assert_eq!(not_turn.await, ServerError::NotTurn);
    page.join().unwrap();

    let unknown = turn("turns:no-such-host.invalid", PASSWORD);
    assert_eq!(error_of(unknown, Vec::new()).await, ServerError::Name);
}

#[tokio::test]
async fn each_kind_of_unusable_entry_is_reported() {
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
    let mut reported = Vec::new();
    while let Some(event) = events.next().await {
        if let maru_peer::Event::ServerUnusable { error, from, .. } = event {
            assert_eq!(from, None);
            reported.push(error);
        }
    }
    let expected = [
        ServerError::Url,
        ServerError::Credentials,
        ServerError::Unsupported,
        ServerError::Unsupported,
        ServerError::TooMany,
    ];
    assert_eq!(reported, expected);
}
