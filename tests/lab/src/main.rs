//! `maru-lab`: a path between two network namespaces. The kernel's own emulation (`tc netem`) is not in every kernel, and
//! its results cannot be repeated with a seed.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
const HELP: &str = "\
Carries IP packets between two network namespaces, as badly as asked for.

Usage: maru-lab <namespace> <namespace> [seed]

The namespaces exist already (`ip netns add`). Each gets a TUN device named 'path', which is yours to give an
address and to bring up, and which is gone when this ends: when its standard input is closed.

Conditions are JSON objects on standard input, one a line, for both directions; what a line does not name is as on
a clean path. An array of two is for the direction from the first namespace to the second, and for the other. Each line is
answered by a line on standard output, as is the beginning.

  {\"delayMs\": 10, \"jitterMs\": 80, \"loss\": 0.05, \"rate\": 500000, \"queueMs\": 300}
  [{\"loss\": 1}, {}]
";

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        [first, second] if !first.starts_with('-') => run([first, second], 1),
        [first, second, seed] => match seed.parse() {
            Ok(seed) => run([first, second], seed),
            Err(_) => Err(format!("a seed is a number, and '{seed}' is not")),
        },
        _ => Err(HELP.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("maru-lab: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
fn run(namespaces: [&str; 2], seed: u64) -> Result<(), String> {
    maru_lab::carry(namespaces, seed, &std::io::stdin(), &mut std::io::stdout())
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("maru-lab connects network namespaces: it runs on Linux only");
    ExitCode::FAILURE
}
