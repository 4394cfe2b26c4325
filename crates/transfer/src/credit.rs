//! Credit: how much the sender may send, and when the receiver permits more (docs/transfer.md, "Credit and yielding").

use std::time::Duration;

use crate::Time;

/// Longest time without a credit while messages arrive. Half of what docs/transfer.md permits: a sender that yields learns
/// sooner.
const MAX_INTERVAL: Duration = Duration::from_millis(25);
/// Shortest time between two credits that are sent because everything is written: with a fast disk, that is so after each
/// message.
const MIN_INTERVAL: Duration = Duration::from_millis(5);

/// Totals since the connection was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Bytes of content.
    pub bytes: u64,
    /// Bulk messages.
    pub messages: u64,
}

impl Totals {
    fn add(self, bytes: u64) -> Self {
        Self {
            bytes: self.bytes.saturating_add(bytes),
            messages: self.messages.saturating_add(1),
        }
    }

    const fn within(self, limit: Self) -> bool {
        self.bytes <= limit.bytes && self.messages <= limit.messages
    }
}

/// The sender's side.
#[derive(Debug, Clone, Default)]
pub struct SendCredit {
    sent: Totals,
    permitted: Totals,
}

impl SendCredit {
    /// A `credit` message arrived. One that permits less than those before changes nothing.
    pub fn on_credit(&mut self, permitted: Totals) {
        self.permitted.bytes = self.permitted.bytes.max(permitted.bytes);
        self.permitted.messages = self.permitted.messages.max(permitted.messages);
    }

    /// Bytes of content that the next message may have; `None` if no message may be sent.
    #[must_use]
    pub fn next_message(&self) -> Option<u64> {
        (self.sent.messages < self.permitted.messages)
            .then(|| self.permitted.bytes.saturating_sub(self.sent.bytes))
    }

    /// A message with so many bytes of content was sent. At most [`Self::next_message`].
    pub fn on_sent(&mut self, bytes: u64) {
        self.sent = self.sent.add(bytes);
        debug_assert!(self.sent.within(self.permitted), "more than permitted");
    }

    /// What was sent.
    #[must_use]
    pub const fn sent(&self) -> Totals {
        self.sent
    }
}

/// The sender sent more than it may. The connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than the credit")]
pub struct Exceeded;

/// The receiver's side: what arrived and is not written yet stays within a window.
#[derive(Debug, Clone)]
pub struct ReceiveCredit {
    window: Totals,
    arrived: Totals,
    written: Totals,
    permitted: Totals,
    /// What else is in memory, and has to be written first.
    withheld: u64,
    /// What is written and stays in memory, to be hashed.
    waiting: u64,
    /// When the last credit was sent.
    credited_at: Option<Time>,
    /// When the first message after it arrived.
    unreported_since: Option<Time>,
}

/// A `credit` to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credit {
    /// What the sender may have sent.
    pub permitted: Totals,
    /// Bytes of content that arrived.
    pub arrived: u64,
}

impl ReceiveCredit {
    /// `window`: what may be in memory. Its bytes are at least those of the largest message, so that each can be sent.
    #[must_use]
    pub const fn new(window: Totals) -> Self {
        const NOTHING: Totals = Totals {
            bytes: 0,
            messages: 0,
        };
        Self {
            window,
            arrived: NOTHING,
            written: NOTHING,
            permitted: NOTHING,
            withheld: 0,
            waiting: 0,
            credited_at: None,
            unreported_since: None,
        }
    }

    /// A message with so many bytes of content arrived.
    ///
    /// # Errors
    ///
    /// [`Exceeded`].
    pub fn on_arrived(&mut self, bytes: u64, now: Time) -> Result<(), Exceeded> {
        let arrived = self.arrived.add(bytes);
        if !arrived.within(self.permitted) {
            return Err(Exceeded);
        }
        self.arrived = arrived;
        self.unreported_since.get_or_insert(now);
        Ok(())
    }

    /// All of a message with so many bytes of content was written, or discarded.
    pub fn on_written(&mut self, bytes: u64) {
        self.written = self.written.add(bytes);
        debug_assert!(
            self.written.within(self.arrived),
            "written before it arrived"
        );
    }

    /// So many bytes are in memory that did not arrive on this connection. The window is smaller by that, but never closed.
    pub const fn withhold(&mut self, bytes: u64) {
        self.withheld = self.withheld.saturating_add(bytes);
    }

    /// So many of them are written.
    pub const fn release(&mut self, bytes: u64) {
        self.withheld = self.withheld.saturating_sub(bytes);
    }

    /// What may be in memory from now on. What was permitted stays permitted.
    pub const fn set_window(&mut self, window: Totals) {
        self.window = window;
    }

    /// So many bytes that were written are in memory all the same. The window is smaller by that, but never closed.
    pub const fn set_waiting(&mut self, bytes: u64) {
        self.waiting = bytes;
    }

    /// Bytes that are in memory, or may come without a further credit.
    #[must_use]
    pub const fn outstanding(&self) -> u64 {
        let permitted = self.permitted.bytes.saturating_sub(self.written.bytes);
        permitted
            .saturating_add(self.withheld)
            .saturating_add(self.waiting)
    }

    /// When [`Self::poll_credit`] is to be called, if nothing happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        let is_all_free = self.written == self.arrived && self.permitted != self.next();
        let free = self.credited_at.filter(|_| is_all_free);
        let free = free.map(|at| at + MIN_INTERVAL);
        let arrived = self.unreported_since.map(|since| since + MAX_INTERVAL);
        free.into_iter().chain(arrived).min()
    }

    /// What can be permitted now.
    fn next(&self) -> Totals {
        let window = self.window.bytes.saturating_sub(self.withheld);
        let window = window.saturating_sub(self.waiting);
        let window = window.max(self.window.bytes / 16);
        let bytes = self.written.bytes.saturating_add(window);
        let messages = self.written.messages.saturating_add(self.window.messages);
        // A credit cannot be taken back.
        Totals {
            bytes: bytes.max(self.permitted.bytes),
            messages: messages.max(self.permitted.messages),
        }
    }

    /// The credit to send now, if any. Not for each message: once a quarter of the window was written since the last; when
    /// everything that arrived is written, and [`MIN_INTERVAL`] after the last; and [`MAX_INTERVAL`] after a message arrived.
    pub fn poll_credit(&mut self, now: Time) -> Option<Credit> {
        let next = self.next();
        let grown = |next: u64, last: u64, window: u64| next - last >= window.div_ceil(4);
        let permits_enough = grown(next.bytes, self.permitted.bytes, self.window.bytes)
            || grown(next.messages, self.permitted.messages, self.window.messages)
            || self.credited_at.is_none();
        let is_due = self.poll_timeout().is_some_and(|at| now >= at);
        if !permits_enough && !is_due {
            return None;
        }
        self.permitted = next;
        self.credited_at = Some(now);
        self.unreported_since = None;
        Some(Credit {
            permitted: next,
            arrived: self.arrived.bytes,
        })
    }

    /// What arrived and is not written.
    #[must_use]
    pub const fn in_memory(&self) -> Totals {
        Totals {
            bytes: self.arrived.bytes - self.written.bytes,
            messages: self.arrived.messages - self.written.messages,
        }
    }
}

#[cfg(test)]
mod tests;
