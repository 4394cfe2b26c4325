//! The measurements of one server.

pub mod memory;
pub mod relay;
pub mod storm;

use std::{
    io,
    time::{Duration, Instant},
};

use crate::{client::State, crowd::Crowd, server::Server};

/// Why a measurement failed.
fn failed(what: &str, crowd: &Crowd) -> io::Error {
    io::Error::other(format!(
        "{what}; refused {:?}, lost {:?}, not understood {:?}",
        crowd.counts.refused, crowd.counts.lost, crowd.counts.nonsense
    ))
}

/// Puts `clients` into rooms of two, a few hundred at a time.
///
/// # Errors
/// Not all of them joined.
pub fn fill(crowd: &mut Crowd, clients: usize) -> io::Result<()> {
    const AT_ONCE: usize = 500;
    let mut connected = 0;
    while connected < clients {
        let until = (connected + AT_ONCE).min(clients);
        for index in connected..until {
            crowd.connect(index, room(index), None)?;
        }
        connected = until;
        let all = move |crowd: &Crowd| crowd.count(State::Joined) == until;
        if !crowd.run_until(Duration::from_secs(60), all)? {
            return Err(failed(
                &format!("{} of {until} clients joined", crowd.count(State::Joined)),
                crowd,
            ));
        }
    }
    // The first client of a room gets a separate message about the second.
    crowd.run_until(Duration::from_millis(300), |_| false)?;
    Ok(())
}

/// Rooms of two, by client.
#[must_use]
pub fn room(index: usize) -> String {
    format!("load-{}", index / 2)
}

/// Runs turns until the server is idle: less than 1 % of a core over a quarter second.
///
/// # Errors
/// The server has exited.
pub fn until_quiet(crowd: &mut Crowd, server: &Server) -> io::Result<()> {
    const WINDOW: Duration = Duration::from_millis(250);
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let before = server.cpu()?;
        crowd.run_until(WINDOW, |_| false)?;
        if server.cpu()? - before < WINDOW / 100 || Instant::now() > deadline {
            return Ok(());
        }
    }
}
