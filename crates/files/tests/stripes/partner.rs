//! A participant whose messages are those of the test.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use maru_peer::{
    Bind, Candidate, Channel, ChannelOptions, ChannelReceiver, ChannelSender, Config, Event,
    Events, Message, Peer,
};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::path::forward;
use crate::person::{INCARNATION, Person, partner};
use crate::sdp::{address, candidates as candidates_of, session};

/// Nothing in these tests takes longer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two bulk messages that are read.
const SLOW: Duration = Duration::from_millis(30);

pub(crate) fn data_only() -> Config {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    Config {
        media: false,
        bind: Bind::Addresses(vec![address]),
        ..Config::default()
    }
}

pub(crate) fn negotiated(label: &str, id: u16) -> ChannelOptions {
    ChannelOptions {
        label: label.into(),
        negotiated: Some(id),
        ordered: true,
    }
}

/// Of the first connection with a person.
pub(crate) struct Partner {
    peer: Peer,
    control: ChannelSender,
    messages: mpsc::UnboundedReceiver<Value>,
    tasks: Vec<JoinHandle<()>>,
    /// Addresses in the candidates of the person's side.
    pub(crate) candidates: BTreeSet<IpAddr>,
}

impl Partner {
    /// The only path leads to the address `to` of the person.
    pub(crate) async fn connect(person: &mut Person, to: IpAddr, delay: Duration) -> Self {
        let (peer, mut events) = Peer::new(data_only()).await.unwrap();
        let control = peer.create_channel(negotiated("control", 0)).await.unwrap();
        let bulk = peer.create_channel(negotiated("bulk", 1)).await.unwrap();
        let sdp = peer.create_offer(false).await.unwrap();
        person.receive(&json!({
            "connection": "files",
            "description": { "type": "offer", "sdp": without_candidates(&sdp) },
            "offerId": session(&sdp),
        }));
        let mut candidates = BTreeSet::new();
        let mut is_complete = false;
        let connected = async {
            let opened = async {
                control.opened().await.unwrap();
                bulk.opened().await.unwrap();
            };
            tokio::pin!(opened);
            let mut is_open = false;
            while !is_open || !is_complete {
                tokio::select! {
                    () = &mut opened, if !is_open => is_open = true,
                    event = events.next() => {
                        if let Event::Candidate(candidate) = event.unwrap() {
                            person.receive(&json!({
                                "connection": "files",
                                "candidate": redirected(&candidate, to, delay),
                            }));
                        }
                    }
                    signal = person.signals.recv() => {
                        let signal = signal.unwrap();
                        if let Some(description) = signal.get("description") {
                            candidates.extend(candidates_of(description));
                            if description["type"] == "answer" && signal["offerId"] == session(&sdp) {
                                let answer = description["sdp"].as_str().unwrap();
                                peer.apply_answer(&without_candidates(answer)).await.unwrap();
                            }
                        } else if let Some(line) = signal["candidate"]["candidate"].as_str() {
                            candidates.insert(address(line));
                        } else {
                            is_complete = true;
                        }
                    }
                }
            }
        };
        tokio::time::timeout(PATIENCE, connected).await.unwrap();
        let (control, received) = control.split();
        let (sender, messages) = mpsc::unbounded_channel();
        let mut connected = Self {
            peer,
            control,
            messages,
            tasks: vec![tokio::spawn(ignore(events))],
            candidates,
        };
        // Before anything is read: what is answered may not come first.
        connected
            .send(&json!({
                "type": "hello",
                "version": 1,
                "participant": partner(),
                "incarnation": INCARNATION,
            }))
            .await;
        let read = tokio::spawn(read_control(received, connected.control.clone(), sender));
        let drain = tokio::spawn(read_slowly(bulk, connected.control.clone()));
        connected.tasks.extend([read, drain]);
        connected
    }

    pub(crate) async fn send(&self, message: &Value) {
        let message = Message::Text(message.to_string());
        self.control.send(message).await.unwrap();
    }

    pub(crate) async fn send_description(&self, index: u8, kind: &str, sdp: &str) {
        let description = json!({ "type": kind, "sdp": sdp });
        self.send(&json!({ "type": "stripe", "index": index, "description": description }))
            .await;
    }

    /// The next message of this type.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        let next = async {
            loop {
                let message = self.messages.recv().await.unwrap();
                if message["type"] == kind {
                    return message;
                }
            }
        };
        let next = tokio::time::timeout(PATIENCE, next).await;
        next.unwrap_or_else(|_| panic!("there is no {kind}"))
    }

    /// Everything may be sent.
    pub(crate) async fn grant_credit(&self) {
        self.send(&credit(0)).await;
    }

    /// Offers a stripe, and negotiates it until it is answered.
    pub(crate) async fn open_stripe(&mut self, index: u8) -> Stripe {
        let (peer, mut events) = Peer::new(data_only()).await.unwrap();
        let bulk = peer.create_channel(negotiated("bulk", 1)).await.unwrap();
        let sdp = peer.create_offer(false).await.unwrap();
        self.send_description(index, "offer", &sdp).await;
        loop {
            match events.next().await.unwrap() {
                Event::Candidate(candidate) => {
                    let candidate = json_of(&candidate);
                    self.send(&json!({ "type": "stripe", "index": index, "candidate": candidate }))
                        .await;
                }
                Event::CandidatesComplete => break,
                _ => {}
            }
        }
        loop {
            let stripe = self.expect("stripe").await;
            let description = &stripe["description"];
            if stripe["index"] == index && description["type"] == "answer" {
                let answer = description["sdp"].as_str().unwrap();
                peer.apply_answer(answer).await.unwrap();
                break;
            }
        }
        let (when_open, opened) = oneshot::channel();
        let control = self.control.clone();
        tokio::spawn(ignore(events));
        tokio::spawn(async move {
            if bulk.opened().await.is_ok() {
                let _ = when_open.send(());
            }
            read_slowly(bulk, control).await;
        });
        Stripe {
            _peer: peer,
            opened,
        }
    }

    pub(crate) async fn close(self) {
        for task in &self.tasks {
            task.abort();
        }
        self.peer.close().await;
    }
}

/// A further connection.
pub(crate) struct Stripe {
    _peer: Peer,
    opened: oneshot::Receiver<()>,
}

impl Stripe {
    pub(crate) async fn expect_open(&mut self) {
        let opened = tokio::time::timeout(PATIENCE, &mut self.opened).await;
        opened.unwrap().unwrap();
    }
}

/// Passes messages on, and answers those that show that somebody is there.
async fn read_control(
    mut received: ChannelReceiver,
    control: ChannelSender,
    messages: mpsc::UnboundedSender<Value>,
) {
    while let Some(message) = received.recv().await {
        let Message::Text(text) = message else {
            continue;
        };
        let message: Value = serde_json::from_str(&text).unwrap();
        if message["type"] == "ping" {
            let pong = json!({ "type": "pong", "at": message["at"] });
            let _ = control.send(Message::Text(pong.to_string())).await;
        }
        let _ = messages.send(message);
    }
}

async fn read_slowly(mut bulk: Channel, control: ChannelSender) {
    let mut arrived = 0;
    while bulk.recv().await.is_some() {
        arrived += 1;
        let message = Message::Text(credit(arrived).to_string());
        let _ = control.send(message).await;
        tokio::time::sleep(SLOW).await;
    }
}

fn credit(arrived: u64) -> Value {
    json!({ "type": "credit", "bytes": 1_u64 << 40, "messages": 1_u64 << 30, "arrived": arrived })
}

async fn ignore(mut events: Events) {
    while events.next().await.is_some() {}
}

fn json_of(candidate: &Candidate) -> Value {
    json!({
        "candidate": candidate.candidate,
        "sdpMid": candidate.mid,
        "sdpMLineIndex": candidate.line,
    })
}

fn redirected(candidate: &Candidate, only_from: IpAddr, delay: Duration) -> Value {
    let mut words: Vec<String> = candidate.candidate.split(' ').map(str::to_owned).collect();
    let front = forward(words[5].parse().unwrap(), only_from, delay);
    words[5] = front.port().to_string();
    json_of(&Candidate {
        candidate: words.join(" "),
        ..candidate.clone()
    })
}

fn without_candidates(sdp: &str) -> String {
    sdp.split_inclusive('\n')
        .filter(|line| !line.starts_with("a=candidate"))
        .collect()
}
