//! What a peer sends to addresses that the other side has made up. Virtual time, real sockets.
#![allow(clippy::unwrap_used)]

mod support;

use std::net::UdpSocket;
use std::time::Duration;

use maru_peer::{Candidate, Description, DescriptionKind, Peer};
use support::{loopback, soon};

const CANDIDATES: usize = 400;
/// Longer than ICE looks for a path.
const SECONDS: u64 = 30;

/// Somebody who asked for nothing, at as many ports as candidates are told.
struct Victim(Vec<UdpSocket>);

impl Victim {
    fn listen() -> Self {
        let listen = || {
            let socket = UdpSocket::bind("127.0.0.2:0").unwrap();
            socket.set_nonblocking(true).unwrap();
            socket
        };
        Self((0..CANDIDATES).map(|_| listen()).collect())
    }

    fn candidates(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|socket| {
                let port = socket.local_addr().unwrap().port();
                format!("candidate:1 1 udp 2122260223 127.0.0.2 {port} typ host")
            })
            .collect()
    }

    /// How many datagrams came since the last time.
    fn count(&self) -> usize {
        let mut buffer = [0; 2048];
        self.0
            .iter()
            .map(|socket| std::iter::from_fn(|| socket.recv(&mut buffer).ok()).count())
            .sum()
    }
}

/// The offer of somebody who then only tells candidates.
async fn offer() -> String {
    let (stranger, _events) = Peer::new(loopback()).await.unwrap();
    stranger.add_track(maru_peer::Kind::Audio).await.unwrap();
    let sdp = stranger.create_offer().await.unwrap().sdp;
    stranger.close().await;
    sdp.split_inclusive('\n')
        .filter(|line| !line.starts_with("a=candidate"))
        .collect()
}

async fn answer(peer: &Peer, sdp: String) {
    let description = Description {
        kind: DescriptionKind::Offer,
        sdp,
    };
    peer.apply_description(description).await.unwrap();
}

/// What the victim gets within [`SECONDS`], looked at often enough for its buffers.
async fn received(victim: &Victim) -> usize {
    let mut count = 0;
    for _ in 0..SECONDS * 2 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        count += victim.count();
    }
    count
}

/// 16 of one address at once, then 20 a second while ICE looks (RFC 8445 §14).
const MOST: usize = 16 + 20 * 17 + 16;

#[tokio::test(start_paused = true)]
async fn four_hundred_trickled_candidates_of_one_address_get_few_packets() {
    let victim = Victim::listen();
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    answer(&peer, offer().await).await;
    for candidate in victim.candidates() {
        let candidate = Candidate {
            candidate,
            mid: Some("0".into()),
            line: Some(0),
        };
        let _ = peer.add_candidate(candidate).await;
    }
    let count = received(&victim).await;
    assert!((16..=MOST).contains(&count), "{count}");
    let stats = soon("figures", peer.stats()).await;
    assert_eq!(stats.candidates_left_out, 400 - 16);
    assert!(stats.checks_held_back > 0);
}

#[tokio::test(start_paused = true)]
async fn nor_do_they_as_lines_of_the_description() {
    let victim = Victim::listen();
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    let mut sdp = offer().await;
    for candidate in victim.candidates() {
        sdp += &format!("a={candidate}\r\n");
    }
    answer(&peer, sdp).await;
    let count = received(&victim).await;
    assert!((16..=MOST).contains(&count), "{count}");
    assert_eq!(peer.stats().await.candidates_left_out, 400 - 16);
}

/// Each new ICE generation may name its own candidates; the rate is that of the connection.
#[tokio::test(start_paused = true)]
async fn offers_that_restart_all_the_time_do_not_raise_the_rate() {
    let victim = Victim::listen();
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    let first = offer().await;
    let user = first
        .lines()
        .find_map(|line| line.strip_prefix("a=ice-ufrag:"))
        .unwrap()
        .to_owned();
    let candidates = victim.candidates();
    let mut count = 0;
    for (round, some) in candidates.chunks(16).enumerate() {
        let mut sdp = first.replace(
            &format!("a=ice-ufrag:{user}"),
            &format!("a=ice-ufrag:again{round}"),
        );
        for candidate in some {
            sdp += &format!("a={candidate}\r\n");
        }
        answer(&peer, sdp).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        count += victim.count();
    }
    // A burst of 100, and five seconds of 20.
    assert!((100..=100 + 20 * 6).contains(&count), "{count}");
}
