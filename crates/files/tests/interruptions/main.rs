//! No interruption loses or alters a byte: cuts of the path, kills, sleeps, changes of addresses and restarts of the
//! server, with real processes, the real signaling server, a real disk, and paths between network namespaces. Linux only,
//! as the namespaces and `/proc/PID/io` are.
//!
//! The programs are this test, run again with `MARU_FILES_PROGRAM`: see `program`. Times are printed, and decide nothing.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod addresses;
mod cuts;
mod kills;
mod lab;
mod pair;
mod place;
mod process;
mod program;
mod server;
mod stops;

/// Not a test: the program that the other tests start.
#[test]
fn program() {
    program::run_if_asked();
}
