//! Long paths.

use super::super::{
    folders::Disk,
    lab::Lab,
    measured::Column::MegabytesPerSecond,
    raw,
    row::{Contestant, Goal, Needs, OURS, RAW, Row, TCP},
    tcp,
    transfer::{self, Options},
};

/// Bytes of receive buffer that Linux grants unless it is configured otherwise.
const STOCK_BUFFER: u32 = 212_992;
/// Seconds of a transfer.
const SECONDS: u32 = 20;

/// A path of the lab.
#[derive(Clone, Copy)]
struct Path {
    conditions: &'static str,
    /// What the raw channel sends: seconds of it.
    raw_megabytes: u32,
}

const NEAR: Path = Path {
    conditions: r#"{"delayMs":10}"#,
    raw_megabytes: 300,
};
const NEAR_LOSS: Path = Path {
    conditions: r#"{"delayMs":10,"loss":0.001}"#,
    raw_megabytes: 30,
};
const FAR_LOSS: Path = Path {
    conditions: r#"{"delayMs":50,"loss":0.01}"#,
    raw_megabytes: 2,
};

pub(super) fn paths() -> [Row; 5] {
    let row = |name, title, path: Path, options: Options, least| {
        let options = Options {
            seconds: Some(SECONDS),
            ..options
        };
        Row {
            name,
            title,
            needs: Needs::Examples,
            compared: MegabytesPerSecond,
            goals: vec![Goal::AtLeast(MegabytesPerSecond, least)],
            contestants: vec![
                Contestant::new(OURS, move |folders| {
                    let lab = Lab::start(path.conditions)?;
                    let destination = folders.destination(Disk::Tmpfs)?;
                    let paths = folders.several_large(4)?;
                    transfer::measure(Some(lab.places()), &paths, &destination, options)
                }),
                Contestant::new(RAW, move |_| {
                    let lab = Lab::start(path.conditions)?;
                    raw::measure(Some(lab.places()), path.raw_megabytes)
                }),
                Contestant::new(TCP, move |folders| {
                    let lab = Lab::start(path.conditions)?;
                    let destination = folders.destination(Disk::Tmpfs)?;
                    let large = folders.large()?;
                    tcp::measure(Some(lab.places()), &large, &destination, Some(SECONDS))
                }),
            ],
        }
    };
    let stock = Options {
        receive_buffer: Some(STOCK_BUFFER),
        ..Options::default()
    };
    let connections = |connections| Options {
        connections: Some(connections),
        ..Options::default()
    };
    [
        row("20ms", "20 ms", NEAR, Options::default(), 100.0),
        row(
            "20ms-stock",
            "20 ms, receive buffer of 208 KiB",
            NEAR,
            stock,
            70.0,
        ),
        row(
            "20ms-loss-8",
            "20 ms, 0.1 % loss, 8 connections",
            NEAR_LOSS,
            connections(8),
            20.0,
        ),
        row(
            "20ms-loss-16",
            "20 ms, 0.1 % loss, 16 connections",
            NEAR_LOSS,
            connections(16),
            30.0,
        ),
        row(
            "100ms-loss",
            "100 ms, 1 % loss",
            FAR_LOSS,
            Options::default(),
            2.0,
        ),
    ]
}
