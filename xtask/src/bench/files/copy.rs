//! Copies on this machine: `dd`, and `tar` into `tar`.

use std::{path::Path, time::Instant};

use super::{
    folders::{Destination, SMALL_FILES},
    measured::{Column, Measured},
    program::{Place, Program, word, words},
    usage::processor_of_children,
};
use crate::failure::Failure;

/// Copies a file with `dd`, until it is durable.
pub(super) fn dd(path: &Path, bytes: u64, to: &Destination) -> Result<Measured, Failure> {
    let from = format!("if={}", word(path));
    let to = format!("of={}", word(&to.0.join("copy")));
    let options = ["bs=1M", "conv=fsync", "status=none"];
    let command = words(&["dd", &from, &to, options[0], options[1], options[2]]);
    #[expect(clippy::cast_precision_loss, reason = "less than 2^53 bytes")]
    let gigabytes = bytes as f64 / 1e9;
    let (seconds, processor) = time(command)?;
    Ok(Measured::from([
        (Column::MegabytesPerSecond, gigabytes * 1e3 / seconds),
        (Column::Processor, processor / gigabytes),
    ]))
}

/// Copies the folder of small files with one `tar` into another; and until it is durable if `syncs`.
pub(super) fn tar(path: &Path, to: &Destination, syncs: bool) -> Result<Measured, Failure> {
    let script = r#"tar -C "$1" -cf - . | tar -C "$2" -xf - && if [ "$3" ]; then sync -f "$2"; fi"#;
    let syncs = if syncs { "syncs" } else { "" };
    let command = words(&["sh", "-c", script, "sh", &word(path), &word(&to.0), syncs]);
    let (seconds, _) = time(command)?;
    Ok(Measured::from([(
        Column::FilesPerSecond,
        f64::from(SMALL_FILES) / seconds,
    )]))
}

/// Seconds, and seconds of processor time.
fn time(command: Vec<String>) -> Result<(f64, f64), Failure> {
    let processor = processor_of_children();
    let start = Instant::now();
    Program::start(Place::Here, command)?.finish()?;
    let seconds = start.elapsed().as_secs_f64();
    Ok((seconds, processor_of_children() - processor))
}
