//! Copies a file to a file over TCP: what file transfer is compared with.
//!
//! - `cargo run --release -p maru-lab --example tcp -- receive ADDRESS FILE` prints a line when it listens.
//! - `cargo run --release -p maru-lab --example tcp -- send ADDRESS FILE [SECONDS]` prints a JSON object: the bytes that were
//!   received, and the seconds from connecting until they were durable. It sends no more after so many seconds.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

const PIECE: usize = 256 << 10;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["receive", address, file] => receive(address, file),
        ["send", address, file] => send(address, file, None),
        ["send", address, file, seconds] => send(address, file, Some(seconds.parse().unwrap())),
        _ => println!("tcp receive|send ADDRESS FILE (see the beginning of the source)"),
    }
}

fn receive(address: &str, file: &str) {
    let listener = TcpListener::bind(address).unwrap();
    println!("listens");
    let (mut from, _) = listener.accept().unwrap();
    let mut to = File::create_new(file).unwrap();
    let bytes = copy(&mut from, &mut to, None);
    to.sync_all().unwrap();
    from.write_all(&bytes.to_be_bytes()).unwrap();
}

fn send(address: &str, file: &str, seconds: Option<f64>) {
    let start = Instant::now();
    let end = seconds.map(|seconds| start + Duration::from_secs_f64(seconds));
    let mut to = TcpStream::connect(address).unwrap();
    copy(&mut File::open(file).unwrap(), &mut to, end);
    to.shutdown(Shutdown::Write).unwrap();
    let mut received = [0; 8];
    to.read_exact(&mut received).unwrap();
    println!(
        r#"{{"bytes":{},"seconds":{}}}"#,
        u64::from_be_bytes(received),
        start.elapsed().as_secs_f64()
    );
}

/// Not `std::io::copy`: that is `splice`, without a moment at which to look at the time.
fn copy(from: &mut impl Read, to: &mut impl Write, end: Option<Instant>) -> u64 {
    let mut buffer = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        let read = from.read(&mut buffer).unwrap();
        if read == 0 || end.is_some_and(|end| Instant::now() >= end) {
            return bytes;
        }
        to.write_all(&buffer[..read]).unwrap();
        bytes += read as u64;
    }
}
