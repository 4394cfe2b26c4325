//! CPU per relayed message.

use std::{
    io,
    time::{Duration, Instant},
};

use super::{failed, fill};
use crate::{crowd::Crowd, server::Contender};

/// The way messages are sent.
#[derive(Debug, Clone, Copy)]
pub enum Load {
    /// Every client has this many messages in flight: as fast as server and generator can.
    Window(usize),
    /// This many a second over all clients, independent of answers.
    Rate(u32),
}

/// Results.
#[derive(Debug, Clone, Copy)]
pub struct Relay {
    /// CPU of the server for each message that arrived, in microseconds.
    pub cpu_us: f64,
    /// Messages that arrived, per second.
    pub per_second: f64,
}

/// Starts a server, fills it with `clients` in rooms of two, and measures for `time`.
///
/// # Errors
/// The server fails, refuses, or loses messages.
pub fn measure(
    contender: &Contender,
    clients: usize,
    load: Load,
    time: Duration,
) -> io::Result<Relay> {
    let server = contender.start()?;
    let mut crowd = Crowd::new(contender.dialect, server.address)?;
    fill(&mut crowd, clients)?;

    let mut schedule = Schedule {
        load,
        clients,
        start: Instant::now(),
        sent: 0,
    };
    schedule.begin(&mut crowd);
    schedule.run(&mut crowd, (time / 4).max(Duration::from_millis(500)))?;

    let (cpu, received, start) = (server.cpu()?, crowd.counts.received, Instant::now());
    schedule.run(&mut crowd, time)?;
    let (cpu, received, elapsed) = (
        server.cpu()? - cpu,
        crowd.counts.received - received,
        start.elapsed(),
    );

    crowd.answering = false;
    let all = |crowd: &Crowd| crowd.counts.received == crowd.counts.sent;
    if !crowd.run_until(Duration::from_secs(10), all)?
        || !crowd.counts.refused.is_empty()
        || received == 0
    {
        let what = format!(
            "{} of {} messages arrived",
            crowd.counts.received, crowd.counts.sent
        );
        return Err(failed(&what, &crowd));
    }
    Ok(Relay {
        cpu_us: cpu.as_secs_f64() * 1e6 / received as f64,
        per_second: received as f64 / elapsed.as_secs_f64(),
    })
}

struct Schedule {
    load: Load,
    clients: usize,
    start: Instant,
    sent: u64,
}

impl Schedule {
    fn begin(&mut self, crowd: &mut Crowd) {
        if let Load::Window(window) = self.load {
            crowd.answering = true;
            // Round by round, one message of each client after the other.
            for index in (0..window).flat_map(|_| 0..self.clients) {
                crowd.send(index);
            }
        }
        self.start = Instant::now();
    }

    fn run(&mut self, crowd: &mut Crowd, time: Duration) -> io::Result<()> {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            match self.load {
                Load::Window(_) => crowd.turn(Duration::from_millis(5))?,
                Load::Rate(rate) => {
                    // Late messages are still sent: the rate does not depend on the speed of the server.
                    let due = (self.start.elapsed().as_secs_f64() * f64::from(rate)) as u64;
                    while self.sent < due {
                        crowd.send(self.sent as usize % self.clients);
                        self.sent += 1;
                    }
                    crowd.turn(Duration::from_millis(1))?;
                }
            }
        }
        Ok(())
    }
}
