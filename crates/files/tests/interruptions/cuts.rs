//! The path between two programs is cut in mid-transfer, and comes back.

use std::fmt;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::lab::{CUT, Lab};
use crate::pair::{CLEAN, Pair};
use crate::place::make_source;

const BYTES: usize = 32 << 20;
/// So much has arrived when the path is cut.
const BEFORE: u64 = 8 << 20;
/// Between the beginnings of two transfers.
const APART: Duration = Duration::from_millis(500);

#[derive(Clone, Copy)]
struct Cut {
    seconds: u64,
    /// From the sender to the receiver, and back.
    directions: [bool; 2],
    /// Of the path to the server as well: no restart of ICE can be negotiated.
    signaling: bool,
}

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let directions = match self.directions {
            [true, true] => "both directions",
            [true, false] => "sender to receiver",
            _ => "receiver to sender",
        };
        let signaling = if self.signaling { "cut" } else { "there" };
        write!(
            formatter,
            "{:>3} s, {directions}, signaling {signaling}",
            self.seconds
        )
    }
}

/// All at the same time, so not more than two cores can serve.
fn cuts() -> Vec<Cut> {
    let cut = |seconds, directions, signaling| Cut {
        seconds,
        directions,
        signaling,
    };
    let mut cuts = Vec::new();
    // The longest first: the others take place meanwhile.
    for seconds in [120, 35, 31, 20, 5] {
        cuts.push(cut(seconds, [true, true], false));
        cuts.push(cut(seconds, [true, true], true));
    }
    cuts.push(cut(35, [true, false], false));
    cuts.push(cut(35, [false, true], true));
    cuts.push(cut(5, [true, false], true));
    cuts.push(cut(5, [false, true], false));
    cuts
}

#[test]
fn a_transfer_outlives_every_cut() {
    if let Some(reason) = Lab::unavailable() {
        eprintln!("Skipped: {reason}.");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = make_source(folder.path(), BYTES, 1);
    thread::scope(|scope| {
        for (cut, number) in cuts().into_iter().zip(0..) {
            let source = &source;
            scope.spawn(move || {
                thread::sleep(APART * number);
                run(cut, source);
            });
        }
    });
}

fn run(cut: Cut, source: &Path) {
    let mut pair = Pair::start(cut.to_string(), source);
    pair.expect_under_way(BEFORE);
    let [there, back] = cut
        .directions
        .map(|is_cut| if is_cut { CUT } else { CLEAN });
    pair.server.set_cut(cut.signaling);
    pair.lab.set(there, back);
    thread::sleep(Duration::from_secs(cut.seconds));
    pair.expect_under_way(BEFORE);
    pair.server.set_cut(false);
    pair.lab.set(CLEAN, CLEAN);
    let first = pair.expect_more(1).as_secs_f64();
    let twice = pair.expect_end() as f64 / 1e6;
    println!("{cut}: new bytes after {first:.1} s, {twice:.1} MB twice");
}
