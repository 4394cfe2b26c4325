//! Our file transfer, between two processes.

use std::path::PathBuf;

use serde_json::Value;

use super::{
    folders::Destination,
    lab::ADDRESSES,
    measured::{Column, Measured},
    program::{Place, Program, example, word, words},
};
use crate::failure::Failure;

/// How files are transferred.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options {
    /// Connections at most, if not as many as usual.
    pub(super) connections: Option<u8>,
    /// Bytes of receive buffer that sockets request, if not as many as usual.
    pub(super) receive_buffer: Option<u32>,
    /// As beside a call.
    pub(super) yields: bool,
    /// The transfer ends after so many seconds.
    pub(super) seconds: Option<u32>,
}

/// Sends `paths` to `destination`.
pub(super) fn measure(
    places: Option<[Place<'_>; 2]>,
    paths: &[PathBuf],
    destination: &Destination,
    options: Options,
) -> Result<Measured, Failure> {
    let mut command = words(&[&example("transfer"), "send", &word(&destination.0)]);
    command.extend(paths.iter().map(|path| word(path)));
    if let Some([_, receiver]) = places {
        let [bind, receiver_bind] = ADDRESSES;
        command.extend(words(&["--bind", bind, "--receiver-bind", receiver_bind]));
        command.extend(words(&["--receiver", &receiver.prefix().join(" ")]));
    }
    for (name, number) in [
        ("--connections", options.connections.map(u32::from)),
        ("--receive-buffer", options.receive_buffer),
        ("--seconds", options.seconds),
    ] {
        if let Some(number) = number {
            command.extend(words(&[name, &number.to_string()]));
        }
    }
    if options.yields {
        command.extend(words(&["--call"]));
    }
    let place = places.map_or(Place::Here, |[sender, _]| sender);
    let ended = Program::start(place, command)?.finish()?;
    let line = ended.lines.last().map_or("", String::as_str);
    figures(line).ok_or_else(|| Failure::Step(format!("the transfer printed '{line}'")))
}

/// Of what the example prints.
fn figures(line: &str) -> Option<Measured> {
    let result: Value = serde_json::from_str(line).ok()?;
    let number = |name: &str| result[name].as_f64();
    let memory = |name: &str| Some(result[name][1].as_f64()? / 1e6);
    let mut measured = Measured::from([
        (Column::MegabytesPerSecond, number("megabytesPerSecond")?),
        (Column::FilesPerSecond, number("filesPerSecond")?),
        (Column::Processor, number("processorPerGigabyte")?),
        (Column::SenderMemory, memory("senderMemory")?),
        (Column::ReceiverMemory, memory("receiverMemory")?),
    ]);
    // A transfer that was ended early may have nothing yet.
    if let Some(seconds) = number("firstByte") {
        measured.insert(Column::FirstByte, seconds * 1e3);
    }
    Some(measured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_example_prints() {
        let line = r#"{"megabytesPerSecond":5.5,"filesPerSecond":1,"processorPerGigabyte":4,"firstByte":0.25,
            "senderMemory":[1,2000000],"receiverMemory":[1,3000000]}"#;
        let measured = figures(line).unwrap();
        assert_eq!(measured[&Column::MegabytesPerSecond], 5.5);
        assert_eq!(measured[&Column::FirstByte], 250.0);
        assert_eq!(measured[&Column::ReceiverMemory], 3.0);
        assert_eq!(figures("killed"), None);
    }
}
