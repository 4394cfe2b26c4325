//! All clients reconnect at once, as after a short outage of a network or a proxy.

use std::{
    io,
    time::{Duration, Instant},
};

use super::{failed, fill, room, until_quiet};
use crate::{client::State, crowd::Crowd, server::Contender};

/// Results.
#[derive(Debug, Clone, Copy)]
pub struct Storm {
    /// CPU of the server for each client that connected and joined, in microseconds.
    pub cpu_us: f64,
    /// Time until the last one had joined.
    pub time: Duration,
    /// Clients that were refused or lost.
    pub refused: u64,
}

/// Starts a server and lets `clients` join, lose their sockets, and reconnect all at once.
///
/// # Errors
/// The server fails.
pub fn measure(contender: &Contender, clients: usize) -> io::Result<Storm> {
    let server = contender.start()?;
    let mut crowd = Crowd::new(contender.dialect, server.address)?;
    fill(&mut crowd, clients)?;
    let resume: Vec<Option<String>> = (0..clients)
        .map(|index| crowd.client(index).and_then(|client| client.resume.clone()))
        .collect();
    crowd.kill_all();
    until_quiet(&mut crowd, &server)?;

    let before = crowd.counts.clone();
    let (cpu, start) = (server.cpu()?, Instant::now());
    for (index, resume) in resume.into_iter().enumerate() {
        crowd.connect(index, room(index), resume)?;
    }
    let settled = |crowd: &Crowd| {
        crowd.count(State::Joined) as u64 + refused(crowd, &before) >= clients as u64
    };
    if !crowd.run_until(Duration::from_secs(60), settled)? {
        return Err(failed("the storm did not end", &crowd));
    }
    let time = start.elapsed();
    until_quiet(&mut crowd, &server)?;
    let cpu = server.cpu()? - cpu;
    Ok(Storm {
        cpu_us: cpu.as_secs_f64() * 1e6 / clients as f64,
        time,
        refused: refused(&crowd, &before),
    })
}

fn refused(crowd: &Crowd, before: &crate::crowd::Counts) -> u64 {
    let sum = |counts: &crate::crowd::Counts| {
        counts
            .refused
            .values()
            .chain(counts.lost.values())
            .sum::<u64>()
    };
    sum(&crowd.counts) - sum(before)
}
