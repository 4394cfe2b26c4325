//! `cargo xtask`: the build tool. One file per command.

#![allow(clippy::print_stdout)]

#[cfg(test)]
mod architecture;
mod bench;
mod children;
mod command;
mod debian_toolchain;
mod doc_examples;
mod failure;
mod interrupt;
mod modules;
mod npm;
mod options;
mod packages;
mod platforms;
mod report;
mod start;
mod suite;
mod system;
mod types;
mod wasm;
mod workspace;

use std::process::ExitCode;

use failure::Failure;
use options::Options;

const HELP: &str = "\
Maru's build tool.

Usage: cargo xtask <command> [options]

  start              build what is needed, run the server with the web client on
                     http://localhost:7880 and open the desktop app on it; Ctrl-C ends all of it
    --release          optimised builds
    --no-desktop       only the server (also where there is no display)
    --port <port>      another port than 7880
  test [part...]     the whole suite, or parts of it: lint, unit, ui, e2e, platforms
    --keep-going       run what is left after a failure
  bench signaling    cost per message, client and join, beside a bare echo and Socket.IO
    --quick            seconds instead of minutes; the figures mean little
    --rounds <n>       rounds to take medians of (default 3)
  bench native       the desktop app's own engine in calls with Chromium: what it costs, how soon the
                     first picture is there, its latency, bad paths (those take root:
                     network namespaces), a long call
    --only <text>    measurements with this in their names, for example 'paths', '5 % loss' or 'long'
    --seconds <n>    of each measurement
    --rounds <n>     joins to take the median of (default 7)
    --minutes <n>    of the long call (default 5)
  bench files        file transfer beside a raw data channel, Chromium, magic-wormhole, TCP, dd and tar
                     (Linux; paths take root)
    <row...>         only these rows, for example 'loopback 20ms call-20-50'
    --rounds <n>     rounds to take medians of (default 5)
  bench kills        programs that are killed during a file transfer, and go on
    --runs <n>         transfers (default 100), each with kills of its own
    --megabytes <n>    of a file (default 2000); three times as much has to be free for temporary files
    --first-seed <n>   the run with this seed first (default 0)
  bench fuzz         the decoders of file transfer, each with inputs that libFuzzer makes up
    --only <name>      one of them, for example 'journal'
    --minutes <n>      for each (default 10)
  check-modules      fail if Rust modules use one another in a circle
  check-platforms    type-check every crate for Windows and macOS
  types              write ui/src/protocol/generated.ts from crates/protocol
    --check            fail if the file is not current instead
  wasm               build crates/transfer-wasm, which the web client takes with it

start, test and check-platforms say which system packages they need, and install them on Debian and
Ubuntu when run by root or with password-less sudo; otherwise they print the command and stop.
";

fn main() -> ExitCode {
    match run(Options::from_environment()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Reported) {
                eprintln!("\n{failure}");
            }
            failure.exit_code()
        }
    }
}

fn run(mut options: Options) -> Result<(), Failure> {
    let command = options.word();
    if options.help() || command.is_none() {
        print!("{HELP}");
        return Ok(());
    }
    match command.as_deref() {
        Some("start") => start::run(options),
        Some("test") => suite::run(options),
        Some("bench") => bench::run(options),
        Some("check-modules") => modules::run(options),
        Some("check-platforms") => platforms::run(options),
        Some("types") => types::run(options),
        Some("wasm") => wasm::run(options),
        _ => Err(Failure::Usage("no such command".into())),
    }
}
