//! What transfers take of memory: one program that exchanges files with eight others at once, which are in a process of their
//! own, over loopback.
//!
//! `MARU_MEMORY_BYTES` is the size of the file (16 MiB), `MARU_MEMORY_FILES` the number of files of one byte (3,000),
//! `MARU_MEMORY_PARTICIPANTS` that of the others (8).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

#[path = "memory/program.rs"]
mod program;
mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use program::{Line, Program};

/// What the process may have more than before the first transfer: the whole budget of docs/transfer.md, "Memory".
const MAX_GROWTH: u64 = 64_000_000;

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

/// Not a test: a process of the tests below.
#[test]
#[ignore = "run by the other tests"]
fn program() {
    if let Ok(program) = std::env::var("MARU_MEMORY_PROGRAM") {
        program::run(&serde_json::from_str(&program).unwrap());
    }
}

struct KillOnDrop(Child);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a process; what it says comes out of `lines`.
fn start(program: &Program, lines: mpsc::Sender<Line>) -> KillOnDrop {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "program", "--ignored", "--nocapture"])
        .env(
            "MARU_MEMORY_PROGRAM",
            serde_json::to_string(program).unwrap(),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            // Others are those of the test harness.
            if let Ok(line) = serde_json::from_str(&line.unwrap())
                && lines.send(line).is_err()
            {
                return;
            }
        }
    });
    KillOnDrop(child)
}

/// Bytes by which the memory of the one program grows while it sends `path` to all others, or gets it from all of them.
fn growth(path: &Path, sends: bool, folder: &Path) -> u64 {
    let others = number("MARU_MEMORY_PARTICIPANTS", 8);
    let others: Vec<u8> = (2..).take(others).collect();
    let program = |participants: Vec<u8>, partners: Vec<u8>, sends: bool| Program {
        participants,
        partners,
        path: sends.then(|| path.to_owned()),
        folder: folder.to_owned(),
    };
    let (lines, received) = mpsc::channel();
    let one = start(&program(vec![1], others.clone(), sends), lines.clone());
    let many = start(&program(others.clone(), vec![1], !sends), lines);
    let mut processes = [one, many];
    let mut input = processes
        .each_mut()
        .map(|process: &mut KillOnDrop| process.0.stdin.take().unwrap());
    let mut done = 0;
    loop {
        match received.recv().unwrap() {
            Line::Signal { from, to, data } => {
                let line = serde_json::to_string(&Line::Signal { from, to, data }).unwrap();
                writeln!(input[usize::from(to != 1)], "{line}").unwrap();
            }
            Line::Done => {
                done += 1;
                // On both sides.
                if done == 2 * others.len() {
                    for input in &mut input {
                        writeln!(input, "{}", serde_json::to_string(&Line::End).unwrap()).unwrap();
                    }
                }
            }
            Line::Memory {
                of,
                before,
                most,
                read,
            } => {
                println!("{of:?}: {before} and then at most {most}, {read} read");
                if of == [1] {
                    return most - before;
                }
            }
            Line::End => {}
        }
    }
}

fn check(make: impl Fn(&Path)) {
    for sends in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own");
        make(&path);
        let growth = growth(&path, sends, folder.path());
        println!("sends: {sends}, growth: {growth}");
        assert!(growth <= MAX_GROWTH, "sends: {sends}, {growth} bytes");
    }
}

#[test]
fn a_large_file_for_many_fits_into_the_budget() {
    let size = number("MARU_MEMORY_BYTES", 16 << 20);
    check(|path| {
        let mut file = std::fs::File::create(path).unwrap();
        let block: Vec<u8> = (0..1_u32 << 18).flat_map(u32::to_le_bytes).collect();
        for _ in 0..size.div_ceil(block.len()) {
            file.write_all(&block).unwrap();
        }
    });
}

#[test]
fn many_small_files_for_many_fit_into_the_budget() {
    let count = number("MARU_MEMORY_FILES", 3_000);
    check(|path| {
        std::fs::create_dir(path).unwrap();
        for file in 0..count {
            std::fs::write(path.join(format!("{file:06}")), b"x").unwrap();
        }
    });
}
