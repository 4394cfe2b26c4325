//! The same file over plain TCP, durable at the end.

use std::path::Path;

use serde_json::Value;

use super::{
    folders::Destination,
    lab::ADDRESSES,
    measured::{Column, Measured},
    program::{Place, Program, example, word, words},
    usage::processor_of_children,
};
use crate::failure::Failure;

const PORT: u16 = 29_417;

/// Sends a file, or as much of it as in so many seconds.
pub(super) fn measure(
    places: Option<[Place<'_>; 2]>,
    path: &Path,
    destination: &Destination,
    seconds: Option<u32>,
) -> Result<Measured, Failure> {
    let address = places.map_or("127.0.0.1", |_| ADDRESSES[1]);
    let address = format!("{address}:{PORT}");
    let [here, there] = places.unwrap_or([Place::Here, Place::Here]);
    let program = example("tcp");
    let file = word(&destination.0.join("received"));
    let processor = processor_of_children();
    let mut receiver = Program::start(there, words(&[&program, "receive", &address, &file]))?;
    receiver.line()?;
    let mut command = words(&[&program, "send", &address, &word(path)]);
    command.extend(seconds.map(|seconds| seconds.to_string()));
    let sender = Program::start(here, command)?.finish()?;
    let receiver = receiver.finish()?;
    let line = sender.lines.last().map_or("", String::as_str);
    let result: Value = serde_json::from_str(line).unwrap_or_default();
    let (Some(bytes), Some(seconds)) = (result["bytes"].as_f64(), result["seconds"].as_f64())
    else {
        return Err(Failure::Step(format!("TCP printed '{line}'")));
    };
    let processor = processor_of_children() - processor;
    Ok(Measured::from([
        (Column::MegabytesPerSecond, bytes / 1e6 / seconds),
        (Column::Processor, processor / (bytes / 1e9)),
        (Column::SenderMemory, sender.memory.iter().sum()),
        (Column::ReceiverMemory, receiver.memory.iter().sum()),
    ]))
}
