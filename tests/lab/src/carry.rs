//! The main loop: packets from both devices, and conditions from an input.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;

use crate::control::{self, Control, Counts};
use crate::{Conditions, Direction, tun};

/// Largest IP packet.
const MAX_PACKET: usize = 65_535;
/// Maximum number of packets read from one device before the other is read.
const MAX_IN_A_ROW: usize = 64;

/// From one device to the other.
struct Lane {
    from: File,
    direction: Direction<Vec<u8>>,
    told: (u64, u64),
}

/// Carries packets between two network namespaces, through a TUN device named `path` in each, until `input` is closed. Reads
/// conditions from `input`, one line of JSON each, and answers on `output`; once at the beginning as well. Blocks.
///
/// # Errors
/// A message for people: there is no such namespace, no TUN device, or no permission; or an input or a device failed.
pub fn carry(
    namespaces: [&str; 2],
    seed: u64,
    input: &impl AsFd,
    output: &mut impl Write,
) -> Result<(), String> {
    let lane = |namespace: &str, number: u64| {
        Ok::<Lane, String>(Lane {
            from: tun::open(namespace)?,
            // Far apart for every seed: the first outputs of xorshift are poor for a small seed.
            direction: Direction::new(
                (seed.wrapping_mul(2).wrapping_add(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15),
            ),
            told: (0, 0),
        })
    };
    let mut lanes = [lane(namespaces[0], 1)?, lane(namespaces[1], 2)?];
    let mut conditions = [Conditions::default(); 2];
    let mut control = Control::default();
    let mut buffer = vec![0; MAX_PACKET];
    control::tell(&serde_json::json!({"ok": true}), output)?;
    loop {
        let ready = wait(&lanes, input)?;
        if ready[2] {
            // Not through a reader, which buffers more than is requested.
            let size = nix::unistd::read(input, &mut buffer)
                .map_err(|error| format!("reading conditions: {error}"))?;
            if size == 0 {
                return Ok(());
            }
            for line in control
                .feed(&buffer[..size])?
                .iter()
                .filter(|line| !line.is_empty())
            {
                control::apply(line, &mut conditions, counts(&mut lanes), output)?;
            }
        }
        for ((lane, ready), conditions) in lanes.iter_mut().zip(ready).zip(&conditions) {
            if ready {
                lane.take(conditions, &mut buffer)?;
            }
        }
        let [one, two] = &mut lanes;
        one.give(&mut two.from);
        two.give(&mut one.from);
    }
}

/// Waits until a packet is due, or one of the devices or the input is readable.
fn wait(lanes: &[Lane; 2], input: &impl AsFd) -> Result<[bool; 3], String> {
    let mut sources = [
        PollFd::new(lanes[0].from.as_fd(), PollFlags::POLLIN),
        PollFd::new(lanes[1].from.as_fd(), PollFlags::POLLIN),
        PollFd::new(input.as_fd(), PollFlags::POLLIN),
    ];
    let due = lanes.iter().filter_map(|lane| lane.direction.due()).min();
    let timeout = due.map(|due| TimeSpec::from(due.saturating_duration_since(Instant::now())));
    match ppoll(&mut sources, timeout, None) {
        Ok(_) | Err(Errno::EINTR) => Ok(sources.map(|source| source.any().unwrap_or(false))),
        Err(error) => Err(format!("waiting for packets: {error}")),
    }
}

impl Lane {
    /// Reads the packets of the device.
    fn take(&mut self, conditions: &Conditions, buffer: &mut [u8]) -> Result<(), String> {
        for _ in 0..MAX_IN_A_ROW {
            match self.from.read(buffer) {
                Ok(size) => {
                    let packet = buffer[..size].to_vec();
                    self.direction
                        .enter(conditions, size, packet, Instant::now());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("reading from a device: {error}")),
            }
        }
        Ok(())
    }

    /// Writes the packets that are due.
    fn give(&mut self, to: &mut File) {
        let now = Instant::now();
        while let Some(packet) = self.direction.leave(now) {
            // A device that is down or full loses the packet, like a real link.
            let _ = to.write(&packet);
        }
    }
}

/// Counts since the last call.
fn counts(lanes: &mut [Lane; 2]) -> Counts {
    lanes.each_mut().map(|lane| {
        let (carried, dropped) = lane.direction.counts();
        let (carried_before, dropped_before) =
            std::mem::replace(&mut lane.told, (carried, dropped));
        (carried - carried_before, dropped - dropped_before)
    })
}
