//! Maru's microphone and loudspeaker: connects sound cards to [`maru_audio`].
//!
//! `examples/loopback.rs` is the shortest program with both directions: it plays the microphone back.
//!
//! # Threads
//!
//! | Thread | Does | Waits for |
//! |---|---|---|
//! | the device's (of `alsa_stream`, cpal or [`mock`]) | moves samples between the device and a `ring` | nothing |
//! | `maru-sound` (`sound_thread`) | mixes, processes, encodes | the devices, about 10 ms at a time |
//! | `maru-sound-devices` (`device_thread`) | lists, opens, watches and replaces devices | the system, possibly for seconds |
//!
//! Playback: [`Sound::push`] → `control` → `maru_audio::mixer` → `playback` → device. `buffer_margin` decides how far
//! ahead is mixed.
//!
//! Capture: device → `capture` → `maru_audio::capture` (in `microphone_stream`) → `event`.
//!
//! Devices: `backend` chooses between `system_devices` and [`mock`] devices; both open a `stream`. On Linux,
//! `alsa_stream` takes the place of cpal's streams, which would spin there.
//!
//! # Rules
//!
//! - A callback never waits, locks or allocates: it moves samples, stores a few atomics and wakes a thread.
//! - The echo canceller gets the loudspeaker's signal before the captured one of the same period.
//! - Every queue is bounded. Overflow is dropped and counted ([`Counts`]).
//! - The clocks of microphone, loudspeaker and network are never compared: each side is driven by its own device,
//!   and the jitter buffers compensate the drift by time-stretching.
//! - With nothing in use both threads sleep without a deadline. (The device thread polls for another minute after
//!   the list of devices was requested.)
//! - No failure ends a call: a clock takes the place of a missing loudspeaker, silence that of a missing microphone.

#[cfg(target_os = "linux")]
mod alsa_stream;
mod backend;
mod buffer_margin;
mod capture;
mod control;
mod counts;
mod device;
mod device_thread;
mod error;
mod event;
mod format;
mod latest_stats;
mod microphone_stream;
pub mod mock;
mod playback;
mod request;
mod ring;
mod sound;
mod sound_thread;
mod stream;
mod stream_status;
mod stream_thread;
mod system_devices;
mod thread_waker;
mod ticker;

pub use counts::Counts;
pub use device::{DEFAULT, Device, DeviceKind};
pub use error::{SoundError, SoundErrorCode};
pub use event::{Event, Events};
pub use latest_stats::{Levels, StreamStats};
pub use request::OpenedMicrophone;
pub use sound::{Config, Sound};
