//! Drops retransmitted requests.

use super::framing::request_transaction;
use crate::stun::Transaction;

/// Requests remembered. The stack has a handful pending.
const MAX_REQUESTS: usize = 16;

/// Recognises retransmissions. The stack takes the path for UDP and retransmits its requests; on a stream that is not
/// allowed (RFC 8489 §6.2.2). A request that was dropped instead of written must pass again, so that only written ones
/// are shown to the filter.
#[derive(Debug, Default)]
pub(super) struct RequestFilter {
    written: [Option<Transaction>; MAX_REQUESTS],
    next: usize,
}

impl RequestFilter {
    /// Whether this is a request that was shown before.
    pub(super) fn is_retransmission(&mut self, message: &[u8]) -> bool {
        let Some(transaction) = request_transaction(message) else {
            return false;
        };
        if self.written.contains(&Some(transaction)) {
            return true;
        }
        self.written[self.next] = Some(transaction);
        self.next = (self.next + 1) % MAX_REQUESTS;
        false
    }
}
