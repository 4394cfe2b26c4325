/// Milliseconds of a monotonic clock. Its zero is arbitrary.
pub type Millis = u64;

/// Limit for opening a connection, including name resolution and TLS.
pub(super) const CONNECT_TIMEOUT: Millis = 10_000;
/// Limit for the answer to `join`.
pub(super) const JOIN_TIMEOUT: Millis = 10_000;
/// Limit for the answer to `leave`; after it the connection is closed without the answer.
pub(super) const LEAVE_TIMEOUT: Millis = 2_000;
/// After a change of the network, limit for anything from the server.
pub(super) const PROBE_TIMEOUT: Millis = 3_000;
/// A connection that has been joined for this long counts as stable: its loss starts the backoff anew. Without this
/// condition, a server that accepts and then drops every client would be contacted four times a second.
pub(super) const STABLE_AFTER: Millis = 5_000;
