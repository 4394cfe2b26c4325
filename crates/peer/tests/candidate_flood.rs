//! How much a peer sends to addresses that its remote peer made up. Virtual time, real sockets.
#![allow(clippy::unwrap_used)]

mod support;

use std::net::UdpSocket;
use std::time::Duration;

use maru_peer::{Candidate, Peer};
use support::{loopback, soon};

const CANDIDATES: usize = 400;
/// Longer than until ICE fails.
const SECONDS: u64 = 30;

/// A host that takes no part in the call, with a socket for each candidate.
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

    /// Datagrams received since the last call.
    fn count(&self) -> usize {
        let mut buffer = [0; 2048];
        self.0
            .iter()
            .map(|socket| std::iter::from_fn(|| socket.recv(&mut buffer).ok()).count())
            .sum()
    }
}

/// An offer without candidates, of a peer that is closed again.
async fn offer() -> String {
    let (attacker, _events) = Peer::new(loopback()).await.unwrap();
    attacker.add_track(maru_peer::Kind::Audio).await.unwrap();
    let sdp = attacker.create_offer(false).await.unwrap();
    attacker.close().await;
    sdp.split_inclusive('\n')
        .filter(|line| !line.starts_with("a=candidate"))
        .collect()
}

/// Datagrams that the victim receives within [`SECONDS`], read before its buffers are full.
async fn received(victim: &Victim) -> usize {
    let mut count = 0;
    for _ in 0..SECONDS * 2 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        count += victim.count();
    }
    count
}

/// 16 checks at once for one address, then 20 a second until ICE fails (RFC 8445 §14).
const MAX_CHECKS: usize = 16 + 20 * 17 + 16;

#[tokio::test(start_paused = true)]
async fn trickled_candidates_get_a_limited_number_of_checks() {
    let victim = Victim::listen();
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    peer.apply_offer(&offer().await).await.unwrap();
    for candidate in victim.candidates() {
        let candidate = Candidate {
            candidate,
            mid: Some("0".into()),
            line: Some(0),
        };
        let _ = peer.add_candidate(candidate).await;
    }
    let count = received(&victim).await;
    assert!((16..=MAX_CHECKS).contains(&count), "{count}");
    let stats = soon("statistics", peer.stats()).await;
    assert_eq!(stats.candidates_ignored, 400 - 16);
    assert!(stats.checks_suppressed > 0);
}

#[tokio::test(start_paused = true)]
async fn candidates_in_a_description_get_a_limited_number_of_checks() {
    let victim = Victim::listen();
    let (peer, _events) = Peer::new(loopback()).await.unwrap();
    let mut sdp = offer().await;
    for candidate in victim.candidates() {
        sdp += &format!("a={candidate}\r\n");
    }
    peer.apply_offer(&sdp).await.unwrap();
    let count = received(&victim).await;
    assert!((16..=MAX_CHECKS).contains(&count), "{count}");
    assert_eq!(peer.stats().await.candidates_ignored, 400 - 16);
}

/// Each ICE generation has candidates of its own, but the rate limit is that of the connection.
#[tokio::test(start_paused = true)]
async fn repeated_ice_restarts_do_not_raise_the_rate() {
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
        peer.apply_offer(&sdp).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        count += victim.count();
    }
    // A burst of 100, and five seconds of 20.
    assert!((100..=100 + 20 * 6).contains(&count), "{count}");
}
