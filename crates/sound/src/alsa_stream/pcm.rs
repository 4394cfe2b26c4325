//! An open PCM device.

use std::time::Duration;

use alsa::{
    Direction, ValueOr,
    pcm::{Access, Format, Frames, HwParams, PCM},
};

use super::write_ahead;
use crate::error::{SoundError, SoundErrorCode};

/// The preferred rate; a card may have another.
const RATE: u32 = 48_000;
/// Preferred period in microseconds.
const PERIOD: u32 = 10_000;
/// Periods in the buffer, so that it suffices for a sound server that consumes much at once.
const BUFFER_PERIODS: Frames = 8;
/// Bounds of a sleep: short enough to stop promptly, long enough not to spin.
const MIN_SLEEP: Duration = Duration::from_millis(1);
const MAX_SLEEP: Duration = Duration::from_millis(20);
/// Consecutive errors, a period apart, after which a device counts as gone: the plugin of a sound server that died
/// reports an underrun after each recovery, for ever.
const MAX_ERRORS: u32 = 20;

pub(super) struct Pcm {
    pub(super) handle: PCM,
    /// Samples are `f32`, else `i16`.
    pub(super) float: bool,
    pub(super) rate: u32,
    pub(super) channels: u16,
    /// In frames.
    pub(super) period: Frames,
    /// In frames.
    pub(super) buffer: Frames,
}

impl Pcm {
    pub(super) fn open(name: &str, direction: Direction) -> Result<Self, SoundError> {
        // Non-blocking: a device in use returns an error instead of waiting until it is free.
        let handle = PCM::new(name, direction, true).map_err(sound_error)?;
        Self::configure(handle, direction).map_err(sound_error)
    }

    fn configure(handle: PCM, direction: Direction) -> Result<Self, alsa::Error> {
        let requested = HwParams::any(&handle)?;
        requested.set_access(Access::RWInterleaved)?;
        let float = requested.set_format(Format::float()).is_ok();
        if !float {
            requested.set_format(Format::s16())?;
        }
        let channels = match direction {
            Direction::Capture => 1,
            Direction::Playback => 2,
        };
        let channels = requested.set_channels_near(channels)?;
        let rate = requested.set_rate_near(RATE, ValueOr::Nearest)?;
        requested.set_period_time_near(PERIOD, ValueOr::Nearest)?;
        let period = requested.get_period_size()?;
        requested.set_buffer_size_near(BUFFER_PERIODS.saturating_mul(period))?;
        handle.hw_params(&requested)?;
        let granted = handle.hw_params_current()?;
        let (period, buffer) = (granted.get_period_size()?, granted.get_buffer_size()?);
        drop((requested, granted));
        {
            let software = handle.sw_params_current()?;
            software.set_avail_min(period)?;
            software.set_start_threshold(match direction {
                Direction::Capture => 1,
                Direction::Playback => write_ahead::initial(period, buffer),
            })?;
            handle.sw_params(&software)?;
        }
        Ok(Self {
            handle,
            float,
            rate,
            channels: u16::try_from(channels).unwrap_or(u16::MAX),
            period: period.max(1),
            buffer,
        })
    }

    fn duration_of(&self, frames: Frames) -> Duration {
        let frames = u64::try_from(frames).unwrap_or(0);
        Duration::from_micros(frames.saturating_mul(1_000_000) / u64::from(self.rate.max(1)))
    }

    /// Sleeps for the duration of `frames`.
    pub(super) fn sleep(&self, frames: Frames) {
        std::thread::park_timeout(self.duration_of(frames).clamp(MIN_SLEEP, MAX_SLEEP));
    }

    /// The samples of a period, all of the given value.
    pub(super) fn period_of<T: Copy>(&self, value: T) -> Vec<T> {
        vec![value; to_usize(self.period) * usize::from(self.channels)]
    }

    /// Time from here to the microphone or loudspeaker, as reported by the device.
    pub(super) fn latency(&self) -> Duration {
        self.duration_of(self.handle.delay().unwrap_or(0))
    }

    /// Recovers from an underrun, an overrun or a suspended machine. Returns any other error, and the last of
    /// [`MAX_ERRORS`] in a row.
    pub(super) fn recover(&self, error: alsa::Error, errors: &mut u32) -> Result<(), alsa::Error> {
        *errors += 1;
        if *errors > MAX_ERRORS {
            return Err(error);
        }
        self.sleep(self.period);
        match error.errno() {
            libc::EAGAIN | libc::EINTR => Ok(()),
            libc::EPIPE | libc::ESTRPIPE => self.handle.try_recover(error, true),
            _ => Err(error),
        }
    }
}

/// A number of frames as a length; 0 where it is negative.
pub(super) fn to_usize(frames: Frames) -> usize {
    usize::try_from(frames).unwrap_or(0)
}

#[allow(clippy::needless_pass_by_value, reason = "passed to map_err")]
fn sound_error(error: alsa::Error) -> SoundError {
    let code = match error.errno() {
        libc::ENOENT | libc::ENODEV | libc::ENXIO => SoundErrorCode::Missing,
        libc::EBUSY | libc::EAGAIN => SoundErrorCode::Busy,
        libc::EACCES | libc::EPERM => SoundErrorCode::Denied,
        _ => SoundErrorCode::Failed,
    };
    SoundError::new(code, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_that_does_not_exist_is_missing() {
        let opened = Pcm::open("hw:CARD=NoSuchCard,DEV=0", Direction::Playback);
        let error = opened.err().expect("there is no such card");
        assert_eq!(error.code, SoundErrorCode::Missing, "{error}");
    }
}
