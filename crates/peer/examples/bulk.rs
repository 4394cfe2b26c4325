//! The throughput of data channels over loopback, and the processor time that they cost. Prints one table row per
//! condition.
//!
//! `cargo run --release -p maru-peer --example bulk [MB [one|two [data|media [bytes [connections]]]]] [OPTION...]`
//!
//! - `MB`: what each row transfers, over all its connections together (1000).
//! - `one`: all peers are in this process; `two`: the receiving peers are in another one.
//! - `media`: the connections could negotiate media too.
//! - `bytes` and `connections`: only rows with messages of this size, and with so many connections.
//! - `--bind ADDRESS`, `--receiver-bind ADDRESS`: of the sockets (127.0.0.1).
//! - `--receive-buffer BYTES`: what each socket requests (4 MiB).
//! - `--receiver COMMAND`: starts the process of `two`, such as `ip netns exec b`.
//!
//! `bulk receive` and `bulk send` are one end alone. The first line of standard input is a row, `[connections, bytes, ordered,
//! messages]`; the further ones, and those of standard output, are `[connection, signal]`. A signal is `{"offer": sdp}`,
//! `{"answer": sdp}` or `{"candidate": [candidate, mid, line]}`. The sender offers. The channel has the ID 1.
//!
//! The processor time is that of both ends, user and system. Linux only.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::cast_precision_loss)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use maru_peer::{Bind, Candidate, Channel, ChannelOptions, Config, Event, Events, Message, Peer};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// SCTP sends 1160 bytes in a packet, and the system takes up to 53 packets of equal size at once: 61,480 bytes.
const SIZES: [usize; 4] = [16 << 10, 53 * 1160, 64 << 10, 256 << 10];

/// One end of the signaling of a connection.
struct Signaling {
    out: mpsc::UnboundedSender<Value>,
    incoming: mpsc::UnboundedReceiver<Value>,
}

#[derive(Clone, Copy)]
struct Row {
    connections: usize,
    /// Bytes of a message.
    size: usize,
    ordered: bool,
    /// Messages of each connection.
    messages: usize,
}

/// How the connections of an end are made.
#[derive(Clone, Copy)]
struct Setup {
    media: bool,
    bind: IpAddr,
    /// Bytes that each socket requests.
    receive_buffer: usize,
    offers: bool,
}

/// How the receiving process is started.
struct Receiver {
    command: Vec<String>,
    bind: String,
}

#[tokio::main]
async fn main() {
    let mut words: Vec<String> = std::env::args().collect();
    let mut option = |name: &str, default: &str| {
        let Some(at) = words.iter().position(|word| word == name) else {
            return default.to_owned();
        };
        words.drain(at..at + 2).next_back().unwrap()
    };
    let bind = option("--bind", "127.0.0.1").parse().unwrap();
    let receive_buffer = option("--receive-buffer", "4194304").parse().unwrap();
    let receiver = Receiver {
        bind: option("--receiver-bind", "127.0.0.1"),
        command: option("--receiver", "")
            .split_whitespace()
            .map(String::from)
            .collect(),
    };
    let argument = |index| words.get(index).map(String::as_str);
    let end = argument(1).filter(|word| ["send", "receive"].contains(word));
    let setup = Setup {
        media: argument(3) == Some("media"),
        bind,
        receive_buffer,
        offers: end != Some("receive"),
    };
    if end.is_some() {
        return one_end(setup).await;
    }
    let two = argument(2) == Some("two");
    let receiver = two.then_some(&receiver);
    println!("| connections | bytes of a message | order | MB/s | cpu s/GB |");
    println!("|---|---|---|---|---|");
    let number = |index| argument(index).and_then(|it| it.parse().ok());
    let megabytes: usize = number(1).unwrap_or(1000);
    let sizes = number(4).map_or(SIZES.to_vec(), |size| vec![size]);
    let counts = number(5).map_or(vec![1, 4], |connections| vec![connections]);
    for connections in counts {
        for &size in &sizes {
            for ordered in [true, false] {
                let row = Row {
                    connections,
                    size,
                    ordered,
                    messages: megabytes * 1_000_000 / connections / size,
                };
                print_row(row, receiver, setup).await;
            }
        }
    }
}

async fn print_row(row: Row, receiver: Option<&Receiver>, setup: Setup) {
    let (seconds, processor) = match receiver {
        Some(receiver) => with_another_process(row, receiver, setup).await,
        None => in_one_process(row, setup).await,
    };
    let bytes = (row.connections * row.messages * row.size) as f64;
    println!(
        "| {} | {} | {} | {:.1} | {:.2} |",
        row.connections,
        row.size,
        if row.ordered { "ordered" } else { "unordered" },
        bytes / 1e6 / seconds,
        processor / (bytes / 1e9),
    );
}

/// Seconds, and seconds of processor time.
async fn in_one_process(row: Row, setup: Setup) -> (f64, f64) {
    let other = Setup {
        offers: false,
        ..setup
    };
    let (mut senders, mut receivers) = (Vec::new(), JoinSet::new());
    for _ in 0..row.connections {
        let (to_receiver, from_sender) = mpsc::unbounded_channel();
        let (to_sender, from_receiver) = mpsc::unbounded_channel();
        receivers.spawn(receive(
            Signaling {
                out: to_sender,
                incoming: from_sender,
            },
            row,
            other,
        ));
        senders.push(Signaling {
            out: to_receiver,
            incoming: from_receiver,
        });
    }
    send_all(senders, row, setup, async || 0.0).await
}

async fn with_another_process(row: Row, receiver: &Receiver, setup: Setup) -> (f64, f64) {
    let own = std::env::current_exe()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    let mut command = receiver.command.clone();
    command.push(own);
    let media = if setup.media { "media" } else { "data" };
    let mut child = Command::new(command.remove(0))
        .args(command)
        .args(["receive", "-", media, "--bind", &receiver.bind])
        .arg("--receive-buffer")
        .arg(setup.receive_buffer.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = lines(child.stdout.take().unwrap());
    let _child = KillOnDrop(child);
    let (out, mut outgoing) = mpsc::unbounded_channel::<(usize, Value)>();
    let (processor, mut processor_times) = mpsc::unbounded_channel();
    let row_line = json!([row.connections, row.size, row.ordered, row.messages]);
    tokio::spawn(async move {
        writeln!(stdin, "{row_line}").unwrap();
        while let Some(signal) = outgoing.recv().await {
            if writeln!(stdin, "{}", json!(signal)).is_err() {
                return;
            }
        }
    });
    let (senders, incoming) = signalings(row.connections, &out);
    tokio::spawn(async move {
        while let Some(line) = lines.recv().await {
            let (index, signal): (usize, Value) = serde_json::from_str(&line).unwrap();
            match incoming.get(index) {
                Some(incoming) => drop(incoming.send(signal)),
                None => drop(processor.send(signal.as_f64().unwrap())),
            }
        }
    });
    let ask = || {
        out.send((usize::MAX, Value::Null)).unwrap();
    };
    let times = async || {
        ask();
        processor_times.recv().await.unwrap()
    };
    send_all(senders, row, setup, times).await
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

/// Signalings whose messages carry their index.
fn signalings(
    count: usize,
    out: &mpsc::UnboundedSender<(usize, Value)>,
) -> (Vec<Signaling>, Vec<mpsc::UnboundedSender<Value>>) {
    let (mut signalings, mut incoming) = (Vec::new(), Vec::new());
    for index in 0..count {
        let (to_peer, from_other) = mpsc::unbounded_channel();
        let (to_other, mut from_peer) = mpsc::unbounded_channel();
        let out = out.clone();
        tokio::spawn(async move {
            while let Some(signal) = from_peer.recv().await {
                if out.send((index, signal)).is_err() {
                    return;
                }
            }
        });
        incoming.push(to_peer);
        signalings.push(Signaling {
            out: to_other,
            incoming: from_other,
        });
    }
    (signalings, incoming)
}

/// One end: signals come in on standard input and go out on standard output.
async fn one_end(setup: Setup) {
    let mut lines = lines(std::io::stdin());
    let first = lines.recv().await.unwrap();
    let (connections, size, ordered, messages) = serde_json::from_str(&first).unwrap();
    let row = Row {
        connections,
        size,
        ordered,
        messages,
    };
    let (out, mut outgoing) = mpsc::unbounded_channel();
    let (ends, incoming) = signalings(connections, &out);
    for signaling in ends {
        if setup.offers {
            tokio::spawn(async move {
                let (_peer, channel) = connect(signaling, row, setup).await;
                send(channel, row).await;
            });
        } else {
            tokio::spawn(receive(signaling, row, setup));
        }
    }
    tokio::spawn(async move {
        while let Some(signal) = outgoing.recv().await {
            println!("{}", json!(signal));
        }
    });
    while let Some(line) = lines.recv().await {
        let (index, signal): (usize, Value) = serde_json::from_str(&line).unwrap();
        match incoming.get(index) {
            Some(incoming) => drop(incoming.send(signal)),
            None => drop(out.send((usize::MAX, json!(processor_time())))),
        }
    }
}

/// Connects, sends everything at once, and waits until it has arrived. Returns seconds and seconds of processor time,
/// with those of `other_process`.
async fn send_all(
    signalings: Vec<Signaling>,
    row: Row,
    setup: Setup,
    mut other_process: impl AsyncFnMut() -> f64,
) -> (f64, f64) {
    let mut connections = JoinSet::new();
    for signaling in signalings {
        connections.spawn(connect(signaling, row, setup));
    }
    let connections = connections.join_all().await;
    let processor = processor_time() + other_process().await;
    let start = Instant::now();
    let mut sending = JoinSet::new();
    for (peer, channel) in connections {
        sending.spawn(async move {
            send(channel, row).await;
            peer
        });
    }
    let peers = sending.join_all().await;
    let seconds = start.elapsed().as_secs_f64();
    let processor = processor_time() + other_process().await - processor;
    for peer in peers {
        peer.close().await;
    }
    (seconds, processor)
}

/// Sends everything, and waits for the answer.
async fn send(mut channel: Channel, row: Row) {
    let source = vec![7; row.size];
    for _ in 0..row.messages {
        // As a file is read: each message has a buffer of its own.
        let message = Bytes::from(source.clone());
        channel.send(Message::Binary(message)).await.unwrap();
    }
    channel.recv().await.unwrap();
}

/// Receives everything, and answers.
async fn receive(signaling: Signaling, row: Row, setup: Setup) {
    let (_peer, mut channel) = connect(signaling, row, setup).await;
    for _ in 0..row.messages {
        let Some(Message::Binary(data)) = channel.recv().await else {
            panic!("the channel closed");
        };
        assert_eq!(data.len(), row.size);
    }
    channel
        .send(Message::Text("received".into()))
        .await
        .unwrap();
    while channel.recv().await.is_some() {}
}

async fn connect(signaling: Signaling, row: Row, setup: Setup) -> (Arc<Peer>, Channel) {
    let (peer, events) = Peer::new(Config {
        media: setup.media,
        receive_buffer: setup.receive_buffer,
        bind: Bind::Addresses(vec![SocketAddr::new(setup.bind, 0)]),
        ..Config::default()
    })
    .await
    .unwrap();
    let options = ChannelOptions {
        label: "bulk".into(),
        negotiated: Some(1),
        ordered: row.ordered,
    };
    let channel = peer.create_channel(options).await.unwrap();
    let peer = Arc::new(peer);
    tokio::spawn(signal(Arc::clone(&peer), events, signaling, setup.offers));
    channel.opened().await.unwrap();
    (peer, channel)
}

async fn signal(peer: Arc<Peer>, mut events: Events, signaling: Signaling, offers: bool) {
    let Signaling { out, mut incoming } = signaling;
    if offers {
        let offer = peer.create_offer(false).await.unwrap();
        let _ = out.send(json!({ "offer": offer }));
    }
    loop {
        tokio::select! {
            event = events.next() => {
                let Some(event) = event else { return };
                if let Event::Candidate(candidate) = event {
                    let candidate = json!([candidate.candidate, candidate.mid, candidate.line]);
                    let _ = out.send(json!({ "candidate": candidate }));
                }
            }
            Some(signal) = incoming.recv() => {
                if let Some(offer) = signal["offer"].as_str() {
                    let answer = peer.apply_offer(offer).await.unwrap();
                    let _ = out.send(json!({ "answer": answer }));
                } else if let Some(answer) = signal["answer"].as_str() {
                    peer.apply_answer(answer).await.unwrap();
                } else {
                    let (candidate, mid, line) =
                        serde_json::from_value(signal["candidate"].clone()).unwrap();
                    let candidate = Candidate { candidate, mid, line };
                    peer.add_candidate(candidate).await.unwrap();
                }
            }
        }
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
