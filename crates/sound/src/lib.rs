//! Maru's microphone and loudspeaker: the edge between sound cards and `maru-audio`.
//!
//! # Rules it keeps
//!
//! - **Device callbacks only move samples**, through rings without locks (`ring`). Decoding, mixing, echo
//!   cancellation and encoding happen on one thread of our own (`thread`), where a slow frame costs a glitch at
//!   worst and never the device.
//! - **The echo canceller hears a block before the loudspeaker does**, and before the microphone block of the
//!   same time is processed: a reference that comes late costs two thirds of the echo it removes, an early one
//!   nothing.
//! - **No device is not an error.** Without a loudspeaker voices are still taken from their jitter buffers, by
//!   the clock, so that nothing piles up; a device that vanishes is replaced by the system's default.
//! - **Idle costs nothing.** The loudspeaker is open while there is a voice to play or a microphone whose echo
//!   has to be known; the thread sleeps otherwise.
//! - **Nothing grows.** Rings, requests and events have limits named where they are made.
//!
//! # Map
//!
//! `sound` the handle; `thread` everything in order; `speaker`, `microphone` one open device each, real or made
//! up; `device` which there are; `ring` samples between threads; `watch` devices coming and going; `event`,
//! `error`, `figures` what is told.

mod device;
mod error;
mod event;
mod figures;
mod microphone;
mod ring;
mod sound;
mod speaker;
mod thread;
mod watch;

pub use device::{Device, DeviceKind};
pub use error::{SoundError, SoundErrorCode};
pub use event::{Event, Events};
pub use figures::{Levels, VoiceFigures};
pub use sound::{Config, Opened, Sound};
