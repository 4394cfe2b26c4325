//! The session in virtual time: what it sends to a server, and what holds after any sequence of events.

mod close_codes;
mod harness;
mod invariants;
mod join_and_leave;
mod network_change;
mod queued_signals;
mod reconnecting;
mod timeouts;
