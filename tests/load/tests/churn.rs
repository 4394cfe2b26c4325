//! Five hundred clients join, leave, crash and resume at random and leave nothing behind: no room, no participant, no
//! memory, no descriptor. No client ever gets an error that is not an expected refusal.
//!
//! `MARU_CHURN_SECONDS` (60) is the duration, `MARU_CHURN_SEED` repeats the random choices of a run.
#![cfg(target_os = "linux")]
#![allow(clippy::cast_possible_truncation, clippy::unwrap_used)]

use std::{
    env, fmt,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use fastrand::Rng;
use maru_load::{
    client::State,
    crowd::Crowd,
    dialect::Dialect,
    server::{self, Server, raise_descriptor_limit},
};

const CLIENTS: usize = 500;
/// Few enough that rooms of eight are often full.
const ROOMS: usize = 60;
/// Actions of all clients together per second: two per client.
const ACTIONS: f64 = 1_000.0;
/// Refusals that random behaviour causes. Any other is a fault of the server.
const EARNED: [&str; 4] = [
    "room-full",
    "unknown-participant",
    "not-joined",
    "rate-limited",
];
/// Allowed difference of memory after the same load again: an allocator's rounding, not a leak. A leak of 100 bytes for
/// each join would be 3 MB in a minute.
const TOLERANCE: u64 = 2 * 1024 * 1024;
/// A lost participant may resume for 15 s; everything must be released only after that.
const PATIENCE: Duration = Duration::from_secs(40);

#[test]
fn churn_leaves_nothing_behind() {
    let seconds = number("MARU_CHURN_SECONDS").unwrap_or(60);
    let seed = number("MARU_CHURN_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("MARU_CHURN_SECONDS={seconds} MARU_CHURN_SEED={seed}");
    raise_descriptor_limit(4_096).unwrap();

    let address = server::free_address().unwrap();
    let mut server = server::start(
        built_server(),
        // A client that only finds full rooms would get `timed-out` after 15 s; here that would hide a wrong `timed-out`
        // for silence.
        ["--listen", &address.to_string(), "--join-timeout", "600"].map(str::to_owned),
        address,
        Stdio::null(),
    )
    .unwrap();
    let mut crowd = Crowd::new(Dialect::Maru, address).unwrap();
    let mut rng = Rng::with_seed(seed);

    // After this warm-up the server has allocated everything that it keeps permanently.
    let warm_up = Duration::from_secs(seconds) / 4;
    churn(&mut crowd, &mut rng, warm_up);
    let warm = empty(&mut crowd, &server);
    churn(&mut crowd, &mut rng, Duration::from_secs(seconds) - warm_up);
    let end = empty(&mut crowd, &server);

    println!("{:?}", crowd.counts);
    println!("after warm-up {warm}, at the end {end}");
    assert!(server.is_running(), "the server has ended");
    assert!(
        crowd.counts.joins > 10 * seconds,
        "next to nothing happened: {:?}",
        crowd.counts
    );
    assert!(
        crowd.counts.received > 10 * seconds,
        "nothing was relayed: {:?}",
        crowd.counts
    );
    assert!(
        crowd.counts.refused.contains_key("room-full"),
        "no room was ever full: {:?}",
        crowd.counts
    );
    assert_eq!(
        crowd.counts.nonsense,
        Vec::<String>::new(),
        "not the protocol"
    );
    for code in crowd.counts.refused.keys() {
        assert!(
            EARNED.contains(&code.as_str()),
            "nobody earned {code}: {:?}",
            crowd.counts.refused
        );
    }
    assert!(
        crowd.counts.lost.is_empty(),
        "sockets ended by the server: {:?}",
        crowd.counts.lost
    );
    assert!(
        end.rss <= warm.rss + TOLERANCE,
        "memory grew: {warm}, then {end}"
    );
    assert_eq!(
        end.descriptors, warm.descriptors,
        "descriptors are left open"
    );
}

/// All clients repeat random actions.
fn churn(crowd: &mut Crowd, rng: &mut Rng, time: Duration) {
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < time {
        let due = (start.elapsed().as_secs_f64() * ACTIONS) as u64;
        // A slow machine skips the actions that are overdue.
        for _ in done..due.min(done + 100) {
            act(crowd, rng);
        }
        done = due;
        crowd.turn(Duration::from_millis(1)).unwrap();
        crowd.heartbeats();
    }
}

fn act(crowd: &mut Crowd, rng: &mut Rng) {
    let index = rng.usize(..CLIENTS);
    let room = format!("churn-{}", rng.usize(..ROOMS));
    let Some(state) = crowd.client(index).map(|client| client.state) else {
        return crowd.connect(index, room, None).unwrap();
    };
    match (state, rng.u8(..100)) {
        (State::Joined, 0..60) => crowd.send(index),
        (State::Joined, 60..75) => crowd.leave(index),
        // A crash, without `leave`.
        (_, 75..85) => drop(crowd.close(index)),
        // A short network outage: a new socket with the old secret, possibly before the server has noticed.
        (State::Joined, 85..100) => {
            if let Some(client) = crowd.close(index) {
                crowd.connect(index, client.room, client.resume).unwrap();
            }
        }
        (State::Open, _) => crowd.join(index, room),
        _ => {}
    }
}

/// Half of the clients send `leave`, half do not, and in the end the server has no participants. Returns its resources then.
fn empty(crowd: &mut Crowd, server: &Server) -> Rest {
    for index in (0..CLIENTS).step_by(2) {
        crowd.leave(index);
    }
    crowd
        .run_until(Duration::from_millis(200), |_| false)
        .unwrap();
    crowd.kill_all();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let [rooms, participants, connections] =
            ["maru_rooms", "maru_participants", "maru_connections"]
                .map(|name| metric(server.address, name));
        // One connection is the one of this request.
        if rooms == Ok(0.0) && participants == Ok(0.0) {
            break;
        }
        assert!(
            Instant::now() < deadline,
            "left behind: {rooms:?} rooms, {participants:?} participants, {connections:?} connections"
        );
        crowd
            .run_until(Duration::from_millis(100), |_| false)
            .unwrap();
    }
    // Descriptors and buffers may be released a moment after the counters change.
    let mut rest = Rest::of(server);
    let deadline = Instant::now() + Duration::from_secs(5);
    let mut still = 0;
    while still < 5 && Instant::now() < deadline {
        crowd
            .run_until(Duration::from_millis(200), |_| false)
            .unwrap();
        let now = Rest::of(server);
        still = if now == rest { still + 1 } else { 0 };
        rest = now;
    }
    rest
}

/// Resources of a server without clients.
#[derive(Debug, PartialEq, Eq)]
struct Rest {
    rss: u64,
    descriptors: usize,
}

impl Rest {
    fn of(server: &Server) -> Self {
        Self {
            rss: server.memory().unwrap().rss,
            descriptors: server.descriptors().unwrap(),
        }
    }
}

impl fmt::Display for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} KiB and {} descriptors",
            self.rss / 1024,
            self.descriptors
        )
    }
}

/// The value of one Prometheus series without labels.
fn metric(server: SocketAddr, name: &str) -> Result<f64, String> {
    let ask = || -> io::Result<String> {
        let mut socket = TcpStream::connect(server)?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        socket
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        socket.read_to_string(&mut text)?;
        Ok(text)
    };
    let text = ask().map_err(|error| error.to_string())?;
    text.lines()
        .find_map(|line| {
            line.strip_prefix(name)?
                .strip_prefix(' ')?
                .trim()
                .parse()
                .ok()
        })
        .ok_or_else(|| format!("/metrics has no {name}"))
}

/// Builds the server with the profile of this test: Cargo builds only the binaries of a test's own package, and an outdated
/// binary would test an old server.
fn built_server() -> PathBuf {
    let profile = if cfg!(debug_assertions) {
        "dev"
    } else {
        "release"
    };
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--package",
            "maru-signaling",
            "--profile",
            profile,
        ])
        .status()
        .unwrap();
    assert!(built.success(), "maru-signaling does not build");
    // target/<profile>/deps/churn-…
    let folder = env::current_exe().unwrap();
    folder.ancestors().nth(2).unwrap().join("maru-signaling")
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is not a number"))
    })
}
