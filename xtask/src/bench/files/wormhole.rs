//! magic-wormhole over loopback, with a mailbox server of its own.

use std::{path::Path, time::Instant};

use super::{
    folders::{Destination, LARGE},
    measured::{Column, Measured},
    program::{Place, Program, word, words},
    usage::processor_of_children,
};
use crate::{failure::Failure, system};

/// What Debian calls it.
const PACKAGES: [&str; 2] = ["magic-wormhole", "python3-magic-wormhole-mailbox-server"];
const PORT: u16 = 29_419;

/// Sends the large file. The time begins with its first line about the file: before it are Python's start and the
/// exchange of keys.
pub(super) fn measure(path: &Path, destination: &Destination) -> Result<Measured, Failure> {
    if let Some(missing) = PACKAGES.iter().find(|package| !system::has(package)) {
        let install = format!("sudo apt-get install {}", PACKAGES.join(" "));
        return Err(Failure::Needs(format!(
            "skipped: {missing} is not installed ({install})"
        )));
    }
    let endpoint = format!("--port=tcp:{PORT}:interface=127.0.0.1");
    let server = words(&[
        "twist3",
        "wormhole-mailbox",
        &endpoint,
        "--channel-db=:memory:",
    ]);
    let mut server = Program::start(Place::Here, server)?;
    while !server.line()?.contains("starting on") {}
    let url = format!("--relay-url=ws://127.0.0.1:{PORT}/v1");
    // None: the two reach each other.
    let common = ["--transit-helper=", "--appid=maru.bench/files"];
    let code = "7-maru-bench";
    let to = format!("--output-file={}", word(&destination.0.join("received")));
    let wormhole = |rest: &[&str]| {
        // Its messages are on standard error.
        let mut command = words(&["sh", "-c", r#"exec "$@" 2>&1"#, "sh", "wormhole", &url]);
        command.extend(words(&common));
        command.extend(words(rest));
        Program::start(Place::Here, command)
    };
    let processor = processor_of_children();
    let path = word(path);
    let sender = wormhole(&["send", "--hide-progress", "--code", code, &path])?;
    let mut receiver = wormhole(&["receive", "--hide-progress", "--accept-file", &to, code])?;
    while !receiver.line()?.starts_with("Receiving file") {}
    let start = Instant::now();
    let receiver = receiver.finish()?;
    let seconds = start.elapsed().as_secs_f64();
    let sender = sender.finish()?;
    let processor = processor_of_children() - processor;
    #[expect(clippy::cast_precision_loss, reason = "less than 2^53 bytes")]
    let gigabytes = LARGE as f64 / 1e9;
    Ok(Measured::from([
        (Column::MegabytesPerSecond, gigabytes * 1e3 / seconds),
        (Column::Processor, processor / gigabytes),
        (Column::SenderMemory, sender.memory.iter().sum()),
        (Column::ReceiverMemory, receiver.memory.iter().sum()),
    ]))
}
