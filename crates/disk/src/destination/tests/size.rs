//! Files that the disk cannot have because of their size. The limit is that of a process, in a process of its own.

use std::{
    env,
    process::{Command, Stdio},
};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::*;

const CHILD: &str = "MARU_TEST_LIMITED";

/// Whether this is the process whose limit may be changed. Otherwise that process runs the test.
fn is_child(name: &str, ignores_signal: bool) -> bool {
    if env::var_os(CHILD).is_some() {
        return true;
    }
    let trap = if ignores_signal { "trap '' XFSZ; " } else { "" };
    let status = Command::new("sh")
        .args(["-c", &format!("{trap}exec \"$@\""), "sh"])
        .arg(env::current_exe().unwrap())
        .args(["--exact", &format!("destination::tests::size::{name}")])
        .env(CHILD, "1")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    false
}

fn limit(bytes: usize) {
    let limit = Rlimit {
        current: Some(bytes as u64),
        maximum: None,
    };
    setrlimit(Resource::Fsize, limit).unwrap();
}

fn entries() -> [Entry; 5] {
    [
        file("large", 4 * MIB),
        folder("f"),
        file("f/small", 10),
        file("f/hole", 4 * MIB),
        file("end", 4 * MIB),
    ]
}

const FAILED: [(u32, Code); 3] = [
    (0, Code::TooLarge),
    (3, Code::TooLarge),
    (4, Code::TooLarge),
];

/// What follows after the files failed: the others are there.
fn expect_the_rest(fixture: &Fixture, mut destination: Destination) {
    let small: u64 = 10;
    assert_eq!(destination.checkpoint().unwrap(), small);
    destination.conclude().unwrap();
    assert_eq!(fixture.names(), ["f", "f/small"]);
    drop(destination);
    let (_, restored) = fixture.reopen();
    assert_eq!(restored.failed, FAILED);
    assert_eq!(restored.bytes, small);
}

#[test]
fn a_file_that_turns_out_to_be_too_large_fails_alone() {
    if !is_child("a_file_that_turns_out_to_be_too_large_fails_alone", true) {
        return;
    }
    let fixture = Fixture::new();
    let mut destination = fixture.create(&entries());
    limit(2 * MIB + 100);
    for group in [0, 1] {
        destination.write_group(0, group).unwrap();
    }
    assert_eq!(destination.checkpoint().unwrap(), 2 * MIB as u64);
    assert_eq!(destination.take_refused(), []);
    destination.write_group(0, 2).unwrap();
    assert_eq!(destination.take_refused(), [FAILED[0]]);
    // What was on its way.
    destination.write_group(0, 3).unwrap();
    destination.finish(0, HASH).unwrap();
    destination.receive(2).unwrap();
    // Noticed by the checkpoint.
    destination.write(3, 0, &Piece::Zeros(4 << 20)).unwrap();
    destination.verified(3, 3, Digest([0; 32]));
    assert_eq!(destination.checkpoint().unwrap(), 10);
    assert_eq!(destination.take_refused(), [FAILED[1]]);
    // Noticed at its end.
    destination.write(4, 0, &Piece::Zeros(4 << 20)).unwrap();
    destination.finish(4, HASH).unwrap();
    assert_eq!(destination.take_refused(), [FAILED[2]]);
    expect_the_rest(&fixture, destination);
}

#[test]
fn nothing_is_written_of_a_file_of_which_it_is_known() {
    // Any write beyond the limit would end the process.
    if !is_child("nothing_is_written_of_a_file_of_which_it_is_known", false) {
        return;
    }
    limit(2 * MIB);
    let fixture = Fixture::new();
    let code = |bytes| check_folder(&fixture.folder, bytes, bytes).map_err(|error| error.code);
    assert_eq!(code(2 << 20), Ok(()));
    assert_eq!(code((2 << 20) + 1), Err(Code::TooLarge));
    let mut destination = fixture.create(&entries());
    assert_eq!(destination.take_refused(), FAILED);
    for entry in [0, 3, 4, 2] {
        destination.receive(entry).unwrap();
    }
    expect_the_rest(&fixture, destination);
}

#[test]
fn a_limit_that_came_later_is_noticed_when_the_transfer_goes_on() {
    if !is_child(
        "a_limit_that_came_later_is_noticed_when_the_transfer_goes_on",
        false,
    ) {
        return;
    }
    let fixture = Fixture::new();
    let mut destination = fixture.create(&entries());
    destination.write_group(0, 0).unwrap();
    destination.checkpoint().unwrap();
    drop(destination);
    limit(2 * MIB);
    let (mut destination, restored) = fixture.reopen();
    // Said as what is new, so that the sender learns it.
    assert_eq!(restored.failed, []);
    assert_eq!(destination.take_refused(), FAILED);
    for entry in [0, 3, 4, 2] {
        destination.receive(entry).unwrap();
    }
    expect_the_rest(&fixture, destination);
}
