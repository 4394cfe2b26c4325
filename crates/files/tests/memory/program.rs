//! A process with one or several participants.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use maru_files::{
    ConnectionLimits, Direction, Files, FilesConfig, FilesEvent, TransferId, TransferState,
};
use maru_peer::Bind;
use maru_protocol::ParticipantId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::{notify, participant};

/// How often memory is looked at.
const INTERVAL: Duration = Duration::from_millis(10);

#[derive(Serialize, Deserialize)]
pub(crate) struct Program {
    pub(crate) participants: Vec<u8>,
    /// With whom each of them exchanges files.
    pub(crate) partners: Vec<u8>,
    /// What each participant offers to all partners; `None`: they accept.
    pub(crate) path: Option<PathBuf>,
    pub(crate) folder: PathBuf,
}

/// What processes say to the test, and the test to them.
#[derive(Serialize, Deserialize)]
pub(crate) enum Line {
    Signal {
        from: u8,
        to: u8,
        data: Value,
    },
    /// A transfer is complete.
    Done,
    /// Say how much memory it was, and end.
    End,
    Memory {
        of: Vec<u8>,
        before: u64,
        most: u64,
        /// Bytes that were read from files.
        read: u64,
    },
}

fn say(line: &Line) {
    println!("{}", serde_json::to_string(line).unwrap());
}

pub(crate) fn run(program: &Program) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(serve(program));
}

async fn serve(program: &Program) {
    let (events, mut received) = mpsc::unbounded_channel();
    let all: Vec<Files> = program
        .participants
        .iter()
        .map(|number| participate(program, *number, events.clone()))
        .collect();
    let mut done = BTreeSet::new();
    let before = memory();
    let read_before = bytes_read();
    let mut most = before;
    if let Some(path) = &program.path {
        let partners: Vec<ParticipantId> =
            program.partners.iter().map(|it| participant(*it)).collect();
        for files in &all {
            files.offer(partners.clone(), vec![path.clone()]);
        }
    }
    let mut lines = lines();
    let mut ticks = tokio::time::interval(INTERVAL);
    loop {
        tokio::select! {
            _ = ticks.tick() => most = most.max(memory()),
            Some((number, event)) = received.recv() => on_event(program, &all, number, event, &mut done),
            line = lines.recv() => match line {
                Some(Line::Signal { from, to, data }) => {
                    let index = program.participants.iter().position(|it| *it == to).unwrap();
                    let from = participant(from);
                    let signal = json!({ "type": "signal", "from": from, "data": data });
                    notify(&all[index], &signal);
                }
                Some(Line::End) => {
                    let of = program.participants.clone();
                    let read = bytes_read() - read_before;
                    say(&Line::Memory { of, before, most, read });
                }
                Some(Line::Done | Line::Memory { .. }) => {}
                None => return,
            },
        }
    }
}

fn on_event(
    program: &Program,
    all: &[Files],
    number: u8,
    event: FilesEvent,
    done: &mut BTreeSet<(u8, TransferId)>,
) {
    let FilesEvent::Transfer { transfer } = event else {
        return;
    };
    let index = program
        .participants
        .iter()
        .position(|it| *it == number)
        .unwrap();
    match transfer.state {
        TransferState::Offered if transfer.direction == Direction::Receive => {
            let name = format!("received-{number}-{}", transfer.id);
            let folder = program.folder.join(name);
            std::fs::create_dir_all(&folder).unwrap();
            all[index].accept(transfer.id, folder);
        }
        TransferState::Done if done.insert((number, transfer.id)) => say(&Line::Done),
        TransferState::Failed | TransferState::Cancelled | TransferState::Declined => {
            panic!("{transfer:#?}")
        }
        _ => {}
    }
}

fn participate(
    program: &Program,
    number: u8,
    events: mpsc::UnboundedSender<(u8, FilesEvent)>,
) -> Files {
    let records = program.folder.join(format!("records-{number}"));
    let files = Files::start(FilesConfig {
        records,
        signal: Box::new(move |_, to, data| {
            let id = serde_json::to_value(to).unwrap();
            let to = u8::from_str_radix(&id.as_str().unwrap()[34..], 16).unwrap();
            let data = serde_json::from_str(data.get()).unwrap();
            let from = number;
            say(&Line::Signal { from, to, data });
        }),
        bind: Bind::Addresses(vec!["127.0.0.1:0".parse().unwrap()]),
        limits: ConnectionLimits::default(),
    });
    files.subscribe(move |event| {
        let _ = events.send((number, event));
        ControlFlow::Continue(())
    });
    let others: Vec<Value> = program
        .partners
        .iter()
        .map(|other| json!({ "id": participant(*other), "name": "somebody" }))
        .collect();
    notify(
        &files,
        &json!({
            "type": "joined",
            "self": participant(number),
            "room": {
                "id": "a",
                "incarnation": "00000000-0000-4000-8000-000000000100",
                "capacity": 16,
            },
            "participants": others,
            "iceServers": [],
            "resume": "",
        }),
    );
    files
}

fn lines() -> mpsc::UnboundedReceiver<Line> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let line = serde_json::from_str(&line.unwrap()).unwrap();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
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

/// Bytes that this process read from files, the few of this function included.
fn bytes_read() -> u64 {
    let io = std::fs::read_to_string("/proc/self/io").unwrap();
    let line = io.lines().find_map(|line| line.strip_prefix("rchar: "));
    line.unwrap().parse().unwrap()
}
