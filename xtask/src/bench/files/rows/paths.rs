//! Long paths.

use super::super::{
    folders::{Disk, Folders},
    lab::Lab,
    measured::{Column::MegabytesPerSecond, Measured},
    raw,
    row::{Contestant, Goal, Needs, OURS, RAW, Row},
    tcp,
    transfer::{self, Options},
};
use crate::failure::Failure;

/// Bytes of receive buffer that Linux grants unless it is configured otherwise.
const STOCK_BUFFER: u32 = 212_992;
/// A path of the lab.
#[derive(Clone, Copy)]
struct Path {
    conditions: &'static str,
    /// Of a transfer.
    seconds: u32,
    /// What the raw channel sends: some seconds of it.
    raw_megabytes: u32,
}

const NEAR: Path = Path {
    conditions: r#"{"delayMs":10}"#,
    seconds: 20,
    raw_megabytes: 300,
};
const NEAR_LOSS: Path = Path {
    conditions: r#"{"delayMs":10,"loss":0.001}"#,
    seconds: 20,
    raw_megabytes: 30,
};
const FAR_LOSS: Path = Path {
    conditions: r#"{"delayMs":50,"loss":0.01}"#,
    // Most of the first 20 s are for the connections that are added one step after the other.
    seconds: 60,
    raw_megabytes: 6,
};

fn over_tcp(folders: &Folders, path: Path, congestion_control: &str) -> Result<Measured, Failure> {
    let lab = Lab::start(path.conditions)?;
    lab.set_congestion_control(congestion_control)?;
    let destination = folders.destination(Disk::Tmpfs)?;
    let large = folders.large()?;
    tcp::measure(Some(lab.places()), &large, &destination, Some(path.seconds))
}

pub(super) fn paths() -> [Row; 5] {
    let row = |name, title, path: Path, options: Options, least| {
        let options = Options {
            seconds: Some(path.seconds),
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
                    raw::measure(
                        Some(lab.places()),
                        path.raw_megabytes,
                        options.receive_buffer,
                    )
                }),
                Contestant::new("TCP, Reno", move |folders| over_tcp(folders, path, "reno")),
                Contestant::new("TCP, BBR", move |folders| over_tcp(folders, path, "bbr")),
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
