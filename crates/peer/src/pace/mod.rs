//! Congestion control of what is sent: the bandwidth estimate from transport-wide congestion control feedback (TWCC),
//! the pacer, and what the remote peer reports by RTCP.

pub(crate) mod bandwidth;
mod chain_state;
mod dispersion;
pub(crate) mod pacer;
mod packet_result;
mod queueing_delay;
mod retransmission_queue;
pub(crate) mod rtcp_observer;
mod sent_packets;
mod token_bucket;
pub(crate) mod twcc_sender;
mod window;

pub(crate) use chain_state::{ChainEvent, ChainState};
