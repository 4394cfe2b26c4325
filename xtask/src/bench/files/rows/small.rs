//! Many small files.

use super::super::{
    copy,
    folders::Disk,
    measured::Column::FilesPerSecond,
    row::{Contestant, Goal, Needs, OURS, Row},
    transfer::{self, Options},
};

const TAR: &str = "tar into tar";

pub(super) fn small_files() -> [Row; 2] {
    let row = |name, title, disk, goal| Row {
        name,
        title,
        needs: Needs::Examples,
        compared: FilesPerSecond,
        goals: vec![goal],
        contestants: vec![
            Contestant::new(OURS, move |folders| {
                let paths = [folders.small_files()?];
                let destination = folders.destination(disk)?;
                transfer::measure(None, &paths, &destination, Options::default())
            }),
            Contestant::new(TAR, move |folders| {
                copy::tar(&folders.small_files()?, &folders.destination(disk)?, false)
            }),
            Contestant::new("tar into tar, and sync", move |folders| {
                copy::tar(&folders.small_files()?, &folders.destination(disk)?, true)
            }),
        ],
    };
    [
        row(
            "small-files",
            "100,000 files of 1 KB, tmpfs",
            Disk::Tmpfs,
            Goal::AtLeast(FilesPerSecond, 10_000.0),
        ),
        row(
            "small-files-disk",
            "100,000 files of 1 KB, disk",
            Disk::Real,
            Goal::Times(0.5, TAR),
        ),
    ]
}
