//! Our file transfer beside the audio of a call, over a narrow path.

use serde_json::Value;

use super::{
    folders::{Destination, Folders, LARGE},
    lab::{ADDRESSES, Lab},
    measured::{Column, Measured},
    program::{Program, example, words},
    transfer,
};
use crate::failure::Failure;

const PORT: u16 = 29_418;
/// Seconds of audio before the transfer.
const BEFORE: u32 = 1;
/// Seconds of the transfer.
const SECONDS: u32 = 30;
/// Of the audio, in bits per second: 160 bytes every 20 ms.
const AUDIO: f64 = 64e3;

/// Beside the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Transfer,
    Nothing,
}

/// `rate` in bits per second. The queue of the path is full after `queue` milliseconds.
pub(super) fn measure(
    folders: &Folders,
    destination: &Destination,
    rate: u32,
    queue: u32,
    beside: Beside,
) -> Result<Measured, Failure> {
    let lab = Lab::start(&format!(
        r#"{{"delayMs":10,"rate":{rate},"queueMs":{queue}}}"#
    ))?;
    let [here, there] = lab.places();
    let address = format!("{}:{PORT}", ADDRESSES[1]);
    let program = example("audio");
    let before = BEFORE.to_string();
    let mut receiver = Program::start(there, words(&[&program, "receive", &address, &before]))?;
    receiver.line()?;
    let seconds = (BEFORE + SECONDS).to_string();
    let sender = Program::start(here, words(&[&program, "send", &address, &seconds]))?;
    let mut measured = Measured::new();
    let mut rates = AUDIO;
    if beside == Beside::Transfer {
        std::thread::sleep(std::time::Duration::from_secs(BEFORE.into()));
        let options = transfer::Options {
            yields: true,
            seconds: Some(SECONDS),
            ..Default::default()
        };
        debug_assert!(f64::from(rate) * f64::from(SECONDS) / 8.0 < LARGE as f64);
        let paths = [folders.large()?];
        measured = transfer::measure(Some([here, there]), &paths, destination, options)?;
        rates += measured[&Column::MegabytesPerSecond] * 8e6;
        measured.insert(Column::Used, rates / f64::from(rate) * 100.0);
    }
    sender.finish()?;
    let ended = receiver.finish()?;
    let line = ended.lines.last().map_or("", String::as_str);
    let result: Value = serde_json::from_str(line).unwrap_or_default();
    let delay = result["p95"]
        .as_f64()
        .ok_or_else(|| Failure::Step(format!("the audio printed '{line}'")))?;
    measured.insert(Column::Delay, delay);
    Ok(measured)
}
