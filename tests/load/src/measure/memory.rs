//! Resident memory per idle client, and the memory that is kept after all have left.

use std::{io, time::Duration};

use super::{failed, fill, until_quiet};
use crate::{
    client::State,
    crowd::Crowd,
    dialect::Dialect,
    server::{Contender, Server},
};

/// Clients that join and leave before the first sample, so that code, runtime and first buffers do not count as memory of
/// clients.
const WARM_UP: usize = 200;
/// Maximum time until memory is stable.
const SETTLE: Duration = Duration::from_secs(20);

/// Results, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Idle {
    /// Resident memory (RSS) for each joined client.
    pub rss_per_client: f64,
    /// The same as proportional set size.
    pub pss_per_client: f64,
    /// RSS of the warm server without clients.
    pub before: u64,
    /// RSS after all have left.
    pub after: u64,
    /// Share of the clients' memory that was released, from 0 to 1.
    pub given_back: f64,
}

/// Starts a server and lets `clients` join, stay idle, and leave.
///
/// # Errors
/// The server fails or refuses.
pub fn measure(contender: &Contender, clients: usize) -> io::Result<Idle> {
    let server = contender.start()?;
    let mut crowd = Crowd::new(contender.dialect, server.address)?;
    fill(&mut crowd, WARM_UP.min(clients))?;
    empty(&mut crowd)?;
    until_quiet(&mut crowd, &server)?;
    let before = server.memory()?;

    fill(&mut crowd, clients)?;
    settle(&mut crowd, &server)?;
    let full = server.memory()?;
    if crowd.count(State::Joined) != clients {
        return Err(failed("idle clients were lost", &crowd));
    }

    empty(&mut crowd)?;
    settle(&mut crowd, &server)?;
    let after = server.memory()?;

    let taken = full.rss.saturating_sub(before.rss) as f64;
    Ok(Idle {
        rss_per_client: taken / clients as f64,
        pss_per_client: full.pss.saturating_sub(before.pss) as f64 / clients as f64,
        before: before.rss,
        after: after.rss,
        given_back: 1.0 - after.rss.saturating_sub(before.rss) as f64 / taken.max(1.0),
    })
}

/// All clients leave and close.
fn empty(crowd: &mut Crowd) -> io::Result<()> {
    let joined = crowd.count(State::Joined);
    // The reference's `leave` has no answer, as usual for Socket.IO, and an echo has no rooms: closing is leaving.
    if crowd.dialect() == Dialect::Maru {
        let left = crowd.counts.leaves + joined as u64;
        let mut index = 0;
        while crowd.counts.leaves < left && index < joined {
            for _ in 0..500.min(joined - index) {
                crowd.leave(index);
                index += 1;
            }
            crowd.run_until(Duration::from_millis(50), |_| false)?;
        }
        if !crowd.run_until(Duration::from_secs(30), |crowd| crowd.counts.leaves >= left)? {
            return Err(failed("not everybody could leave", crowd));
        }
    }
    crowd.kill_all();
    Ok(())
}

/// Runs turns until memory has not changed by more than 1 % for three seconds.
fn settle(crowd: &mut Crowd, server: &Server) -> io::Result<()> {
    let mut still = 0;
    let mut waited = Duration::ZERO;
    let mut last = server.memory()?.rss;
    while still < 3 && waited < SETTLE {
        crowd.run_until(Duration::from_secs(1), |_| false)?;
        waited += Duration::from_secs(1);
        let now = server.memory()?.rss;
        still = if now.abs_diff(last) * 100 <= last {
            still + 1
        } else {
            0
        };
        last = now;
    }
    Ok(())
}
