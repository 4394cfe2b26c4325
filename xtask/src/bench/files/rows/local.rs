//! One machine: a large file, and how soon something of a transfer arrives.

use super::super::{
    browser, copy,
    folders::{Disk, Folders, LARGE},
    measured::{
        Column::{FirstByte, MegabytesPerSecond, Processor},
        Measured,
    },
    raw,
    row::{Contestant, Goal, Needs, OURS, RAW, Row},
    tcp,
    transfer::{self, Options},
    wormhole,
};
use crate::failure::Failure;

const CHROMIUM: &str = "Chromium ↔ Chromium, raw";

fn large(folders: &Folders, disk: Disk) -> Result<Measured, Failure> {
    let paths = [folders.large()?];
    let destination = folders.destination(disk)?;
    transfer::measure(None, &paths, &destination, Options::default())
}

pub(super) fn loopback() -> Row {
    Row {
        name: "loopback",
        title: "loopback, tmpfs",
        needs: Needs::Browser,
        compared: MegabytesPerSecond,
        goals: vec![
            Goal::AtLeast(MegabytesPerSecond, 400.0),
            Goal::Times(0.8, RAW),
            Goal::Times(6.0, CHROMIUM),
            Goal::AtMost(Processor, 4.5),
        ],
        contestants: vec![
            Contestant::new(OURS, |folders| large(folders, Disk::Tmpfs)),
            Contestant::new(RAW, |_| raw::measure(None, 1_000, None)),
            Contestant::new(CHROMIUM, |_| {
                browser::measure("raw channel, Chromium to Chromium")
            }),
            Contestant::new("magic-wormhole", |folders| {
                wormhole::measure(&folders.large()?, &folders.destination(Disk::Tmpfs)?)
            }),
            Contestant::new("TCP", |folders| {
                let destination = folders.destination(Disk::Tmpfs)?;
                tcp::measure(None, &folders.large()?, &destination, None)
            }),
        ],
    }
}

pub(super) fn disk() -> Row {
    Row {
        name: "disk",
        title: "loopback, disk",
        needs: Needs::Examples,
        compared: MegabytesPerSecond,
        goals: vec![Goal::TimesSlowest(0.9)],
        contestants: vec![
            Contestant::new(OURS, |folders| large(folders, Disk::Real)),
            Contestant::new("dd conv=fsync", |folders| {
                copy::dd(&folders.large()?, LARGE, &folders.destination(Disk::Real)?)
            }),
            Contestant::new("Maru to tmpfs", |folders| large(folders, Disk::Tmpfs)),
        ],
    }
}

pub(super) fn first_byte() -> [Row; 2] {
    let row = |name, title, paths: fn(&Folders) -> Result<_, Failure>, most| Row {
        name,
        title,
        needs: Needs::Examples,
        compared: FirstByte,
        goals: vec![Goal::AtMost(FirstByte, most)],
        contestants: vec![Contestant::new(OURS, move |folders| {
            let destination = folders.destination(Disk::Tmpfs)?;
            transfer::measure(None, &[paths(folders)?], &destination, Options::default())
        })],
    };
    [
        row("first-byte", "first byte of a file", Folders::large, 200.0),
        row(
            "first-byte-folder",
            "first byte of a folder of 100,000 files",
            Folders::small_files,
            1_000.0,
        ),
    ]
}
