//! Beside a call.

use super::super::{
    audio::{self, Beside},
    browser,
    folders::{Disk, Folders},
    measured::Column::{Concealed, Delay, Used},
    row::{Contestant, Goal, Needs, OURS, Row},
};

pub(super) fn beside_audio() -> Vec<Row> {
    let row = |name, title, rate, queue, most| {
        let measure = move |beside| {
            move |folders: &Folders| {
                let destination = folders.destination(Disk::Tmpfs)?;
                audio::measure(folders, &destination, rate, queue, beside)
            }
        };
        Row {
            name,
            title,
            needs: Needs::Examples,
            compared: Delay,
            goals: vec![Goal::AtMost(Delay, most), Goal::AtLeast(Used, 80.0)],
            contestants: vec![
                Contestant::new(OURS, measure(Beside::Transfer)),
                Contestant::new("audio alone", measure(Beside::Nothing)),
            ],
        }
    };
    vec![
        row(
            "call-20-50",
            "audio beside it, 20 Mbit/s, queue of 50 ms",
            20_000_000,
            50,
            50.0,
        ),
        row("call-20-200", "20 Mbit/s, 200 ms", 20_000_000, 200, 50.0),
        row(
            "call-20-1000",
            "20 Mbit/s, 1,000 ms",
            20_000_000,
            1_000,
            50.0,
        ),
        row("call-5-50", "5 Mbit/s, 50 ms", 5_000_000, 50, 80.0),
        row("call-5-200", "5 Mbit/s, 200 ms", 5_000_000, 200, 80.0),
        row("call-5-1000", "5 Mbit/s, 1,000 ms", 5_000_000, 1_000, 80.0),
    ]
}

/// The desktop app sends Chromium audio and a file.
pub(super) fn beside_a_call() -> Vec<Row> {
    let row = |name, title, measurement: &'static str| Row {
        name,
        title,
        needs: Needs::App,
        compared: Concealed,
        goals: vec![Goal::AtLeast(Used, 80.0)],
        contestants: vec![Contestant::new(OURS, move |_| {
            browser::measure(measurement)
        })],
    };
    vec![
        row(
            "call-files-20-50",
            "call beside it, 20 Mbit/s, queue of 50 ms",
            "call beside a file, 20 Mbit/s, queue of 50 ms",
        ),
        row(
            "call-files-20-200",
            "20 Mbit/s, 200 ms",
            "call beside a file, 20 Mbit/s, queue of 200 ms",
        ),
        row(
            "call-files-20-1000",
            "20 Mbit/s, 1,000 ms",
            "call beside a file, 20 Mbit/s, queue of 1000 ms",
        ),
        row(
            "call-files-5-50",
            "5 Mbit/s, 50 ms",
            "call beside a file, 5 Mbit/s, queue of 50 ms",
        ),
        row(
            "call-files-5-200",
            "5 Mbit/s, 200 ms",
            "call beside a file, 5 Mbit/s, queue of 200 ms",
        ),
        row(
            "call-files-5-1000",
            "5 Mbit/s, 1,000 ms",
            "call beside a file, 5 Mbit/s, queue of 1000 ms",
        ),
    ]
}
