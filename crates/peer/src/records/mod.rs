//! Data channels after a lost path.
//!
//! The stack's SCTP retransmits unacknowledged data 5 times, the last time 31 s after it was sent (with a retransmission
//! timeout of 1 s), and then never again until something is acknowledged: after a longer outage all channels of a
//! connection stall for ever. It has no setting for that. The last DTLS records with data are therefore kept here, and
//! sent once more when a path works again. They were lost with the path, so that the remote peer's replay protection
//! (RFC 6347 §4.1.2.6) accepts them; its SCTP acknowledges, and ours goes on. Records that did arrive are dropped there.
//!
//! Before the negotiated channels of the connection are made, no data is sent (`channel/negotiated.rs`).

mod last;
mod socket;

pub(crate) use last::LastRecords;
pub(crate) use socket::RecordSocket;
