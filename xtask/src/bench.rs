//! `cargo xtask bench signaling`: the server's cost per message, client and join, beside a bare echo and Socket.IO.
//! `cargo xtask bench native`: the native engine's cost, time to the first picture, latency, and calls on bad paths.
//! `cargo xtask bench files`: file transfer beside other programs (Linux).
//! `cargo xtask bench kills` and `bench fuzz` are tests that take too long for the suite.

mod build;
#[cfg(target_os = "linux")]
mod files;
mod fuzz;
mod kills;

use crate::{
    command::{binary, command, root, run as run_command},
    failure::Failure,
    options::Options,
    packages::Purpose,
};
use build::prepare;

fn signaling(mut options: Options) -> Result<(), Failure> {
    let quick = options.flag("--quick");
    let rounds = options.number::<u32>("--rounds")?;
    options.finish()?;
    prepare(&[Purpose::Build], &["maru-load"])?;

    let maru = binary("maru-signaling", true)
        .to_string_lossy()
        .into_owned();
    let load = binary("maru-load", true).to_string_lossy().into_owned();
    let reference = root()
        .join("tests/bench/server.mjs")
        .to_string_lossy()
        .into_owned();
    let json = root()
        .join("tests/artifacts/bench-signaling.json")
        .to_string_lossy()
        .into_owned();
    let rounds = rounds.unwrap_or(if quick { 1 } else { 3 }).to_string();
    let mut arguments = vec![
        "bench",
        "--maru",
        &maru,
        "--reference",
        &reference,
        "--json",
        &json,
        "--rounds",
        &rounds,
    ];
    if quick {
        arguments.push("--quick");
    }
    run_command(command(&load, arguments))
}

/// The desktop app's own engine, in calls with Chromium, beside Chromium with Chromium.
fn native(mut options: Options) -> Result<(), Failure> {
    let seconds = options.number::<u32>("--seconds")?;
    let rounds = options.number::<u32>("--rounds")?;
    let minutes = options.number::<u32>("--minutes")?;
    let only = options.value("--only")?;
    options.finish()?;
    prepare(
        &[Purpose::Build, Purpose::Desktop, Purpose::Tests],
        &["maru", "maru-lab"],
    )?;
    let mut arguments = vec!["run", "bench", "--workspace", "tests/e2e", "--silent"];
    if let Some(only) = &only {
        arguments.extend(["--", "--grep", only]);
    }
    let mut bench = command("npm", arguments);
    if let Some(folder) = binary("maru", true).parent() {
        bench.env("MARU_BIN_DIR", folder);
    }
    bench.env("MARU_BENCH", "1");
    // Each measurement has defaults of its own.
    for (name, number) in [
        ("MARU_BENCH_SECONDS", seconds),
        ("MARU_BENCH_ROUNDS", rounds),
        ("MARU_BENCH_MINUTES", minutes),
    ] {
        if let Some(number) = number {
            bench.env(name, number.to_string());
        }
    }
    run_command(bench)
}

pub(crate) fn run(mut options: Options) -> Result<(), Failure> {
    match options.word().as_deref() {
        Some("signaling") => signaling(options),
        Some("native") => native(options),
        #[cfg(target_os = "linux")]
        Some("files") => files::run(options),
        Some("kills") => kills::run(options),
        Some("fuzz") => fuzz::run(options),
        _ => Err(Failure::Usage(
            "what can be measured is: bench signaling, bench native, bench files, bench kills, bench fuzz"
                .into(),
        )),
    }
}
