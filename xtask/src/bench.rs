//! `cargo xtask bench signaling`: what the server costs, beside a bare echo and a Socket.IO server.
//! `cargo xtask bench native`: what a call costs on the native engine, and how soon it is there.

use crate::{
    command::{binary, cargo, command, root, run as run_command},
    failure::Failure,
    interrupt, npm,
    options::Options,
    packages::Purpose,
    system,
};

/// Everything a benchmark runs on, in release: the server with its web client, and `package`.
fn prepare(purposes: &[Purpose], package: &str) -> Result<(), Failure> {
    interrupt::listen()?;
    system::require(purposes)?;
    system::require_node()?;
    npm::install()?;
    npm::build_ui()?;
    run_command(cargo([
        "build",
        "--release",
        "--package",
        "maru-signaling",
        "--package",
        package,
    ]))
}

fn signaling(mut options: Options) -> Result<(), Failure> {
    let quick = options.flag("--quick");
    let rounds = options.number::<u32>("--rounds")?;
    options.finish()?;
    prepare(&[Purpose::Build], "maru-load")?;

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
    options.finish()?;
    prepare(&[Purpose::Build, Purpose::Desktop, Purpose::Tests], "maru")?;
    let mut bench = command(
        "npm",
        ["run", "bench", "--workspace", "tests/e2e", "--silent"],
    );
    if let Some(folder) = binary("maru", true).parent() {
        bench.env("MARU_BIN_DIR", folder);
    }
    bench
        .env("MARU_BENCH", "1")
        .env("MARU_BENCH_SECONDS", seconds.unwrap_or(60).to_string())
        .env("MARU_BENCH_ROUNDS", rounds.unwrap_or(5).to_string());
    run_command(bench)
}

pub(crate) fn run(mut options: Options) -> Result<(), Failure> {
    match options.word().as_deref() {
        Some("signaling") => signaling(options),
        Some("native") => native(options),
        _ => Err(Failure::Usage(
            "what can be measured is: bench signaling, bench native".into(),
        )),
    }
}
