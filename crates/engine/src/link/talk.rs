//! The one text channel of a link. Whoever offers creates it, so after a glare there are two, and a tool that
//! only answers may open one of its own. Everything is read from all of them; what we say goes on one: the
//! impolite side's where both are open, which both sides work out alike.

use maru_peer::{Channel, Message};
use maru_protocol::limits::MAX_PEER_MESSAGE_BYTES;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Its label.
pub(super) const LABEL: &str = "maru";
/// Channels held at once: ours, theirs, and one that is being replaced.
const MAX_CHANNELS: usize = 4;
/// Texts waiting for a channel; behind them, 1 MiB unacknowledged.
const MAX_WAITING: usize = 64;

/// What a channel says about itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Open(usize),
    Text(String),
    Closed(usize),
}

#[derive(Debug)]
struct Line {
    id: usize,
    own: bool,
    open: bool,
    texts: mpsc::Sender<String>,
}

/// All channels of a link.
#[derive(Debug)]
pub(super) struct Talk {
    lines: Vec<Line>,
    next: usize,
    current: Option<usize>,
    heard: mpsc::Sender<Heard>,
    tasks: JoinSet<()>,
}

impl Talk {
    pub(super) fn new(heard: mpsc::Sender<Heard>) -> Self {
        Self {
            lines: Vec::new(),
            next: 0,
            current: None,
            heard,
            tasks: JoinSet::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A channel of ours, or one they opened.
    pub(super) fn add(&mut self, channel: Channel, own: bool) {
        while self.tasks.try_join_next().is_some() {}
        if channel.label() != LABEL || self.lines.len() >= MAX_CHANNELS {
            channel.close();
            return;
        }
        let id = self.next;
        self.next += 1;
        let (texts, waiting) = mpsc::channel(MAX_WAITING);
        self.lines.push(Line {
            id,
            own,
            open: false,
            texts,
        });
        self.tasks
            .spawn(converse(channel, id, waiting, self.heard.clone()));
    }

    /// True where another channel than before is spoken on now.
    pub(super) fn note(&mut self, heard: &Heard, polite: bool) -> bool {
        match heard {
            Heard::Open(id) => {
                for line in &mut self.lines {
                    line.open |= line.id == *id;
                }
            }
            Heard::Closed(id) => self.lines.retain(|line| line.id != *id),
            Heard::Text(_) => return false,
        }
        let open = || self.lines.iter().filter(|line| line.open);
        let chosen = open()
            .find(|line| line.own != polite)
            .or_else(|| open().next())
            .map(|line| line.id);
        let changed = chosen.is_some() && chosen != self.current;
        self.current = chosen;
        changed
    }

    /// False where it was not taken.
    pub(super) fn send(&self, text: String) -> bool {
        text.len() <= MAX_PEER_MESSAGE_BYTES
            && self
                .lines
                .iter()
                .find(|line| Some(line.id) == self.current)
                .is_some_and(|line| line.texts.try_send(text).is_ok())
    }
}

async fn converse(
    channel: Channel,
    id: usize,
    mut texts: mpsc::Receiver<String>,
    heard: mpsc::Sender<Heard>,
) {
    if channel.opened().await.is_ok() && heard.send(Heard::Open(id)).await.is_ok() {
        let (sender, mut receiver) = channel.split();
        // Reading goes on while a send waits: two peers that both wait for room would wait forever.
        let send = async {
            while let Some(text) = texts.recv().await {
                if sender.send(Message::Text(text)).await.is_err() {
                    break;
                }
            }
        };
        let receive = async {
            while let Some(message) = receiver.recv().await {
                // Too long, or not text: nothing this version says.
                let Message::Text(text) = message else {
                    continue;
                };
                if text.len() <= MAX_PEER_MESSAGE_BYTES
                    && heard.send(Heard::Text(text)).await.is_err()
                {
                    break;
                }
            }
        };
        tokio::select! {
            () = send => {}
            () = receive => {}
        }
    }
    let _ = heard.send(Heard::Closed(id)).await;
}
