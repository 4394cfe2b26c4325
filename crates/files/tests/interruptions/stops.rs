//! A program stands still in mid-transfer, as on a computer that sleeps, and continues.

use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::lab::Lab;
use crate::pair::Pair;
use crate::place::make_source;

const BYTES: usize = 32 << 20;
/// So much has arrived when a program is stopped.
const BEFORE: u64 = 8 << 20;
/// Longer than a connection lives without an answer.
const STOP: Duration = Duration::from_secs(40);

#[test]
fn a_transfer_outlives_the_sleep_of_either_side() {
    if let Some(reason) = Lab::unavailable() {
        eprintln!("Skipped: {reason}.");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = make_source(folder.path(), BYTES, 4);
    thread::scope(|scope| {
        for (name, sides) in [
            ("the sender sleeps", [true, false]),
            ("the receiver sleeps", [false, true]),
            ("both sleep", [true, true]),
        ] {
            let source = &source;
            scope.spawn(move || run(name, sides, source));
        }
    });
}

fn run(name: &str, sides: [bool; 2], source: &Path) {
    let mut pair = Pair::start(name.to_owned(), source);
    pair.expect_under_way(BEFORE);
    pair.set_stopped(sides);
    thread::sleep(STOP);
    pair.expect_under_way(BEFORE);
    pair.set_stopped([false, false]);
    let first = pair.expect_more(1).as_secs_f64();
    let twice = pair.expect_end() as f64 / 1e6;
    println!("{name}: new bytes after {first:.1} s, {twice:.1} MB twice");
}
