//! Loss recovery of what is received: missing packets, NACKs and RTX.

pub(crate) mod missing;
pub(crate) mod nack_generator;
