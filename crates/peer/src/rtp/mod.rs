//! RTP payloads, clocks and frame assembly, without I/O and without the stack's types.

pub(crate) mod assembler;
pub(crate) mod clock_rate;
pub(crate) mod sender_clock;
pub(crate) mod sequence;
pub(crate) mod vp8;
