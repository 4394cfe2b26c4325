//! `maru-load`: see `--help`; usually run by `cargo xtask bench signaling`.

#![allow(clippy::print_stdout)]

#[cfg(target_os = "linux")]
mod bench;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
const HELP: &str = "\
Measures signaling servers.

Usage: maru-load echo --listen <address:port>
       maru-load bench --maru <binary> --reference <server.mjs> [--json <file>]
                       [--rounds <n>] [--quick] [--only <relay|memory|storm>]

  echo    a bare WebSocket echo, the yardstick
  bench   Maru, the echo and the Socket.IO reference side by side
";

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let result = match arguments.next().as_deref() {
        Some("echo") => echo(arguments),
        Some("bench") => bench::run(arguments),
        Some("--help" | "-h") | None => {
            print!("{HELP}");
            Ok(())
        }
        Some(_) => Err(format!("no such command\n\n{HELP}").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("maru-load: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
fn echo(mut arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn std::error::Error>> {
    let (Some("--listen"), Some(listen), None) = (
        arguments.next().as_deref(),
        arguments.next(),
        arguments.next(),
    ) else {
        return Err("echo takes --listen <address:port>".into());
    };
    maru_load::server::raise_descriptor_limit(65_536)?;
    let runtime = tokio::runtime::Runtime::new()?;
    Ok(runtime.block_on(maru_load::echo::run(listen.parse()?))?)
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("maru-load reads /proc: it runs on Linux only");
    ExitCode::FAILURE
}
