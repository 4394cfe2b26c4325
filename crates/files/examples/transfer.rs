//! Transfers files between two processes, and prints what that took as one JSON object.
//!
//! `cargo run --release -p maru-files --example transfer -- send FOLDER PATH... [OPTION...]`
//!
//! - `FOLDER`: what arrives is put there, by the receiving process.
//! - `--connections NUMBER`: the first connection and its stripes, at most (16).
//! - `--receive-buffer BYTES`: what each socket requests (4 MiB).
//! - `--call`: transfers yield, as to a call.
//! - `--bind ADDRESS`, `--receiver-bind ADDRESS`: addresses of the sockets (127.0.0.1).
//! - `--receiver COMMAND`: what starts the receiving process, such as `ip netns exec b`.
//! - `--records FOLDER`: where unfinished transfers are remembered, in a folder for each process. A temporary one if there is
//!   none.
//! - `--seconds NUMBER`: ends the transfer after so long, and prints how far it came.
//!
//! Times are in seconds, and begin when the receiver accepts. `processor` is that of both processes, user and system, until
//! everything is in place and durable. `memory` is what each process had in bytes before the transfer, and at most. Linux only.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    missing_docs
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use maru_files::{
    ConnectionLimits, Direction, Files, FilesConfig, FilesEvent, TransferState, TransferView,
};
use maru_peer::Bind;
use maru_protocol::ParticipantId;
use maru_session::Notification;
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// How often memory is looked at.
const MEMORY_INTERVAL: Duration = Duration::from_millis(20);

struct Options {
    words: Vec<String>,
    yields: bool,
    bind: String,
    receiver_bind: String,
    receiver: String,
    limits: ConnectionLimits,
    records: Option<PathBuf>,
    seconds: Option<f64>,
}

impl Options {
    fn parse() -> Self {
        let mut options = Self {
            words: Vec::new(),
            yields: false,
            bind: "127.0.0.1".into(),
            receiver_bind: "127.0.0.1".into(),
            receiver: String::new(),
            limits: ConnectionLimits::default(),
            records: None,
            seconds: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().unwrap();
            match argument.as_str() {
                "--call" => options.yields = true,
                "--bind" => options.bind = value(),
                "--receiver-bind" => options.receiver_bind = value(),
                "--receiver" => options.receiver = value(),
                "--connections" => options.limits.connections = value().parse().unwrap(),
                "--receive-buffer" => options.limits.receive_buffer = value().parse().unwrap(),
                "--records" => options.records = Some(value().into()),
                "--seconds" => options.seconds = Some(value().parse().unwrap()),
                _ => options.words.push(argument),
            }
        }
        options
    }
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    match options.words.first().map(String::as_str) {
        Some("send") => send(options).await,
        Some("receive") => receive(options).await,
        _ => println!("transfer send FOLDER PATH... (see the beginning of the source)"),
    }
}

async fn send(options: Options) {
    let temporary = std::env::temp_dir().join(format!("maru-transfer-{}", std::process::id()));
    let records = options.records.clone().unwrap_or(temporary.clone());
    let folder = options.words.get(1).unwrap();
    let paths: Vec<PathBuf> = options.words.iter().skip(2).map(PathBuf::from).collect();
    let mut child = start_receiver(&options, folder, &records);
    let mut child_input = child.stdin.take().unwrap();
    let mut lines = lines(child.stdout.take().unwrap());
    let _child = KillOnDrop(child);
    let (files, mut views, mut signals) = start(&options, records.join("sender"), 1);
    files.set_call_active(options.yields);
    enter(&files, 1, None);
    notify(
        &files,
        &json!({ "type": "participant-joined", "participant": { "id": participant(2), "name": "receiver" } }),
    );
    files.offer(vec![participant(2)], paths);
    let mut usage = Usage::start();
    let mut ends_at: Option<tokio::time::Instant> = None;
    loop {
        let end = async {
            match ends_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(signal) = signals.recv() => writeln!(child_input, "{signal}").unwrap(),
            Some(line) = lines.recv() => {
                let line: Value = serde_json::from_str(&line).unwrap();
                if line.get("accepts").is_some() {
                    usage = Usage::start();
                    ends_at = options.seconds.map(|seconds| {
                        tokio::time::Instant::now() + Duration::from_secs_f64(seconds)
                    });
                } else if line.get("seconds").is_some() {
                    print(&line, &usage);
                    break;
                } else {
                    let signal = json!({ "type": "signal", "from": participant(2), "data": line });
                    notify(&files, &signal);
                }
            }
            Some(view) = views.recv() => {
                assert!(!has_failed(&view), "{view:#?}");
            }
            () = end => {
                ends_at = None;
                writeln!(child_input, "null").unwrap();
            }
        }
    }
    files.shutdown(Duration::from_secs(5)).await;
    // Left for the system if it is not ours.
    let _ = std::fs::remove_dir_all(temporary);
}

fn start_receiver(options: &Options, folder: &str, records: &Path) -> Child {
    let mut words = options.receiver.split_whitespace().map(String::from);
    let own = std::env::current_exe().unwrap();
    let mut command = match words.next() {
        Some(program) => {
            let mut command = Command::new(program);
            command.args(words).arg(own);
            command
        }
        None => Command::new(own),
    };
    command
        .args(["receive", folder, "--bind", &options.receiver_bind])
        .arg("--receive-buffer")
        .arg(options.limits.receive_buffer.to_string())
        .arg("--records")
        .arg(records)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The result of the receiver, and what this process used.
fn print(received: &Value, usage: &Usage) {
    let number = |name: &str| received[name].as_f64().unwrap();
    let (bytes, seconds) = (number("bytes"), number("seconds"));
    let processor = number("processor") + usage.processor();
    let result = json!({
        "bytes": received["bytes"],
        "files": received["files"],
        "seconds": seconds,
        "firstByte": received["firstByte"],
        "megabytesPerSecond": bytes / 1e6 / seconds,
        "filesPerSecond": number("files") / seconds,
        "processor": processor,
        "processorPerGigabyte": processor / (bytes / 1e9),
        "senderMemory": usage.memory(),
        "receiverMemory": received["memory"],
        "hash": received["hash"],
    });
    println!("{result}");
}

async fn receive(options: Options) {
    let folder = PathBuf::from(options.words.get(1).unwrap());
    let records = options.records.clone().unwrap();
    let (files, mut views, mut signals) = start(&options, records.join("receiver"), 2);
    enter(&files, 2, Some(1));
    let mut lines = lines(std::io::stdin());
    let mut accepted = None;
    let mut last = None;
    loop {
        tokio::select! {
            Some(signal) = signals.recv() => println!("{signal}"),
            line = lines.recv() => {
                let Some(line) = line else { return };
                let line: Value = serde_json::from_str(&line).unwrap();
                if line.is_null() && let (Some((start, usage, first)), Some(view)) = (&accepted, &last) {
                    println!("{}", report(view, *start, usage, first));
                    continue;
                }
                let signal = json!({ "type": "signal", "from": participant(1), "data": line });
                notify(&files, &signal);
            }
            Some(view) = views.recv() => {
                assert!(!has_failed(&view), "{view:#?}");
                match view.state {
                    TransferState::Offered => {
                        println!("{}", json!({ "accepts": true }));
                        let first = first_byte(&folder);
                        accepted = Some((Instant::now(), Usage::start(), first));
                        files.accept(view.id, folder.clone());
                    }
                    TransferState::Done => {
                        if let Some((start, usage, first)) = &accepted {
                            println!("{}", report(&view, *start, usage, first));
                        }
                    }
                    _ => {}
                }
                last = Some(view);
            }
        }
    }
}

fn report(
    view: &TransferView,
    start: Instant,
    usage: &Usage,
    first: &std::sync::mpsc::Receiver<f64>,
) -> Value {
    json!({
        "seconds": start.elapsed().as_secs_f64(),
        "firstByte": first.try_recv().ok(),
        "bytes": view.transferred,
        "files": view.files_done,
        "processor": usage.processor(),
        "memory": usage.memory(),
        "hash": view.hash.map(|hash| hash.to_string()),
    })
}

fn has_failed(view: &TransferView) -> bool {
    view.files_failed > 0
        || matches!(
            view.state,
            TransferState::Declined | TransferState::Cancelled | TransferState::Failed
        )
        || view.paused.problem.is_some()
}

/// Seconds until a file that is not empty is anywhere below `folder` and was not there before.
fn first_byte(folder: &Path) -> std::sync::mpsc::Receiver<f64> {
    let start = Instant::now();
    let (sender, receiver) = std::sync::mpsc::channel();
    let folder = folder.to_owned();
    let children = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder)
            .map(|entries| entries.filter_map(|it| Some(it.ok()?.path())).collect())
            .unwrap_or_default()
    };
    let before = children(&folder);
    std::thread::spawn(move || {
        loop {
            let found = children(&folder)
                .into_iter()
                .filter(|path| !before.contains(path))
                .flat_map(|path| {
                    let inner = children(&path);
                    inner.into_iter().filter(|path| !path.ends_with("id"))
                })
                .any(|path| std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() > 0));
            if found {
                let _ = sender.send(start.elapsed().as_secs_f64());
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    receiver
}

/// Starts transfers, whose views and signals come out of the two queues.
fn start(
    options: &Options,
    records: PathBuf,
    number: u8,
) -> (
    Files,
    mpsc::UnboundedReceiver<TransferView>,
    mpsc::UnboundedReceiver<String>,
) {
    let (signal, signals) = mpsc::unbounded_channel();
    let (changes, views) = mpsc::unbounded_channel();
    std::fs::create_dir_all(&records).unwrap();
    let files = Files::start(FilesConfig {
        records,
        signal: Box::new(move |_, _, data| drop(signal.send(data.get().to_owned()))),
        bind: Bind::Addresses(vec![format!("{}:0", options.bind).parse().unwrap()]),
        limits: options.limits,
    });
    let direction = if number == 1 {
        Direction::Send
    } else {
        Direction::Receive
    };
    files.subscribe(move |event| {
        if let FilesEvent::Transfer { transfer } = event {
            assert_eq!(transfer.direction, direction);
            let _ = changes.send(*transfer);
        }
        ControlFlow::Continue(())
    });
    (files, views, signals)
}

fn participant(number: u8) -> ParticipantId {
    let id = format!("00000000-0000-4000-8000-0000000000{number:02x}");
    serde_json::from_value(id.into()).unwrap()
}

fn notify(files: &Files, message: &Value) {
    let raw = serde_json::value::to_raw_value(message).unwrap();
    files.on_notification(&Notification::Message(raw));
}

fn enter(files: &Files, number: u8, other: Option<u8>) {
    let others: Vec<_> = other
        .map(|other| json!({ "id": participant(other), "name": "sender" }))
        .into_iter()
        .collect();
    notify(
        files,
        &json!({
            "type": "joined",
            "self": participant(number),
            "room": {
                "id": "a",
                "incarnation": "00000000-0000-4000-8000-000000000100",
                "capacity": 8,
            },
            "participants": others,
            "iceServers": [],
            "resume": "",
        }),
    );
}

struct KillOnDrop(Child);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// What this process uses from now on.
struct Usage {
    processor: f64,
    memory: u64,
    max_memory: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Usage {
    fn start() -> Self {
        let max_memory = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let max = std::sync::Arc::downgrade(&max_memory);
        std::thread::spawn(move || {
            while let Some(max) = max.upgrade() {
                max.fetch_max(memory(), std::sync::atomic::Ordering::Relaxed);
                std::thread::sleep(MEMORY_INTERVAL);
            }
        });
        Self {
            processor: processor_time(),
            memory: memory(),
            max_memory,
        }
    }

    fn processor(&self) -> f64 {
        processor_time() - self.processor
    }

    fn memory(&self) -> [u64; 2] {
        let max = self.max_memory.load(std::sync::atomic::Ordering::Relaxed);
        [self.memory, max]
    }
}

/// Seconds of processor time of this process.
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    // utime and stime, in ticks of 10 ms (proc_pid_stat(5)).
    let ticks = fields.split_ascii_whitespace().skip(11).take(2);
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / 100.0
}

/// Bytes of this process's own memory that are resident.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kilobytes << 10
}
