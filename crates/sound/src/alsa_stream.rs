//! ALSA streams paced by a timer instead of cpal's `poll`.
//!
//! PipeWire's ALSA plugin (0.3.65, Debian 12) leaves its file descriptor readable until its own next cycle, so that
//! polling it spins: cpal's two threads took 53 % and 43 % of a core. Here a thread sleeps for as long as the buffer
//! lasts, which takes one or two wakes a period with every plugin and every card.
//!
//! The buffer is large but kept nearly empty: `write_ahead` decides how much of it is filled.

mod pcm;
mod write_ahead;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use alsa::{
    Direction,
    pcm::{IoFormat, State},
};
use cpal::{FromSample, SizedSample};

use crate::{
    capture::{CaptureCallback, CaptureSource, capture_queue},
    error::SoundError,
    playback::{PlaybackCallback, PlaybackSink, playback_queue},
    stream::StreamContext,
    stream_status::StreamStatus,
    stream_thread::StreamThread,
};
use pcm::{Pcm, to_usize};
use write_ahead::WriteAhead;

pub(crate) fn open_microphone(
    name: &str,
    context: &StreamContext,
) -> Result<(StreamThread, Arc<StreamStatus>, CaptureSource), SoundError> {
    let pcm = Pcm::open(name, Direction::Capture)?;
    let status = context.status(pcm.rate, pcm.channels);
    let (callback, source) = capture_queue(&status)?;
    let thread = start("maru-sound-in", &status, move |stop| {
        if pcm.float {
            capture::<f32>(&pcm, callback, stop)
        } else {
            capture::<i16>(&pcm, callback, stop)
        }
    })?;
    Ok((thread, status, source))
}

pub(crate) fn open_speaker(
    name: &str,
    context: &StreamContext,
) -> Result<(StreamThread, Arc<StreamStatus>, PlaybackSink), SoundError> {
    let pcm = Pcm::open(name, Direction::Playback)?;
    let status = context.status(pcm.rate, pcm.channels);
    status.set_expected_period(to_usize(pcm.period));
    let (callback, sink) = playback_queue(&status)?;
    let thread = start("maru-sound-out", &status, move |stop| {
        if pcm.float {
            play::<f32>(&pcm, callback, stop)
        } else {
            play::<i16>(&pcm, callback, stop)
        }
    })?;
    Ok((thread, status, sink))
}

/// Starts a thread that ends the stream when `run` fails.
fn start(
    name: &str,
    status: &Arc<StreamStatus>,
    run: impl FnOnce(&AtomicBool) -> Result<(), alsa::Error> + Send + 'static,
) -> Result<StreamThread, SoundError> {
    let status = Arc::clone(status);
    StreamThread::start(name, move |stop| {
        if run(stop).is_err() {
            status.end();
        }
    })
}

fn capture<T>(
    pcm: &Pcm,
    mut callback: CaptureCallback,
    stop: &AtomicBool,
) -> Result<(), alsa::Error>
where
    T: SizedSample + IoFormat,
    f32: FromSample<T>,
{
    let io = pcm.handle.io_checked::<T>()?;
    let mut samples = pcm.period_of(T::EQUILIBRIUM);
    let mut errors = 0;
    while !stop.load(Ordering::Acquire) {
        if pcm.handle.state() == State::Prepared {
            pcm.handle.start()?;
        }
        let read = match pcm.handle.avail() {
            Ok(available) if available < pcm.period => {
                pcm.sleep(pcm.period - available);
                continue;
            }
            Ok(_) => io.readi(&mut samples),
            Err(error) => Err(error),
        };
        match read {
            Ok(frames) => {
                errors = 0;
                let count = frames * usize::from(pcm.channels);
                callback.push(&samples[..count.min(samples.len())], pcm.latency());
            }
            Err(error) => pcm.recover(error, &mut errors)?,
        }
    }
    Ok(())
}

fn play<T>(pcm: &Pcm, mut callback: PlaybackCallback, stop: &AtomicBool) -> Result<(), alsa::Error>
where
    T: SizedSample + IoFormat + FromSample<f32>,
{
    let io = pcm.handle.io_checked::<T>()?;
    let channels = usize::from(pcm.channels);
    let mut samples = pcm.period_of(T::EQUILIBRIUM);
    let mut write_ahead = WriteAhead::new(pcm.period, pcm.buffer);
    let mut errors = 0;
    while !stop.load(Ordering::Acquire) {
        let available = match pcm.handle.avail() {
            Ok(available) => available,
            Err(error) => {
                write_ahead.on_underrun();
                pcm.recover(error, &mut errors)?;
                continue;
            }
        };
        let queued = pcm.buffer - available;
        if queued <= 0 && pcm.handle.state() == State::Running {
            write_ahead.on_underrun();
        }
        if let Some(wait) = write_ahead.wait(queued) {
            pcm.sleep(wait);
            continue;
        }
        callback.fill(&mut samples, pcm.latency());
        let mut written = 0;
        while written < samples.len() && !stop.load(Ordering::Acquire) {
            match io.writei(&samples[written..]) {
                Ok(frames) => {
                    errors = 0;
                    written += frames * channels;
                }
                Err(error) => pcm.recover(error, &mut errors)?,
            }
        }
    }
    Ok(())
}
