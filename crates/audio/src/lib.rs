//! Maru's audio path, without its hardware: everything between the sound card's blocks and RTP payloads.
//!
//! Time is always an argument and nothing here opens a device, a socket or a thread, so a call's worth of
//! audio runs in a test in a second and runs the same each time. 48 kHz mono throughout.
//!
//! # To the loudspeaker
//!
//! [`Playout`] is an adaptive jitter buffer: packets go in as they arrive, samples come out as the sound card
//! asks for them. It owns no codec; it says what it wants decoded ([`Ask`]) and the caller decodes it.
//!
//! 1. [`toc`] checks a packet and reads its length from it, so that nothing untrusted is queued.
//! 2. [`timeline`] places it on time lines that do not wrap, and tells a sender that began anew from a packet
//!    that is out of its mind.
//! 3. [`delay`] watches how late each packet is against the fastest recent one and asks for the delay that
//!    98 % of them would have met, plus one packet where loss makes forward error correction (FEC, RFC 6716
//!    §2.1.7) worth waiting for.
//! 4. [`queue`] keeps packets in media order, bounded.
//! 5. [`playout`] fills the sound card: decode, else FEC from the next packet, else conceal. It knows a gap
//!    that was lost from one that was never sent (DTX).
//! 6. [`stretch`] makes the actual delay follow the wanted one by removing or repeating whole pitch periods,
//!    so that nobody hears it.
//! 7. [`mixer`] adds the participants up.
//!
//! # From the microphone
//!
//! 1. [`blocks`] and [`resample`] turn whatever the device gives into 10 ms at 48 kHz.
//! 2. [`processing`] removes echo and noise and evens out the level.
//! 3. [`gate`] tells speech from a noise floor, so that silence costs nothing on the network.
//! 4. [`codec`] makes Opus of it. [`voice`] is these three in a row.

pub mod blocks;
pub mod codec;
pub mod delay;
pub mod gate;
pub mod level;
pub mod mixer;
pub mod playout;
pub mod processing;
pub mod queue;
pub mod resample;
pub mod stretch;
pub mod timeline;
pub mod toc;
pub mod voice;

mod count;

pub use playout::{Ask, Playout, Statistics};
pub use queue::Packet;

/// Samples per second and channel everywhere in this crate: Opus's own clock (RFC 7587 §4.1).
pub const SAMPLE_RATE: i64 = 48_000;

/// Samples in `milliseconds`, as media time.
#[must_use]
pub const fn samples(milliseconds: i64) -> i64 {
    milliseconds * SAMPLE_RATE / 1000
}

/// Samples in `milliseconds`, as an RTP duration.
#[must_use]
pub const fn samples_u32(milliseconds: u32) -> u32 {
    milliseconds * 48
}

/// Samples in `milliseconds`, as a length.
#[must_use]
pub const fn samples_usize(milliseconds: usize) -> usize {
    milliseconds * 48
}
