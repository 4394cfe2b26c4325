//! A path between two peers on loopback: limited rate, a queue, delay, jitter and loss.
//!
//! One UDP forwarder per direction stands in for each candidate: the other side learns the forwarder's
//! address instead of the candidate's own.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket as StdSocket};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_peer::Candidate;
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::Route;

/// Conditions, changed while it runs. The same for both directions, each with its own queue.
#[derive(Debug, Default)]
pub struct Conditions {
    /// 0: unlimited.
    pub bits_per_second: AtomicU64,
    pub delay_ms: AtomicU64,
    pub jitter_ms: AtomicU64,
    pub loss_permille: AtomicU64,
    /// How long a packet may wait in the queue of the limited link.
    pub queue_ms: AtomicU64,
    pub carried: AtomicU64,
    pub dropped: AtomicU64,
}

/// Makes a route whose paths follow `conditions`. Loss and jitter come from `seed`.
pub fn route(conditions: &Arc<Conditions>, seed: u64) -> Route {
    let conditions = Arc::clone(conditions);
    let known: Arc<Mutex<Forwarders>> = Arc::default();
    Arc::new(move |candidate| forward(candidate, &conditions, &known, seed))
}

/// Real address to the forwarder that stands in for it.
type Forwarders = HashMap<SocketAddr, Arc<UdpSocket>>;

fn forward(
    mut candidate: Candidate,
    conditions: &Arc<Conditions>,
    known: &Arc<Mutex<Forwarders>>,
    seed: u64,
) -> Option<Candidate> {
    let mut fields: Vec<String> = candidate.candidate.split(' ').map(str::to_owned).collect();
    let real: SocketAddr = format!("{}:{}", fields[4], fields[5]).parse().ok()?;
    let mut forwarders = known.lock().unwrap();
    let address = forwarders
        .entry(real)
        .or_insert_with(|| {
            let socket = StdSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            socket.set_nonblocking(true).unwrap();
            let socket = Arc::new(UdpSocket::from_std(socket).unwrap());
            tokio::spawn(carry(
                real,
                Arc::clone(&socket),
                Arc::clone(conditions),
                Arc::clone(known),
                seed,
            ));
            socket
        })
        .local_addr()
        .unwrap();
    fields[4] = address.ip().to_string();
    fields[5] = address.port().to_string();
    candidate.candidate = fields.join(" ");
    Some(candidate)
}

/// What arrives at the forwarder of `real` goes to `real`, and seems to come from its sender's forwarder.
async fn carry(
    real: SocketAddr,
    socket: Arc<UdpSocket>,
    conditions: Arc<Conditions>,
    known: Arc<Mutex<Forwarders>>,
    seed: u64,
) {
    let mut random = seed ^ u64::from(real.port()).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut free_at = Instant::now();
    let mut buffer = vec![0; 2048];
    // By time and then by arrival: nothing overtakes but by jitter.
    let mut waiting: BTreeMap<(Instant, u64), (Arc<UdpSocket>, Vec<u8>)> = BTreeMap::new();
    let mut count = 0;
    loop {
        let due = waiting.first_key_value().map(|((at, _), _)| *at);
        let received = tokio::select! {
            biased;
            () = sleep_until(due) => None,
            received = socket.recv_from(&mut buffer) => match received {
                Ok(received) => Some(received),
                Err(_) => return,
            },
        };
        let now = Instant::now();
        while let Some(first) = waiting.first_entry().filter(|first| first.key().0 <= now) {
            let (out, packet) = first.remove();
            let _ = out.send_to(&packet, real).await;
        }
        let Some((size, from)) = received else {
            continue;
        };
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let start = free_at.max(now);
        let rate = conditions.bits_per_second.load(Relaxed);
        let full =
            rate > 0 && start - now > Duration::from_millis(conditions.queue_ms.load(Relaxed));
        if full || (random >> 20) % 1000 < conditions.loss_permille.load(Relaxed) {
            conditions.dropped.fetch_add(1, Relaxed);
            continue;
        }
        let mut at = now;
        // Rate 0 is no limit. 28 octets of IP and UDP travel along.
        if let Some(nanoseconds) = ((size as u64 + 28) * 8 * 1_000_000_000).checked_div(rate) {
            free_at = start + Duration::from_nanos(nanoseconds);
            at = free_at;
        }
        let jitter = conditions.jitter_ms.load(Relaxed);
        at += Duration::from_millis(conditions.delay_ms.load(Relaxed));
        at += Duration::from_millis(if jitter == 0 {
            0
        } else {
            (random >> 40) % jitter
        });
        let Some(out) = known.lock().unwrap().get(&from).cloned() else {
            continue;
        };
        conditions.carried.fetch_add(size as u64, Relaxed);
        count += 1;
        waiting.insert((at, count), (out, buffer[..size].to_vec()));
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
