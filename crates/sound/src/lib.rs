//! Maru's microphone and loudspeaker: the edge of [`maru_audio`], where sound is real and time is the card's.
//!
//! ```no_run
//! # async fn call() -> Result<(), maru_sound::SoundError> {
//! use maru_sound::{Config, Event, Sound};
//!
//! let (sound, mut events) = Sound::start(Config::default());
//! let opened = sound.open_microphone(None).await?;
//! println!("speaking through {}", opened.label);
//! sound.add_voice(7);
//! while let Some(event) = events.next().await {
//!     if let Event::Voice { payload, timestamp, .. } = event {
//!         // Send it; and give what arrives from the other side to `sound.push(7, …)`.
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! # Map
//!
//! Three kinds of thread, and what each may wait for:
//!
//! | Thread | Does | Waits for |
//! |---|---|---|
//! | the device's own (`alsa_stream`'s, cpal's or [`mock`]'s) | moves samples between the card and a `ring` | nothing, ever |
//! | `maru-sound` (`sound_thread`) | mixes, processes, encodes | 10 ms at a time, for the card |
//! | `maru-sound-devices` (`device_thread`) | lists, opens, watches and replaces devices | the system, as long as it takes |
//!
//! To the loudspeaker: [`Sound::push`] → `desk` → `maru_audio::mixer` → `output` → card. From the microphone:
//! card → `input` → `maru_audio::voice` (`speaking`) → `event`. `lead` decides how far ahead is mixed,
//! `snapshot` is what can be read without waiting, `backend` tells real devices (`cards`) from made-up
//! ones ([`mock`]), `alsa_names` makes a short list of a long one, `alsa_stream`
//! plays and records on Linux, where cpal would spin.
//!
//! # Rules
//!
//! - A callback never waits, locks or allocates: it moves samples, stores a few words and wakes a thread.
//! - What the loudspeaker will play is told to the echo canceller before the microphone's sound of the same
//!   turn is taken.
//! - Every queue has an end. What does not fit is dropped and counted ([`Counts`]).
//! - The clocks of microphone, loudspeaker and network are never compared: each side is driven by its own card,
//!   and jitter buffers make up for the difference by stretching.
//! - Nothing in use, nothing running: both threads sleep without a deadline (the device thread after a last
//!   minute of watching for whoever asked for the list).
//! - Nothing here fails a call: without a loudspeaker a clock takes its place, without a microphone silence.

mod alsa_names;
#[cfg(target_os = "linux")]
mod alsa_stream;
mod backend;
mod cards;
mod counts;
mod desk;
mod device;
mod device_thread;
mod error;
mod event;
mod format;
mod input;
mod lead;
mod line;
pub mod mock;
mod onsets;
mod output;
mod request;
mod retries;
mod ring;
mod snapshot;
mod sound;
mod sound_thread;
mod speaking;
mod ticker;
mod wake;
mod watch;
mod worker;

pub use counts::Counts;
pub use device::{DEFAULT, Device, DeviceKind};
pub use error::{SoundError, SoundErrorCode};
pub use event::{Event, Events};
pub use request::Opened;
pub use snapshot::{Levels, VoiceReport};
pub use sound::{Config, Sound};
