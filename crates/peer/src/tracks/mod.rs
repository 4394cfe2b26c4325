//! Local and remote tracks, as encoded frames.

mod audio_level;
mod counters;
mod frame;
mod local;
mod remote;

pub use audio_level::AudioLevel;
pub(crate) use audio_level::SSRC_AUDIO_LEVEL;
pub(crate) use counters::Counters;
pub use frame::{Frame, OutgoingFrame};
pub use local::LocalTrack;
pub(crate) use local::Negotiated;
pub use remote::RemoteTrack;
pub(crate) use remote::TrackReceiver;
