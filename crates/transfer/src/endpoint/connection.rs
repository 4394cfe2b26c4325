//! What belongs to one connection, and ends with it.

use std::collections::HashMap;
use std::time::Duration;

use super::{delivery::Delivery, output::WriteId, pacing::Pacing};
use crate::{
    ReceiveCredit, SendCredit, Time, Totals, control::ControlMessage, control::Tag,
    resume::Fingerprints,
};

/// What may be received and not written: content, and messages. Each message may have 24 KiB of headers beside its content,
/// and 1,024 records, each of which is a request to the disk.
pub(super) const RECEIVE_WINDOW: Totals = Totals {
    bytes: 16 << 20,
    messages: 256,
};
/// Between two pings while a transfer is open.
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(2);
/// After so long without a message the connection counts as lost.
pub(super) const MAX_SILENCE: Duration = Duration::from_secs(10);
/// After so long without a transfer it is closed.
pub(super) const MAX_IDLE: Duration = Duration::from_secs(60);
/// Messages of the control channel that wait to be sent, beyond which no more of the manifest is listed.
const MAX_UNSENT: usize = 4;
/// The same, beyond which nothing is read.
const MAX_UNSENT_READING: usize = 256;
/// The same, beyond which the other side asks for answers and does not take them.
const MAX_UNSENT_ANSWERS: usize = 4_096;

/// State of a connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) fingerprints: Fingerprints,
    pub(super) has_hello: bool,
    /// The other side answers `verify` with digests alone.
    pub(super) verifies: bool,
    /// Tags that this side announced.
    pub(super) announced: Vec<Tag>,
    /// Tags that the other side announced.
    pub(super) partner_tags: Option<Vec<Tag>>,
    pub(super) send: SendCredit,
    pub(super) receive: ReceiveCredit,
    pub(super) pacing: Pacing,
    pub(super) delivery: Delivery,
    /// Content that arrived according to the last `credit`.
    acknowledged: u64,
    /// Smallest since the last `credit` was sent.
    delay: Option<u32>,
    writes: HashMap<WriteId, Writes>,
    /// The path works, as far as the layers below know.
    pub(super) path_works: bool,
    pub(super) ping_at: Time,
    pub(super) received_at: Time,
    /// There is a transfer: the partner has something to answer.
    pub(super) is_open: bool,
    /// No transfer goes over this connection.
    pub(super) idle_since: Option<Time>,
    /// Control messages that were handed out and not sent yet.
    pub(super) unsent: usize,
}

/// A bulk message some of whose content is not written.
#[derive(Debug)]
struct Writes {
    remaining: u32,
    content: u64,
}

/// What arrived on earlier connections and is not written: it is in memory still.
#[derive(Debug, Default)]
pub(super) struct Unwritten(HashMap<WriteId, Writes>);

impl Unwritten {
    pub(super) fn bytes(&self) -> u64 {
        self.0.values().map(|of| of.content).sum()
    }

    /// One write is done, or failed. Returns how many bytes are no longer in memory.
    pub(super) fn on_written(&mut self, write: WriteId) -> u64 {
        let Some(of) = self.0.get_mut(&write) else {
            return 0;
        };
        of.remaining = of.remaining.saturating_sub(1);
        if of.remaining > 0 {
            return 0;
        }
        self.0.remove(&write).map_or(0, |of| of.content)
    }
}

impl Connection {
    /// `unwritten` bytes of earlier connections are in memory.
    pub(super) fn new(
        fingerprints: Fingerprints,
        window: Totals,
        unwritten: u64,
        now: Time,
    ) -> Self {
        let mut receive = ReceiveCredit::new(window);
        receive.withhold(unwritten);
        Self {
            fingerprints,
            has_hello: false,
            verifies: false,
            announced: Vec::new(),
            partner_tags: None,
            send: SendCredit::default(),
            receive,
            pacing: Pacing::new(),
            delivery: Delivery::default(),
            acknowledged: 0,
            delay: None,
            writes: HashMap::new(),
            path_works: true,
            ping_at: now,
            received_at: now,
            is_open: false,
            idle_since: Some(now),
            unsent: 0,
        }
    }

    /// There are transfers, or none, of which some are of this partner.
    pub(super) fn set_transfers(&mut self, exist: bool, of_partner: bool, now: Time) {
        if exist && !self.is_open {
            // Nothing was due to arrive before.
            self.received_at = now;
            self.ping_at = now;
        }
        self.is_open = exist;
        if of_partner {
            self.idle_since = None;
        } else {
            self.idle_since.get_or_insert(now);
        }
    }

    /// Whether the control channel takes messages that can wait.
    pub(super) const fn may_list(&self) -> bool {
        self.unsent < MAX_UNSENT
    }

    /// Whether it takes the messages about files that cannot be read.
    pub(super) const fn may_read(&self) -> bool {
        self.unsent < MAX_UNSENT_READING
    }

    /// Whether it takes answers.
    pub(super) const fn may_answer(&self) -> bool {
        self.unsent < MAX_UNSENT_ANSWERS
    }

    /// A bulk message was sent.
    pub(super) fn on_sent(&mut self, content: u64, now: Time) {
        self.send.on_sent(content);
        if content > 0 {
            self.delivery.on_sent(now);
        }
    }

    pub(super) const fn in_flight(&self) -> u64 {
        self.send.sent().bytes.saturating_sub(self.acknowledged)
    }

    pub(super) fn on_credit(
        &mut self,
        permitted: Totals,
        arrived: u64,
        delay_ms: Option<u32>,
        now: Time,
    ) {
        self.send.on_credit(permitted);
        let arrived = arrived.min(self.send.sent().bytes);
        let new = arrived.saturating_sub(self.acknowledged);
        self.acknowledged = self.acknowledged.max(arrived);
        if new > 0 {
            self.delivery.on_arrived(new, self.in_flight() > 0, now);
        }
        if let Some(delay_ms) = delay_ms {
            self.pacing.on_credit(new, self.in_flight(), delay_ms, now);
        }
    }

    pub(super) const fn round_trip(&self) -> Duration {
        self.pacing.round_trip()
    }

    pub(super) fn on_pong(&mut self, at: u64, now: Time) {
        let now = u64::try_from(now.since_start().as_millis()).unwrap_or(u64::MAX);
        let round_trip = Duration::from_millis(now.saturating_sub(at).min(60_000));
        self.pacing.on_round_trip(round_trip);
    }

    /// A bulk message arrived `delay` after it was sent, by two unrelated clocks.
    pub(super) fn on_delay(&mut self, sent_ms: u32, now: Time) {
        let delay = now.wrapping_millis().wrapping_sub(sent_ms);
        let smaller = self
            .delay
            .is_none_or(|smallest| delay.wrapping_sub(smallest).cast_signed() < 0);
        if smaller {
            self.delay = Some(delay);
        }
    }

    /// `writes` of a message are under way.
    pub(super) fn on_message(&mut self, write: WriteId, content: u64, writes: u32) {
        match self.writes.get_mut(&write) {
            Some(of) => of.remaining += writes,
            None if writes == 0 => self.receive.on_written(content),
            None => {
                let remaining = writes;
                self.writes.insert(write, Writes { remaining, content });
            }
        }
    }

    /// The connection ended.
    pub(super) fn into_unwritten(self, unwritten: &mut Unwritten) {
        unwritten.0.extend(self.writes);
    }

    /// One write of a message is done, or failed.
    pub(super) fn on_written(&mut self, write: WriteId) {
        let Some(of) = self.writes.get_mut(&write) else {
            return;
        };
        of.remaining = of.remaining.saturating_sub(1);
        if of.remaining == 0 {
            self.receive.on_written(of.content);
            self.writes.remove(&write);
        }
    }

    /// The credit to send now, if any.
    pub(super) fn poll_credit(&mut self, now: Time) -> Option<ControlMessage> {
        let credit = self.receive.poll_credit(now)?;
        Some(ControlMessage::Credit {
            bytes: credit.permitted.bytes,
            messages: credit.permitted.messages,
            arrived: credit.arrived,
            delay: self.delay.take(),
        })
    }
}
