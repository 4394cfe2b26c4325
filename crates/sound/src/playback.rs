//! From blocks of 10 ms at 48 kHz to the loudspeaker's callback.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use cpal::{FromSample, SizedSample};
use maru_audio::{blocks::Block, resample::Resampler};

use crate::{
    buffer_margin::BufferMargin,
    error::SoundError,
    format::clamp_to_full_scale,
    ring::{Reader, Writer, ring},
    stream_status::StreamStatus,
};

/// Capacity of the queue in milliseconds: the longest period of a device that is usable in a call, and the margin.
const CAPACITY: u32 = 400;
/// Factor by which the last sample decays with each missing one: an underrun begins with a fade of about a
/// millisecond, because a step clicks.
const FADE: f32 = 0.9;

/// The end in the device's callback.
#[derive(Debug)]
pub(crate) struct PlaybackCallback {
    status: Arc<StreamStatus>,
    reader: Reader,
    underrun: Arc<AtomicBool>,
    /// The last sample played; `None` until the first block has been mixed.
    last: Option<f32>,
}

/// The end in the sound thread.
#[derive(Debug)]
pub(crate) struct PlaybackSink {
    status: Arc<StreamStatus>,
    writer: Writer,
    underrun: Arc<AtomicBool>,
    margin: BufferMargin,
    /// Samples to be queued, at the device's rate.
    target: usize,
    resampler: Resampler,
    resampled: Vec<f32>,
}

/// Both ends of a loudspeaker's queue.
pub(crate) fn playback_queue(
    status: &Arc<StreamStatus>,
) -> Result<(PlaybackCallback, PlaybackSink), SoundError> {
    let (writer, reader) = ring(status.frames_in(CAPACITY));
    let underrun = Arc::new(AtomicBool::new(false));
    let sink = PlaybackSink {
        status: Arc::clone(status),
        writer,
        underrun: Arc::clone(&underrun),
        margin: BufferMargin::default(),
        target: 0,
        resampler: Resampler::new(48_000, status.rate)?,
        resampled: Vec::new(),
    };
    let callback = PlaybackCallback {
        status: Arc::clone(status),
        reader,
        underrun,
        last: None,
    };
    Ok((callback, sink))
}

impl PlaybackCallback {
    /// Fills data of any supported format. `latency` is the time until its first sample is played.
    pub(crate) fn fill_data(&mut self, data: &mut cpal::Data, latency: Duration) {
        crate::format::with_samples!(data, as_slice_mut, |samples| self.fill(samples, latency));
    }

    /// Fills `samples`: each sample on the first two channels (a third would be a subwoofer).
    pub(crate) fn fill<T>(&mut self, samples: &mut [T], latency: Duration)
    where
        T: SizedSample + FromSample<f32>,
    {
        let channels = usize::from(self.status.channels.max(1));
        let wanted = samples.len() / channels;
        let mut frames = samples.chunks_mut(channels);
        let mut last = self.last;
        let played = self.reader.read(wanted, |sample| {
            last = Some(sample);
            if let Some(frame) = frames.next() {
                fill_frame(sample, frame);
            }
        });
        if let Some(mut fading) = last
            && played < wanted
        {
            self.underrun.store(true, Ordering::Relaxed);
            self.status.counters.output_missed.add(wanted - played);
            for frame in &mut frames {
                fading *= FADE;
                fill_frame(fading, frame);
            }
            last = Some(fading);
        }
        for frame in frames {
            fill_frame(0.0, frame);
        }
        self.last = last;
        self.status.on_callback(wanted, latency);
    }
}

fn fill_frame<T: SizedSample + FromSample<f32>>(sample: f32, frame: &mut [T]) {
    for (channel, slot) in frame.iter_mut().enumerate() {
        *slot = T::from_sample(if channel < 2 {
            clamp_to_full_scale(sample)
        } else {
            0.0
        });
    }
}

impl PlaybackSink {
    /// Updates how much is to be queued. Called before mixing.
    pub(crate) fn update_target(&mut self, now: Instant) {
        let underrun = self.underrun.swap(false, Ordering::Relaxed);
        let margin = self.margin.update(now, underrun);
        let block = self.status.frames_in(10) + 1;
        self.target = (self.status.period() + self.status.frames_in(margin))
            .min(self.writer.capacity().saturating_sub(block));
    }

    /// True while another block is to be mixed.
    pub(crate) fn needs_block(&self) -> bool {
        self.writer.len() < self.target
    }

    /// Duration by which the queue is below the target. A callback takes a whole period at once, and the blocks
    /// that replace it are mixed in one go. Mixing each block at the time reduced by this gives it the time of its
    /// own position in the period, so that jitter buffers see a steady clock instead of the callback's.
    pub(crate) fn shortfall(&self) -> Duration {
        self.status
            .duration_of(self.target.saturating_sub(self.writer.len()))
    }

    /// Time until the next block is played, as far as the device reports it.
    pub(crate) fn latency(&self) -> Duration {
        self.status.duration_of(self.writer.len()) + self.status.latency()
    }

    /// Queues the next block.
    pub(crate) fn push(&mut self, block: &Block) {
        self.resampled.clear();
        self.resampler.process(block, &mut self.resampled);
        let lost = self.writer.write(self.resampled.iter().copied());
        debug_assert_eq!(lost, 0, "the target leaves room for a block");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaker(rate: u32, channels: u16) -> (PlaybackCallback, PlaybackSink, Arc<StreamStatus>) {
        let status = StreamStatus::detached(rate, channels);
        let (callback, sink) = playback_queue(&status).expect("a supported rate");
        (callback, sink, status)
    }

    /// Mixes as the sound thread does. Returns the number of blocks.
    fn mix(sink: &mut PlaybackSink, now: Instant, value: f32) -> usize {
        sink.update_target(now);
        let mut blocks = 0;
        while sink.needs_block() {
            sink.push(&[value; 480]);
            blocks += 1;
        }
        blocks
    }

    #[test]
    fn a_period_and_ten_milliseconds_are_queued() {
        let now = Instant::now();
        let (mut callback, mut sink, status) = speaker(48_000, 2);
        assert_eq!(mix(&mut sink, now, 0.5), 1);
        let mut out = [0i16; 2 * 1024];
        // The first callback shows the period, which causes one underrun.
        callback.fill(&mut out, Duration::ZERO);
        let missed = status.counters.read().output_missed;
        assert_eq!(missed, 1024 - 480);
        for _ in 0..100 {
            mix(&mut sink, now, 0.5);
            let latency = sink.latency();
            assert!(latency >= status.duration_of(1024 + 480), "{latency:?}");
            assert!(latency <= status.duration_of(1024 + 480 * 3), "{latency:?}");
            assert_eq!(sink.shortfall(), Duration::ZERO);
            callback.fill(&mut out, Duration::ZERO);
            assert_eq!(out, [16_384; 2 * 1024]);
        }
        let after = status.counters.read().output_missed;
        assert_eq!(after, missed, "no more underruns");
    }

    #[test]
    fn silence_before_the_first_block_is_no_underrun_and_an_underrun_fades() {
        let (mut callback, mut sink, status) = speaker(48_000, 3);
        let mut out = [0.9f32; 3 * 480];
        callback.fill(&mut out, Duration::ZERO);
        assert_eq!(out, [0.0; 3 * 480]);
        assert_eq!(status.counters.read().output_missed, 0);
        mix(&mut sink, Instant::now(), 0.5);
        let mut out = [0.9f32; 3 * 2000];
        callback.fill(&mut out, Duration::ZERO);
        let missed = status.counters.read().output_missed;
        assert!(missed > 0);
        let mono: Vec<f32> = out.chunks(3).map(|frame| frame[0]).collect();
        assert!(
            mono.windows(2)
                .all(|pair| pair[0] - pair[1] <= 0.051 && pair[1] >= 0.0)
        );
        assert!(mono[1999] < 1e-6);
        assert!(
            out.chunks(3)
                .all(|frame| frame[0] == frame[1] && frame[2] == 0.0)
        );
    }

    #[test]
    fn another_rate_takes_as_many_blocks() {
        let now = Instant::now();
        let (mut callback, mut sink, status) = speaker(44_100, 1);
        let mut blocks = 0;
        for _ in 0..1000 {
            blocks += mix(&mut sink, now, 0.0);
            callback.fill(&mut [0.0f32; 441], Duration::ZERO);
        }
        assert!((1000..1005).contains(&blocks), "{blocks}");
        assert!(status.counters.read().output_missed < 441);
    }

    #[test]
    fn huge_periods_do_not_exceed_the_queue() {
        let (mut callback, mut sink, _) = speaker(48_000, 1);
        callback.fill(&mut vec![0.0f32; 500_000], Duration::ZERO);
        let blocks = mix(&mut sink, Instant::now(), 0.1);
        assert!((40..=68).contains(&blocks), "{blocks}");
    }
}
