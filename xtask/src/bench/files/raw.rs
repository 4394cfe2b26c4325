//! A data channel between two processes, without files.

use super::{
    lab::ADDRESSES,
    measured::{Column, Measured},
    program::{Place, Program, example, words},
};
use crate::failure::Failure;

/// Bytes of a message, as of file transfer.
const MESSAGE: &str = "65536";

/// Sends so many megabytes over one connection, ordered and unordered: the figures of the faster one. `receive_buffer`:
/// bytes that sockets request, if not as many as usual.
pub(super) fn measure(
    places: Option<[Place<'_>; 2]>,
    megabytes: u32,
    receive_buffer: Option<u32>,
) -> Result<Measured, Failure> {
    let megabytes = megabytes.to_string();
    let mut command = words(&[&example("bulk"), &megabytes, "two", "data", MESSAGE, "1"]);
    if let Some([_, receiver]) = places {
        let [bind, receiver_bind] = ADDRESSES;
        command.extend(words(&["--bind", bind, "--receiver-bind", receiver_bind]));
        command.extend(words(&["--receiver", &receiver.prefix().join(" ")]));
    }
    if let Some(bytes) = receive_buffer {
        command.extend(words(&["--receive-buffer", &bytes.to_string()]));
    }
    let place = places.map_or(Place::Here, |[sender, _]| sender);
    let ended = Program::start(place, command)?.finish()?;
    let mut rows: Vec<[f64; 2]> = ended
        .lines
        .iter()
        .filter_map(|line| figures(line))
        .collect();
    rows.sort_by(|one, other| one[0].total_cmp(&other[0]));
    let [rate, processor] = rows
        .pop()
        .ok_or_else(|| Failure::Step("the raw channel printed no figures".into()))?;
    let mut measured = Measured::from([
        (Column::MegabytesPerSecond, rate),
        (Column::Processor, processor),
    ]);
    // A process for each of the two transfers receives.
    if let [sender, receivers @ ..] = ended.memory.as_slice() {
        measured.insert(Column::SenderMemory, *sender);
        let receiver = receivers.iter().copied().fold(0.0, f64::max);
        measured.insert(Column::ReceiverMemory, receiver);
    }
    Ok(measured)
}

/// MB/s and CPU s/GB of a row of the example's table.
fn figures(line: &str) -> Option<[f64; 2]> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    match cells.as_slice() {
        ["", _, _, _, rate, processor, ""] => Some([rate.parse().ok()?, processor.parse().ok()?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_table_of_the_example() {
        assert_eq!(
            figures("| 1 | 65536 | ordered | 450 | 2.45 |"),
            Some([450.0, 2.45])
        );
        assert_eq!(figures("|---|---|---|---|---|"), None);
        assert_eq!(
            figures("| connections | bytes | order | MB/s | cpu s/GB |"),
            None
        );
    }
}
