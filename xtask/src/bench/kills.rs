//! `cargo xtask bench kills`: the test of the suite in which programs are killed during a transfer, longer.

use crate::{
    command::{cargo, run as run_command},
    failure::Failure,
    interrupt,
    options::Options,
    packages::Purpose,
    system,
};

const RUNS: u32 = 100;
const MEGABYTES: u64 = 2_000;
/// Each takes room for a file.
const AT_ONCE: u32 = 2;

pub(super) fn run(mut options: Options) -> Result<(), Failure> {
    let runs = options.number::<u32>("--runs")?.unwrap_or(RUNS);
    let megabytes = options.number::<u64>("--megabytes")?.unwrap_or(MEGABYTES);
    let first = options.number::<u64>("--first-seed")?.unwrap_or(0);
    options.finish()?;
    interrupt::listen()?;
    system::require(&[Purpose::Build])?;
    let mut test = cargo([
        "test",
        "--release",
        "--locked",
        "--package",
        "maru-files",
        "--test",
        "interruptions",
        "--",
        "--exact",
        "kills::programs_that_are_killed_anywhere_go_on",
        "--nocapture",
    ]);
    test.env("MARU_KILLS_RUNS", runs.to_string());
    test.env("MARU_KILLS_AT_ONCE", AT_ONCE.to_string());
    test.env(
        "MARU_KILLS_BYTES",
        megabytes.saturating_mul(1_000_000).to_string(),
    );
    test.env("MARU_KILLS_FIRST_SEED", first.to_string());
    run_command(test)
}
