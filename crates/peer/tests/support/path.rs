//! A path between two peers on loopback: limited rate, a queue, delay, jitter and loss.
//!
//! For each candidate there is a UDP forwarder: the remote peer gets the forwarder's address instead of the candidate's.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket as StdSocket};
use std::sync::{Arc, Mutex};

use maru_lab::{Conditions, Direction};
use maru_peer::Candidate;
use socket2::SockRef;
use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::Route;

/// Bytes of the IP and UDP headers, which count for the rate.
const HEADERS: usize = 28;
/// Largest IP packet, as on Ethernet. Fragments are not carried: many real paths drop them.
const MTU: usize = 1500;

/// The conditions of a path, which can be changed while it is in use. Both directions have the same ones, and a queue
/// each.
pub type Shared = Arc<Mutex<Conditions>>;

/// Called with every datagram, as it is on the wire.
pub type Tap = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// A route over a path with these conditions. Loss and jitter are pseudo-random, from `seed`.
pub fn route(conditions: &Shared, seed: u64) -> Route {
    tapped_route(conditions, seed, Arc::new(|_| {}))
}

/// The same with a tap.
pub fn tapped_route(conditions: &Shared, seed: u64, tap: Tap) -> Route {
    let conditions = Arc::clone(conditions);
    let known: Arc<Mutex<Forwarders>> = Arc::default();
    Arc::new(move |candidate| forward(candidate, &conditions, &known, seed, &tap))
}

/// The forwarder of each candidate's address.
type Forwarders = HashMap<SocketAddr, Arc<UdpSocket>>;

fn forward(
    mut candidate: Candidate,
    conditions: &Shared,
    known: &Arc<Mutex<Forwarders>>,
    seed: u64,
    tap: &Tap,
) -> Option<Candidate> {
    let mut fields: Vec<String> = candidate.candidate.split(' ').map(str::to_owned).collect();
    let real: SocketAddr = format!("{}:{}", fields[4], fields[5]).parse().ok()?;
    let mut forwarders = known.lock().unwrap();
    let address = forwarders
        .entry(real)
        .or_insert_with(|| {
            let socket = StdSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            // A burst of a peer must not be lost here, but as the conditions say.
            let _ = SockRef::from(&socket).set_recv_buffer_size(4 << 20);
            socket.set_nonblocking(true).unwrap();
            let socket = Arc::new(UdpSocket::from_std(socket).unwrap());
            tokio::spawn(run_forwarder(
                real,
                Arc::clone(&socket),
                Arc::clone(conditions),
                Arc::clone(known),
                seed,
                Arc::clone(tap),
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

/// Forwards what arrives at the forwarder of `real` to `real`, from the socket of its sender's forwarder.
async fn run_forwarder(
    real: SocketAddr,
    socket: Arc<UdpSocket>,
    conditions: Shared,
    known: Arc<Mutex<Forwarders>>,
    seed: u64,
    tap: Tap,
) {
    let seed = seed ^ u64::from(real.port()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut direction: Direction<(Arc<UdpSocket>, Vec<u8>)> = Direction::new(seed);
    let mut buffer = vec![0; 2048];
    loop {
        let due = direction.due().map(Instant::from_std);
        let received = tokio::select! {
            biased;
            () = sleep_until(due) => None,
            received = socket.recv_from(&mut buffer) => match received {
                Ok(received) => Some(received),
                Err(_) => return,
            },
        };
        let now = Instant::now().into_std();
        while let Some((out, packet)) = direction.leave(now) {
            let _ = out.send_to(&packet, real).await;
        }
        let Some((size, from)) = received else {
            continue;
        };
        if size + HEADERS > MTU {
            continue;
        }
        let Some(out) = known.lock().unwrap().get(&from).cloned() else {
            continue;
        };
        tap(&buffer[..size]);
        let conditions = *conditions.lock().unwrap();
        direction.enter(
            &conditions,
            size + HEADERS,
            (out, buffer[..size].to_vec()),
            now,
        );
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
