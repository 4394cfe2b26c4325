//! Maru's audio path without its hardware: everything between a sound card's blocks and RTP payloads.
//!
//! Time is always an argument, and nothing here opens a device, a socket or a thread. A test therefore runs a
//! minute of a call in a fraction of a second, with the same result each time. 48 kHz mono throughout.
//!
//! # Playback
//!
//! [`JitterBuffer`] is an adaptive jitter buffer in the manner of WebRTC's NetEq: packets go in as they arrive,
//! samples come out as the sound card needs them. It owns no codec: it emits a [`DecodeRequest`], which the
//! caller passes to its decoder.
//!
//! 1. [`toc`] validates a packet and reads its duration, so that nothing malformed is buffered.
//! 2. [`rtp_unwrapper`] extends sequence numbers and timestamps beyond their wrap, and tells a stream that
//!    restarted from a single outlier.
//! 3. [`target_delay`] measures how late each packet is against the fastest recent one. The target is the delay
//!    that 98 % of the packets meet, plus one packet where loss makes forward error correction (FEC, RFC 6716
//!    §2.1.7) worth waiting for.
//! 4. `packet_buffer` keeps packets in media order, bounded.
//! 5. [`jitter_buffer`] produces the samples: it decodes, else recovers from the FEC of the next packet, else
//!    conceals. It distinguishes loss from silence that was never sent (DTX).
//! 6. [`time_stretch`] moves the actual delay to the target by removing or repeating whole pitch periods, which
//!    is inaudible.
//! 7. [`mixer`] adds up the streams.
//!
//! # Capture
//!
//! 1. [`resample`] and [`blocks`] turn the device's samples into blocks of 10 ms at 48 kHz.
//! 2. [`processing`] removes echo and noise and evens out the level.
//! 3. [`noise_gate`] distinguishes speech from background noise, so that silence costs no bandwidth.
//! 4. [`codec`] encodes Opus. [`capture`] runs 2 to 4 in a row.

pub mod blocks;
pub mod capture;
pub mod codec;
pub mod jitter_buffer;
pub mod level;
pub mod mixer;
pub mod noise_gate;
pub mod packet;
pub mod processing;
pub mod resample;
pub mod rtp_unwrapper;
pub mod target_delay;
pub mod time_stretch;
pub mod toc;

mod packet_buffer;
mod units;

pub use jitter_buffer::{DecodeRequest, JitterBuffer, JitterBufferStats};
pub use packet::Packet;
pub use units::{SAMPLE_RATE, samples, samples_u32, samples_usize};
