//! What a browser takes part in: a measurement in `tests/e2e/bench`, by its name.

use std::fs;

use serde_json::Value;

use super::measured::{Column, Measured};
use crate::{
    command::{binary, command, root, run},
    failure::Failure,
};

/// Where the measurements put their results, by name.
const RESULTS: &str = "tests/artifacts/bench-native.json";

/// Runs the measurement of this name.
pub(super) fn measure(name: &str) -> Result<Measured, Failure> {
    let mut bench = command(
        "npm",
        [
            "run",
            "bench",
            "--workspace",
            "tests/e2e",
            "--silent",
            "--",
            "--grep",
            name,
        ],
    );
    if let Some(folder) = binary("maru", true).parent() {
        bench.env("MARU_BIN_DIR", folder);
    }
    bench.env("MARU_BENCH", "1");
    let results = root().join(RESULTS);
    // What a run before this one left must not be taken for its result.
    let _ = fs::remove_file(&results);
    run(bench)?;
    let text = fs::read_to_string(results).unwrap_or_default();
    let all: Value = serde_json::from_str(&text).unwrap_or_default();
    figures(&all[name]).ok_or_else(|| Failure::Step(format!("'{name}' left no figures")))
}

fn figures(result: &Value) -> Option<Measured> {
    let names = [
        ("megabytesPerSecond", Column::MegabytesPerSecond, 1.0),
        ("processorPerGigabyte", Column::Processor, 1.0),
        ("senderMegabytes", Column::SenderMemory, 1.0),
        ("receiverMegabytes", Column::ReceiverMemory, 1.0),
        ("cancelShown", Column::CancelShown, 1.0),
        ("cancelStopped", Column::CancelStopped, 1.0),
        ("concealedBeside", Column::Concealed, 100.0),
        ("concealedAlone", Column::ConcealedAlone, 100.0),
        ("used", Column::Used, 100.0),
    ];
    let found = names.iter().filter_map(|(name, column, scale)| {
        let value = result[*name].as_f64()?;
        Some((*column, value * scale))
    });
    let measured: Measured = found.collect();
    (!measured.is_empty()).then_some(measured)
}
