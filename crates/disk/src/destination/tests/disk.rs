//! Disks that are full, read-only or gone, and go on when that is mended.

use std::{io, process::Command};

use super::*;
use crate::seam;

const ENOSPC: i32 = 28;
const EIO: i32 = 5;

/// A file system of its own, if this user may mount one.
struct Mounted {
    path: TempDir,
    image: Option<TempDir>,
}

impl Mounted {
    fn tmpfs(size: &str) -> Option<Self> {
        let path = TempDir::new().unwrap();
        let option = format!("size={size}");
        let is_mounted = run(
            "mount",
            &["-t", "tmpfs", "-o", &option, "tmpfs", text(&path)],
        );
        Self::if_mounted(is_mounted, path, None)
    }

    /// In a file: `make` is the program that makes it, of this size.
    fn image(make: &[&str], size: u64) -> Option<Self> {
        let (path, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let image = folder.path().join("image");
        fs::File::create(&image).unwrap().set_len(size).unwrap();
        let image = image.to_str().unwrap();
        let made = run(make[0], &[&make[1..], &[image]].concat());
        let is_mounted = made && run("mount", &["-o", "loop", image, text(&path)]);
        Self::if_mounted(is_mounted, path, Some(folder))
    }

    fn if_mounted(is_mounted: bool, path: TempDir, image: Option<TempDir>) -> Option<Self> {
        if !is_mounted {
            println!("skipped: no permission to mount, or no such file system here");
        }
        is_mounted.then_some(Self { path, image })
    }

    fn remount(&self, option: &str) {
        let option = format!("remount,{option}");
        assert!(run("mount", &["-o", &option, text(&self.path)]), "{option}");
    }

    fn fixture(&self) -> Fixture {
        Fixture::at(text(&self.path))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &["-l", text(&self.path)]);
        drop(self.image.take());
    }
}

fn text(folder: &TempDir) -> &str {
    folder.path().to_str().unwrap()
}

fn run(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}

/// Room for a moment: a file that is removed to make room.
fn fill(folder: &Path, leave: u64) -> PathBuf {
    let free = crate::os::free_bytes(folder).unwrap().unwrap();
    let path = folder.join("ballast");
    let file = fs::File::create(&path).unwrap();
    let length = free.saturating_sub(leave);
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, length).unwrap();
    path
}

fn receive_although_full(fixture: &Fixture) {
    let entries = [file("f/a", 3 * MIB), file("f/b", 100), file("c", 2 * MIB)];
    let mut destination = fixture.create(&entries);
    let ballast = fill(&fixture.folder, 2 * MIB as u64);
    let mut failures = 0;
    let mut is_full = true;
    let mut retry = |attempt: &mut dyn FnMut() -> Result<(), DiskError>| {
        while let Err(error) = attempt() {
            assert_eq!(error.code, Code::DiskFull, "{error}");
            assert_eq!(error.fault, Fault::Io);
            failures += 1;
            // Room is made after the second time.
            if failures == 2 && is_full {
                is_full = false;
                fs::remove_file(&ballast).unwrap();
            }
            assert!(failures < 3);
        }
    };
    for (entry, groups) in [(0, 3), (1, 1), (2, 2)] {
        for group in 0..groups {
            retry(&mut || destination.write_group(entry, group));
        }
        retry(&mut || destination.finish(entry, HASH));
        retry(&mut || destination.checkpoint().map(drop));
    }
    destination.conclude().unwrap();
    assert_eq!(failures, 2);
    let list = fixture.list();
    assert!(list["f/a"].as_ref().unwrap() == &content(0, 3 * MIB));
    assert!(list["f/b"].as_ref().unwrap() == &content(1, 100));
    assert!(list["c"].as_ref().unwrap() == &content(2, 2 * MIB));
}

#[test]
fn a_full_tmpfs_goes_on_when_there_is_room() {
    if let Some(mounted) = Mounted::tmpfs("8m") {
        receive_although_full(&mounted.fixture());
    }
}

#[test]
fn a_full_ext4_goes_on_when_there_is_room() {
    let make = ["mkfs.ext4", "-q", "-m", "0"];
    if let Some(mounted) = Mounted::image(&make, 16 << 20) {
        receive_although_full(&mounted.fixture());
    }
}

#[test]
fn a_disk_that_is_full_and_a_program_that_ends_lose_nothing_durable() {
    let Some(mounted) = Mounted::tmpfs("8m") else {
        return;
    };
    let fixture = mounted.fixture();
    let mut destination = fixture.create(&[file("x", 20 * MIB)]);
    let mut written = 0;
    while destination.write_group(0, written).is_ok() {
        written += 1;
    }
    let durable = destination.checkpoint().unwrap();
    assert_eq!(durable, written * MIB as u64);
    drop(destination);
    mounted.remount("size=32m");
    let (mut destination, restored) = fixture.reopen();
    assert_eq!(restored.bytes, durable);
    for group in written..20 {
        destination.write_group(0, group).unwrap();
    }
    destination.finish(0, HASH).unwrap();
    destination.conclude().unwrap();
    assert!(fixture.list()["x"].as_ref().unwrap() == &content(0, 20 * MIB));
}

#[test]
fn a_disk_that_becomes_read_only_goes_on_when_it_is_mended() {
    let make = ["mkfs.ext4", "-q"];
    let Some(mounted) = Mounted::image(&make, 16 << 20) else {
        return;
    };
    let fixture = mounted.fixture();
    let mut destination = fixture.create(&[file("x", 2 * MIB), file("y", 10)]);
    destination.write_group(0, 0).unwrap();
    let durable = destination.checkpoint().unwrap();
    drop(destination);
    mounted.remount("ro");
    let error = check_folder(&fixture.folder, 1, 1).unwrap_err();
    assert_eq!(error.code, Code::ReadOnly);
    let error = Destination::create(&fixture.folder, TempDir::new().unwrap().path());
    assert_eq!(error.unwrap_err().code, Code::ReadOnly);
    // Already before: what is left of an earlier time is removed there.
    let (mut destination, restored) = fixture.reopen();
    assert_eq!(restored.bytes, durable);
    assert_eq!(
        destination.write_group(0, 1).unwrap_err().code,
        Code::ReadOnly
    );
    assert_eq!(destination.receive(1).unwrap_err().code, Code::ReadOnly);
    mounted.remount("rw");
    destination.write_group(0, 1).unwrap();
    destination.finish(0, HASH).unwrap();
    destination.receive(1).unwrap();
    destination.conclude().unwrap();
    assert_eq!(fixture.names(), ["x", "y"]);
    assert!(fixture.list()["x"].as_ref().unwrap() == &content(0, 2 * MIB));
}

#[test]
fn fat_has_files_of_4_gib_less_a_byte() {
    const LIMIT: u64 = (4 << 30) - 1;
    let make = ["mkfs.vfat", "-F", "32"];
    let Some(mounted) = Mounted::image(&make, 20 << 30) else {
        return;
    };
    check_folder(mounted.path.path(), LIMIT, LIMIT).unwrap();
    let error = check_folder(mounted.path.path(), LIMIT + 1, LIMIT + 1).unwrap_err();
    assert_eq!(error.code, Code::TooLarge);
    let fixture = mounted.fixture();
    let mut destination = fixture.create(&[file("large", 5 << 30), file("x", 10)]);
    assert_eq!(destination.take_refused(), [(0, Code::TooLarge)]);
    destination.receive(1).unwrap();
    destination.conclude().unwrap();
    assert_eq!(fixture.names(), ["x"]);
    receive_although_full(&mounted.fixture());
}

#[test]
fn a_folder_is_checked_before() {
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    check_folder(path, 1, 1).unwrap();
    assert_eq!(fs::read_dir(path).unwrap().count(), 0);
    let code = |path: &Path, bytes| check_folder(path, bytes, bytes).unwrap_err().code;
    assert_eq!(code(&path.join("missing"), 1), Code::Missing);
    fs::write(path.join("file"), "").unwrap();
    assert_eq!(code(&path.join("file"), 1), Code::Unwritable);
    assert_eq!(code(path, u64::MAX), Code::TooLarge);
    let free = crate::os::free_bytes(path).unwrap().unwrap();
    assert_eq!(code(path, free - (32 << 20)), Code::TooLarge);
    // Without bytes it is not the room that matters.
    if let Some(mounted) = Mounted::tmpfs("8m") {
        check_folder(mounted.path.path(), 0, 0).unwrap();
        assert_eq!(code(mounted.path.path(), 1), Code::TooLarge);
    }
}

#[test]
fn a_folder_that_is_gone_is_missing() {
    let fixture = Fixture::new();
    let mut destination = fixture.create(&[file("x", 2 * MIB), file("y", 10)]);
    destination.write_group(0, 0).unwrap();
    destination.checkpoint().unwrap();
    let staging = fixture.staging().unwrap();
    let aside = fixture.records.join("aside");
    fs::rename(&fixture.folder, &aside).unwrap();
    let error = Destination::reopen(&fixture.records).unwrap_err();
    assert_eq!(error.fault, Fault::InUse);
    drop(destination);
    let error = Destination::reopen(&fixture.records).unwrap_err();
    assert_eq!(error.code, Code::Missing);
    // Mended.
    fs::rename(&aside, &fixture.folder).unwrap();
    let (mut destination, restored) = fixture.reopen();
    assert_eq!(restored.bytes, MIB as u64);
    // Removed while it is open.
    fs::remove_dir_all(staging).unwrap();
    assert_eq!(destination.receive(1).unwrap_err().code, Code::Missing);
    drop(destination);
    let error = Destination::reopen(&fixture.records).unwrap_err();
    assert_eq!(error.code, Code::Missing);
}

#[test]
fn every_operation_may_fail_once_and_can_be_repeated() {
    let entries = [
        folder("f"),
        file("f/g/x", MIB + 5),
        file("top", 10),
        folder("f/empty"),
        file("taken", 10),
    ];
    for kind in ["make_folder", "make_file", "write", "set_length", "rename"] {
        for skipped in 0.. {
            let fixture = Fixture::at("/dev/shm");
            fs::write(fixture.folder.join("taken"), "mine").unwrap();
            let mut destination = fixture.create(&[]);
            drop(destination);
            // `create` itself is not repeated.
            destination = {
                let records = fixture.records.join("new");
                fs::create_dir(&records).unwrap();
                Destination::create(&fixture.folder, &records).unwrap()
            };
            seam::fail(kind, skipped, ENOSPC);
            let mut failures = 0;
            let mut repeat = |attempt: &mut dyn FnMut() -> Result<(), DiskError>| {
                while let Err(error) = attempt() {
                    assert_eq!(error.code, Code::DiskFull, "{error}");
                    failures += 1;
                    assert!(failures < 2, "{kind} {skipped}");
                }
            };
            repeat(&mut || destination.store_entries(0, &entries[..2], false));
            repeat(&mut || destination.store_entries(2, &entries[2..], true));
            for entry in 0..5 {
                repeat(&mut || destination.receive_again(entry));
                repeat(&mut || destination.checkpoint().map(drop));
            }
            repeat(&mut || destination.conclude().map(drop));
            let names = ["f", "f/empty", "f/g", "f/g/x", "taken", "taken (2)", "top"];
            assert_eq!(fixture.names(), names, "{kind} {skipped}");
            seam::clear_failure();
            let list = fixture.list();
            assert!(list["f/g/x"].as_ref().unwrap() == &content(1, MIB + 5));
            assert!(list["taken (2)"].as_ref().unwrap() == &content(4, 10));
            if failures == 0 {
                // There are no more operations of this kind.
                assert!(skipped > 0 || kind == "set_length", "{kind}");
                break;
            }
        }
    }
}

impl Destination {
    /// As [`Self::receive`], also if it was received in part.
    fn receive_again(&mut self, entry: u32) -> Result<(), DiskError> {
        self.pending.groups.remove(&entry);
        self.receive(entry)
    }
}

#[test]
fn after_a_sync_that_failed_only_what_was_durable_before_counts() {
    for skipped in 0..6 {
        let fixture = Fixture::new();
        let mut destination = fixture.create(&[file("f/x", 2 * MIB), file("y", 10)]);
        destination.write_group(0, 0).unwrap();
        let before = destination.checkpoint().unwrap();
        destination.write_group(0, 1).unwrap();
        destination.receive(1).unwrap();
        seam::fail("sync", skipped, EIO);
        let result = destination.checkpoint();
        let Err(error) = result else {
            // There are no more syncs.
            assert!(skipped > 2);
            seam::clear_failure();
            break;
        };
        let is_after_the_journal = error.fault == Fault::Io;
        if !is_after_the_journal {
            assert_eq!(error.fault, Fault::Unsynced, "{error}");
            // The next sync would succeed, and say nothing of what was lost.
            assert_eq!(destination.checkpoint().unwrap_err().fault, Fault::Unsynced);
            let error = destination.write_group(0, 1).unwrap_err();
            assert_eq!(error.fault, Fault::Unsynced);
            assert_eq!(destination.receive(1).unwrap_err().fault, Fault::Unsynced);
            assert_eq!(destination.conclude().unwrap_err().fault, Fault::Unsynced);
        }
        drop(destination);
        let (mut destination, restored) = fixture.reopen();
        assert!(restored.bytes >= before);
        for entry in 0..2 {
            if !restored.done.contains(&one(entry)) {
                destination.receive_again(entry).unwrap();
            }
        }
        destination.conclude().unwrap();
        assert_eq!(fixture.names(), ["f", "f/x", "y"]);
    }
}

#[test]
fn errors_of_the_system_have_codes() {
    let code = |errno| crate::error::code(&io::Error::from_raw_os_error(errno), Code::Unwritable);
    let expected = [
        (ENOSPC, Code::DiskFull),
        (122, Code::DiskFull),
        (30, Code::ReadOnly),
        (13, Code::Denied),
        (1, Code::Denied),
        (2, Code::Missing),
        (19, Code::Missing),
        (6, Code::Missing),
        (116, Code::Missing),
        (27, Code::TooLarge),
        (EIO, Code::Unwritable),
    ];
    for (errno, expected) in expected {
        assert_eq!(code(errno), expected, "{errno}");
    }
}
