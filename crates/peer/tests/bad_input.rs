//! Invalid input from outside gives an error or is ignored; the connection goes on.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};

use maru_peer::IceServer;
use maru_peer::{Candidate, ChannelOptions, ConnectionState, Error, Kind, Peer};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use support::{Route, frame, loopback, outgoing, pair, soon, write};

fn candidate(line: &str) -> Candidate {
    Candidate {
        candidate: line.into(),
        mid: Some("0".into()),
        line: Some(0),
    }
}

#[tokio::test]
async fn invalid_descriptions_and_early_candidates_are_refused() {
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    peer.add_track(Kind::Video).await.unwrap();
    for sdp in [
        "",
        "v=0",
        "nonsense\r\n",
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 x 1\r\n",
    ] {
        let refused = peer.apply_offer(sdp).await;
        assert!(matches!(refused, Err(Error::Description(_))), "{sdp:?}");
    }
    let offer = peer.create_offer(false).await.unwrap();
    let (other, _events) = Peer::new(loopback()).await.unwrap();
    let refused = other.apply_answer(&offer).await;
    assert_eq!(refused, Err(Error::NoOfferPending));
    assert_eq!(other.roll_back().await, Err(Error::NoOfferPending));
    assert_eq!(peer.create_offer(false).await, Err(Error::OfferPending));
    for _ in 0..64 {
        peer.add_candidate(candidate("candidate:1 1 udp 1 10.0.0.1 9 typ host"))
            .await
            .unwrap();
    }
    assert_eq!(
        peer.add_candidate(candidate("")).await,
        Err(Error::TooManyCandidates)
    );
}

#[tokio::test]
async fn an_offer_stays_pending_after_an_answer_that_is_no_sdp_and_can_be_rolled_back() {
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    peer.add_track(Kind::Video).await.unwrap();
    for sdp in ["v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n", "nonsense"] {
        peer.create_offer(false).await.unwrap();
        let refused = peer.apply_answer(sdp).await;
        assert!(matches!(refused, Err(Error::Description(_))), "{refused:?}");
        assert_eq!(peer.create_offer(false).await, Err(Error::OfferPending));
        peer.roll_back().await.unwrap();
    }
    peer.create_offer(false).await.unwrap();
}

#[tokio::test]
async fn invalid_candidates_do_not_disturb_a_call() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    let junk = [
        "candidate:1 1 udp",
        "x",
        "candidate:1 1 udp 1 nowhere 70000 typ host",
        "candidate:1 1 udp 1 ::1 5 typ wonder",
    ];
    for line in junk {
        assert!(
            matches!(
                two.peer.add_candidate(candidate(line)).await,
                Err(Error::Candidate(_))
            ),
            "{line}"
        );
    }
    two.peer.add_candidate(candidate("")).await.unwrap();
    two.peer
        .add_candidate(candidate(
            "candidate:1 1 udp 1 7c5dd8b2-0000-4000-8000-000000000000.local 9 typ host",
        ))
        .await
        .unwrap();
    write(&camera, frame(0, true, 3000), 0).await;
    let mut video = soon("the track", two.tracks.recv()).await.unwrap();
    soon("the frame", video.recv()).await.unwrap();
}

#[tokio::test]
async fn junk_datagrams_do_not_disturb_a_call() {
    let addresses: Arc<Mutex<Vec<std::net::SocketAddr>>> = Arc::default();
    let seen = Arc::clone(&addresses);
    let route: Route = Arc::new(move |candidate| {
        let fields: Vec<&str> = candidate.candidate.split(' ').collect();
        seen.lock()
            .unwrap()
            .extend(format!("{}:{}", fields[4], fields[5]).parse::<std::net::SocketAddr>());
        Some(candidate)
    });
    let (mut one, mut two) = pair(loopback(), loopback(), Some(route)).await;
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    write(&camera, frame(0, true, 3000), 0).await;
    let mut video = soon("the track", two.tracks.recv()).await.unwrap();
    soon("the frame", video.recv()).await.unwrap();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let datagram = prop::collection::vec(any::<u8>(), 0..1500);
    // In small amounts between frames: a flood would only overflow the kernel's buffer.
    for index in 1..40u32 {
        for round in 0..50 {
            let mut junk = datagram.new_tree(&mut runner).unwrap().current();
            if let Some(first) = junk.first_mut() {
                // Every class of RFC 7983: STUN, DTLS, TURN channels, RTP.
                *first = [0, 1, 20, 22, 63, 64, 127, 128, 144, 191, 200][round % 11];
            }
            for address in addresses.lock().unwrap().iter() {
                let _ = socket.send_to(&junk, address);
            }
        }
        write(&camera, frame(index, false, 3000), 3000 * index).await;
        let got = soon("a frame", video.recv()).await.unwrap();
        assert_eq!(support::index_of(&got.data), index);
    }
    assert_eq!(*one.state.borrow(), ConnectionState::Connected);
}

#[tokio::test]
async fn options_out_of_range_are_refused() {
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    for options in [
        ChannelOptions {
            label: String::new(),
            negotiated: None,
            ordered: true,
        },
        ChannelOptions {
            label: "x".repeat(65),
            negotiated: None,
            ordered: true,
        },
        ChannelOptions {
            label: "x".into(),
            negotiated: Some(u16::MAX),
            ordered: true,
        },
        ChannelOptions {
            label: "x".into(),
            negotiated: None,
            ordered: false,
        },
    ] {
        assert_eq!(
            peer.create_channel(options).await.map(|_| ()),
            Err(Error::ChannelOptions)
        );
    }
    let track = peer.add_track(Kind::Video).await.unwrap();
    for size in [0, (1 << 20) + 1] {
        let frame = outgoing(vec![0; size].into(), 0);
        assert_eq!(track.write(frame).await, Err(Error::FrameSize(size)));
    }
}

#[tokio::test]
async fn unusable_servers_do_not_prevent_a_call() {
    let server = |url: &str, credential: Option<&str>| IceServer {
        urls: vec![url.into()],
        username: credential.map(str::to_owned),
        credential: credential.map(str::to_owned),
    };
    let servers = vec![
        server("nonsense", None),
        server("stun:", None),
        server("turn:127.0.0.1:9", None),
        server("turn:127.0.0.1:9?transport=tcp", Some("x")),
        server("turns:127.0.0.1:9", Some("x")),
        server("http://127.0.0.1/", Some("x")),
    ];
    let config = || maru_peer::Config {
        ice_servers: servers.clone(),
        ..loopback()
    };
    let (mut one, mut two) = pair(config(), config(), None).await;
    one.peer.add_track(Kind::Video).await.unwrap();
    one.peer.set_ice_servers(&servers).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
}
