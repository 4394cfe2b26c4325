//! A side gets another address in mid-transfer, or the server starts again.

use std::path::Path;
use std::thread;

use crate::lab::Lab;
use crate::pair::Pair;
use crate::place::make_source;

const BYTES: usize = 32 << 20;

#[derive(Debug, Clone, Copy)]
enum Change {
    AddressOfSender,
    AddressOfReceiver,
    Server,
    AddressAndServer,
}

#[test]
fn a_transfer_follows_addresses_and_servers() {
    if let Some(reason) = Lab::unavailable() {
        eprintln!("Skipped: {reason}.");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = make_source(folder.path(), BYTES, 3);
    thread::scope(|scope| {
        for change in [
            Change::AddressOfSender,
            Change::AddressOfReceiver,
            Change::Server,
            Change::AddressAndServer,
        ] {
            let source = &source;
            scope.spawn(move || run(change, source));
        }
    });
}

fn run(change: Change, source: &Path) {
    let mut pair = Pair::start(format!("{change:?}"), source);
    // Twice: what the first change made has to be as good as what was there before.
    for (network, after) in [(2, 4 << 20), (3, 16 << 20)] {
        pair.expect_under_way(after);
        match change {
            Change::AddressOfSender => pair.lab.move_to(0, &format!("10.77.{network}.1")),
            Change::AddressOfReceiver => pair.lab.move_to(1, &format!("10.77.{network}.2")),
            Change::Server => pair.server.restart(),
            Change::AddressAndServer => {
                pair.lab.move_to(0, &format!("10.77.{network}.1"));
                pair.server.restart();
            }
        }
        let time = pair.expect_more(1 << 20).as_secs_f64();
        println!("{change:?}: another MiB after {time:.1} s");
    }
    let twice = pair.expect_end() as f64 / 1e6;
    println!("{change:?}: {twice:.1} MB twice");
}
