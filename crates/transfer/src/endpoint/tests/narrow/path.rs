//! An SCTP association over a path with a limited rate, and a queue that drops what does not fit (drop-tail).
//!
//! Congestion control is that of the stack of the desktop app (RFC 9260, with slow start by bytes): one lost packet is sent
//! again per acknowledgment that advances, and a timeout takes 1 s at least. Only the sender's direction has a limit.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use crate::Time;

/// Bytes of a message in a packet, and those of IP, UDP, DTLS and SCTP.
const PAYLOAD: usize = 1_160;
const HEADERS: usize = 93;
const MTU: usize = 1_228;
const INITIAL_WINDOW: usize = 4_380;
const TIMEOUT: Duration = Duration::from_secs(1);
/// What the channels take, queued or sent and not acknowledged: so many milliseconds of the path, and at least so much.
const CHANNEL_MS: f64 = 270.0;
const MIN_CHANNEL: f64 = 96e3;

pub(super) enum Message {
    Control(String),
    Bulk(Bytes),
}

impl Message {
    fn len(&self) -> usize {
        match self {
            Self::Control(text) => text.len(),
            Self::Bulk(bytes) => bytes.len(),
        }
    }
}

/// A packet on its way.
struct Packet {
    number: u64,
    bytes: usize,
}

/// One that was sent and is not acknowledged.
struct Sent {
    bytes: usize,
    missing: u32,
    /// It is to be sent again after a timeout.
    again: bool,
}

pub(super) struct Path {
    /// Bytes per millisecond, and of the queue.
    rate: f64,
    capacity: f64,
    delay: Duration,
    queue: VecDeque<Packet>,
    queued: f64,
    /// Of the first packet.
    served: f64,
    arriving: VecDeque<(Time, Packet)>,
    acknowledgments: VecDeque<(Time, u64)>,
    pub(super) dropped: u64,
    pub(super) timeouts: u64,

    /// Bytes that no packet has yet, and of each message with the number of its last packet.
    pending: VecDeque<usize>,
    pending_bytes: usize,
    messages: VecDeque<(u64, Message)>,
    next: u64,
    /// Of the last packet of the last message.
    end: u64,
    sent: BTreeMap<u64, Sent>,
    in_flight: usize,
    window: usize,
    threshold: usize,
    /// Bytes acknowledged since the window grew.
    partial: usize,
    /// Fast recovery ends when this is acknowledged.
    recovery: Option<u64>,
    timer: Option<Time>,
    timeout: Duration,

    /// The receiver's: what arrived out of order, and the next.
    arrived: BTreeSet<u64>,
    expected: u64,
}

impl Path {
    pub(super) fn new(mbits: f64, queue_ms: f64) -> Self {
        let rate = mbits * 125.0;
        Self {
            rate,
            capacity: rate * queue_ms,
            delay: Duration::from_millis(10),
            queue: VecDeque::new(),
            queued: 0.0,
            served: 0.0,
            arriving: VecDeque::new(),
            acknowledgments: VecDeque::new(),
            dropped: 0,
            timeouts: 0,
            pending: VecDeque::new(),
            pending_bytes: 0,
            messages: VecDeque::new(),
            next: 0,
            end: 0,
            sent: BTreeMap::new(),
            in_flight: 0,
            window: INITIAL_WINDOW,
            threshold: 4 << 20,
            partial: 0,
            recovery: None,
            timer: None,
            timeout: TIMEOUT,
            arrived: BTreeSet::new(),
            expected: 0,
        }
    }

    pub(super) const fn delay(&self) -> Duration {
        self.delay
    }

    /// How long a packet waits that comes now, in milliseconds.
    pub(super) fn delay_ms(&self) -> f64 {
        self.queued / self.rate
    }

    pub(super) fn has_room(&self) -> bool {
        let limit = (self.rate * CHANNEL_MS).max(MIN_CHANNEL);
        ((self.pending_bytes + self.in_flight) as f64) < limit
    }

    pub(super) fn send(&mut self, message: Message) {
        let mut left = message.len();
        while left > 0 {
            let bytes = left.min(PAYLOAD);
            self.pending.push_back(bytes);
            self.end += 1;
            left -= bytes;
        }
        self.pending_bytes += message.len();
        self.messages.push_back((self.end, message));
    }

    /// A millisecond. Returns what arrives, in the order of sending.
    pub(super) fn step(&mut self, now: Time) -> Vec<Message> {
        let mut budget = self.rate;
        while let Some(first) = self.queue.front() {
            let rest = first.bytes as f64 - self.served;
            if rest > budget {
                self.served += budget;
                self.queued -= budget;
                break;
            }
            budget -= rest;
            self.queued -= rest;
            self.served = 0.0;
            let packet = self.queue.pop_front().unwrap();
            self.arriving.push_back((now + self.delay, packet));
        }
        let mut received = Vec::new();
        while self.arriving.front().is_some_and(|(at, _)| *at <= now) {
            let (_, packet) = self.arriving.pop_front().unwrap();
            self.arrived.insert(packet.number);
            while self.arrived.remove(&self.expected) {
                self.expected += 1;
            }
            self.acknowledgments
                .push_back((now + self.delay, packet.number));
            while self
                .messages
                .front()
                .is_some_and(|(end, _)| *end <= self.expected)
            {
                received.extend(self.messages.pop_front().map(|(_, message)| message));
            }
        }
        while self
            .acknowledgments
            .front()
            .is_some_and(|(at, _)| *at <= now)
        {
            let (_, number) = self.acknowledgments.pop_front().unwrap();
            self.on_acknowledged(number, now);
        }
        if self.timer.is_some_and(|at| at <= now) {
            self.on_timeout(now);
        }
        self.fill(now);
        received
    }

    /// Each packet is acknowledged by itself, together with all before it that were.
    fn on_acknowledged(&mut self, number: u64, now: Time) {
        let first = self.sent.first_key_value().map(|(first, _)| *first);
        let Some(acknowledged) = self.sent.remove(&number) else {
            return;
        };
        if !acknowledged.again {
            self.in_flight -= acknowledged.bytes;
        }
        let has_advanced = first == Some(number);
        if has_advanced {
            self.timeout = TIMEOUT;
            self.timer = (!self.sent.is_empty()).then_some(now + self.timeout);
            self.grow(acknowledged.bytes);
        }
        let next = self.sent.first_key_value().map(|(first, _)| *first);
        if self
            .recovery
            .is_some_and(|end| next.is_none_or(|next| next > end))
        {
            self.recovery = None;
        }
        let mut is_lost = false;
        if self.recovery.is_none() || has_advanced {
            for (_, sent) in self.sent.range_mut(..number) {
                if sent.missing < 3 && !sent.again {
                    sent.missing += 1;
                    is_lost |= sent.missing == 3;
                }
            }
        }
        if is_lost && self.recovery.is_none() {
            self.recovery = Some(number);
            self.threshold = (self.window / 2).max(4 * MTU);
            self.window = self.threshold;
            self.partial = 0;
            self.resend();
        } else if self.recovery.is_some() && has_advanced {
            self.resend();
        }
    }

    fn grow(&mut self, bytes: usize) {
        let is_used = !self.pending.is_empty();
        if self.window <= self.threshold {
            if is_used && self.recovery.is_none() {
                self.window += bytes.min(self.window);
            }
            return;
        }
        self.partial += bytes;
        if self.partial >= self.window && is_used {
            self.partial -= self.window;
            self.window += MTU;
        }
    }

    /// Fast retransmission of the first packet that is missing.
    fn resend(&mut self) {
        let missing = self.sent.iter_mut().find(|(_, sent)| sent.missing == 3);
        if let Some((number, sent)) = missing {
            // Not once more before a timeout.
            sent.missing = 4;
            let (number, bytes) = (*number, sent.bytes);
            self.enter(number, bytes);
        }
    }

    fn on_timeout(&mut self, now: Time) {
        self.timeouts += 1;
        self.threshold = (self.window / 2).max(4 * MTU);
        self.window = MTU;
        self.partial = 0;
        self.recovery = None;
        for sent in self.sent.values_mut().filter(|sent| !sent.again) {
            sent.again = true;
            self.in_flight -= sent.bytes;
        }
        self.timeout *= 2;
        self.timer = Some(now + self.timeout);
    }

    /// Sends what the window permits, what is sent again first.
    fn fill(&mut self, now: Time) {
        let again: Vec<u64> = self
            .sent
            .iter()
            .filter_map(|(number, sent)| sent.again.then_some(*number))
            .collect();
        for number in again {
            let sent = self.sent.get_mut(&number).unwrap();
            let bytes = sent.bytes;
            if self.in_flight + bytes > self.window {
                return;
            }
            (sent.again, sent.missing) = (false, 4);
            self.in_flight += bytes;
            self.enter(number, bytes);
        }
        while let Some(bytes) = self.pending.front().copied()
            && self.in_flight + bytes <= self.window
        {
            self.pending.pop_front();
            self.pending_bytes -= bytes;
            let sent = Sent {
                bytes,
                missing: 0,
                again: false,
            };
            self.sent.insert(self.next, sent);
            self.in_flight += bytes;
            self.enter(self.next, bytes);
            self.next += 1;
            self.timer.get_or_insert(now + self.timeout);
        }
    }

    fn enter(&mut self, number: u64, bytes: usize) {
        let bytes = bytes + HEADERS;
        if self.queued + bytes as f64 > self.capacity {
            self.dropped += 1;
            return;
        }
        self.queued += bytes as f64;
        self.queue.push_back(Packet { number, bytes });
    }
}
