//! ALSA streams on a clock of our own instead of cpal's `poll`.
//!
//! PipeWire's ALSA plugin (0.3.65, Debian 12) leaves its file descriptor readable until its own next cycle, so
//! whoever polls it spins: cpal's two threads took 53 % and 43 % of a core. Here the thread sleeps for as long
//! as the buffer says it can, which costs one or two wakes a period with every plugin and every card.
//!
//! With a clock of our own the buffer can be long and still be kept short: as much is written ahead as is
//! consumed at once, and more after it has run dry.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use alsa::{
    Direction, ValueOr,
    pcm::{Access, Format, Frames, HwParams, IoFormat, PCM, State},
};
use cpal::{FromSample, SizedSample};

use crate::{
    backend::Wires,
    error::{SoundError, SoundErrorCode},
    input::{Feed, Source, input},
    line::Line,
    output::{Drain, Sink, output},
    worker::Worker,
};

/// Asked for; a card may give another.
const RATE: u32 = 48_000;
/// Of a period, in microseconds.
const PERIOD: u32 = 10_000;
/// Periods in the buffer: what can be written ahead of a sound server that takes much at once.
const PERIODS: Frames = 8;
/// Periods written ahead at first.
const AHEAD: Frames = 2;
/// Bounds of a sleep: short enough to end promptly, long enough not to spin.
const SLEEP: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

/// Errors in a row, a period apart, after which a device counts as gone: the plugin of a sound server that died
/// reports a gap after each recovery for ever.
const MOST_TROUBLES: u32 = 20;

/// An open device.
struct Card {
    pcm: PCM,
    float: bool,
    rate: u32,
    channels: u16,
    /// In frames.
    period: Frames,
    buffer: Frames,
}

pub(crate) fn open_microphone(
    name: &str,
    wires: &Wires,
) -> Result<(Worker, Arc<Line>, Source), SoundError> {
    let card = Card::open(name, Direction::Capture)?;
    let line = wires.line(card.rate, card.channels);
    let (feed, source) = input(&line)?;
    let ending = Arc::clone(&line);
    let worker = Worker::start("maru-sound-in", move |stop| {
        let ended = if card.float {
            capture::<f32>(&card, feed, stop)
        } else {
            capture::<i16>(&card, feed, stop)
        };
        if ended.is_err() {
            ending.end();
        }
    })?;
    Ok((worker, line, source))
}

pub(crate) fn open_speaker(
    name: &str,
    wires: &Wires,
) -> Result<(Worker, Arc<Line>, Sink), SoundError> {
    let card = Card::open(name, Direction::Playback)?;
    let line = wires.line(card.rate, card.channels);
    line.expect(length(card.period));
    let (drain, sink) = output(&line)?;
    let ending = Arc::clone(&line);
    let worker = Worker::start("maru-sound-out", move |stop| {
        let ended = if card.float {
            play::<f32>(&card, drain, stop)
        } else {
            play::<i16>(&card, drain, stop)
        };
        if ended.is_err() {
            ending.end();
        }
    })?;
    Ok((worker, line, sink))
}

impl Card {
    fn open(name: &str, direction: Direction) -> Result<Self, SoundError> {
        // Not blocking: a device that is in use shall say so instead of waiting for whoever has it.
        let pcm = PCM::new(name, direction, true).map_err(error)?;
        Self::configure(pcm, direction).map_err(error)
    }

    fn configure(pcm: PCM, direction: Direction) -> Result<Self, alsa::Error> {
        let wanted = HwParams::any(&pcm)?;
        wanted.set_access(Access::RWInterleaved)?;
        let float = wanted.set_format(Format::float()).is_ok();
        if !float {
            wanted.set_format(Format::s16())?;
        }
        let channels = match direction {
            Direction::Capture => 1,
            Direction::Playback => 2,
        };
        let channels = wanted.set_channels_near(channels)?;
        let rate = wanted.set_rate_near(RATE, ValueOr::Nearest)?;
        wanted.set_period_time_near(PERIOD, ValueOr::Nearest)?;
        let period = wanted.get_period_size()?;
        wanted.set_buffer_size_near(PERIODS.saturating_mul(period))?;
        pcm.hw_params(&wanted)?;
        let given = pcm.hw_params_current()?;
        let (period, buffer) = (given.get_period_size()?, given.get_buffer_size()?);
        drop((wanted, given));
        {
            let software = pcm.sw_params_current()?;
            software.set_avail_min(period)?;
            software.set_start_threshold(match direction {
                Direction::Capture => 1,
                Direction::Playback => (AHEAD * period).min(buffer),
            })?;
            pcm.sw_params(&software)?;
        }
        Ok(Self {
            pcm,
            float,
            rate,
            channels: u16::try_from(channels).unwrap_or(u16::MAX),
            period: period.max(1),
            buffer,
        })
    }

    /// How long `frames` last.
    fn lasting(&self, frames: Frames) -> Duration {
        let frames = u64::try_from(frames).unwrap_or(0);
        Duration::from_micros(frames.saturating_mul(1_000_000) / u64::from(self.rate.max(1)))
    }

    /// Sleeps until `frames` more have gone through.
    fn sleep(&self, frames: Frames) {
        std::thread::park_timeout(self.lasting(frames).clamp(SLEEP.0, SLEEP.1));
    }

    /// Samples of a period, silent.
    fn samples<T: Copy>(&self, silence: T) -> Vec<T> {
        vec![silence; length(self.period) * usize::from(self.channels)]
    }

    /// From here to the air, as far as the device tells.
    fn delay(&self) -> Duration {
        self.lasting(self.pcm.delay().unwrap_or(0))
    }

    /// Begins anew after a gap or a suspended machine; the error where it was neither, or goes on and on.
    fn recover(&self, error: alsa::Error, troubles: &mut u32) -> Result<(), alsa::Error> {
        *troubles += 1;
        if *troubles > MOST_TROUBLES {
            return Err(error);
        }
        self.sleep(self.period);
        match error.errno() {
            libc::EAGAIN | libc::EINTR => Ok(()),
            libc::EPIPE | libc::ESTRPIPE => self.pcm.try_recover(error, true),
            _ => Err(error),
        }
    }
}

fn capture<T>(card: &Card, mut feed: Feed, stop: &AtomicBool) -> Result<(), alsa::Error>
where
    T: SizedSample + IoFormat,
    f32: FromSample<T>,
{
    let io = card.pcm.io_checked::<T>()?;
    let mut samples = card.samples(T::EQUILIBRIUM);
    let mut troubles = 0;
    while !stop.load(Ordering::Acquire) {
        if card.pcm.state() == State::Prepared {
            card.pcm.start()?;
        }
        let read = match card.pcm.avail() {
            Ok(available) if available < card.period => {
                card.sleep(card.period - available);
                continue;
            }
            Ok(_) => io.readi(&mut samples),
            Err(error) => Err(error),
        };
        match read {
            Ok(frames) => {
                troubles = 0;
                let count = frames * usize::from(card.channels);
                feed.samples(&samples[..count.min(samples.len())], card.delay());
            }
            Err(error) => card.recover(error, &mut troubles)?,
        }
    }
    Ok(())
}

fn play<T>(card: &Card, mut drain: Drain, stop: &AtomicBool) -> Result<(), alsa::Error>
where
    T: SizedSample + IoFormat + FromSample<f32>,
{
    let io = card.pcm.io_checked::<T>()?;
    let channels = usize::from(card.channels);
    let mut samples = card.samples(T::EQUILIBRIUM);
    let mut ahead = Ahead::new(card.period, card.buffer);
    let mut troubles = 0;
    while !stop.load(Ordering::Acquire) {
        let available = match card.pcm.avail() {
            Ok(available) => available,
            Err(error) => {
                ahead.ran_dry();
                card.recover(error, &mut troubles)?;
                continue;
            }
        };
        let queued = card.buffer - available;
        if queued <= 0 && card.pcm.state() == State::Running {
            ahead.ran_dry();
        }
        if let Some(wait) = ahead.wait(queued) {
            card.sleep(wait);
            continue;
        }
        drain.samples(&mut samples, card.delay());
        let mut written = 0;
        while written < samples.len() && !stop.load(Ordering::Acquire) {
            match io.writei(&samples[written..]) {
                Ok(frames) => {
                    troubles = 0;
                    written += frames * channels;
                }
                Err(error) => card.recover(error, &mut troubles)?,
            }
        }
    }
    Ok(())
}

/// How much is written ahead of the card, in frames.
#[derive(Debug, Clone, Copy)]
struct Ahead {
    target: Frames,
    period: Frames,
    most: Frames,
}

impl Ahead {
    fn new(period: Frames, buffer: Frames) -> Self {
        Self {
            target: (AHEAD * period).min(buffer),
            period,
            most: buffer,
        }
    }

    /// What was ahead was not enough.
    fn ran_dry(&mut self) {
        self.target = (self.target + self.period).min(self.most);
    }

    /// Frames to wait for until the next period is to be written; `None` when it is now.
    fn wait(&self, queued: Frames) -> Option<Frames> {
        let wait = queued + self.period - self.target;
        (wait > 0).then_some(wait)
    }
}

fn length(frames: Frames) -> usize {
    usize::try_from(frames).unwrap_or(0)
}

#[allow(clippy::needless_pass_by_value, reason = "given to map_err")]
fn error(error: alsa::Error) -> SoundError {
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
    fn writes_two_periods_ahead_and_more_where_that_runs_dry() {
        let mut ahead = Ahead::new(480, 3840);
        assert_eq!(ahead.wait(0), None);
        assert_eq!(ahead.wait(480), None);
        assert_eq!(ahead.wait(481), Some(1));
        assert_eq!(ahead.wait(960), Some(480));
        ahead.ran_dry();
        assert_eq!(ahead.wait(960), None);
        for _ in 0..100 {
            ahead.ran_dry();
        }
        assert_eq!(ahead.wait(3360), None, "never more than fits");
        assert_eq!(ahead.wait(3361), Some(1));
    }

    #[test]
    fn a_device_that_is_not_there_is_missing() {
        let opened = Card::open("hw:CARD=NoSuchCard,DEV=0", Direction::Playback);
        let error = opened.err().expect("there is no such card");
        assert_eq!(error.code, SoundErrorCode::Missing, "{error}");
    }
}
