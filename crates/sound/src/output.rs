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
    error::SoundError,
    format::presentable,
    lead::Lead,
    line::{Line, resampler},
    ring::{Reader, Writer, ring},
};

/// What can be mixed ahead at most, in milliseconds: the longest period of a device that is of use in a call,
/// and the margin.
const MOST_AHEAD: u32 = 400;
/// How much of the last sample is left after each that is missing: a gap begins with a millisecond of fading,
/// because a cut is a click.
const FADE: f32 = 0.9;

/// The callback's side.
#[derive(Debug)]
pub(crate) struct Drain {
    line: Arc<Line>,
    reader: Reader,
    gap: Arc<AtomicBool>,
    /// The last sample played; `None` until the first block has been mixed.
    last: Option<f32>,
}

/// The sound thread's side.
#[derive(Debug)]
pub(crate) struct Sink {
    line: Arc<Line>,
    writer: Writer,
    gap: Arc<AtomicBool>,
    lead: Lead,
    /// What `lead` came to in this turn, in samples.
    target: usize,
    resampler: Resampler,
    device: Vec<f32>,
}

/// Both sides of a loudspeaker.
pub(crate) fn output(line: &Arc<Line>) -> Result<(Drain, Sink), SoundError> {
    let (writer, reader) = ring(line.samples(MOST_AHEAD));
    let gap = Arc::new(AtomicBool::new(false));
    let sink = Sink {
        line: Arc::clone(line),
        writer,
        gap: Arc::clone(&gap),
        lead: Lead::default(),
        target: 0,
        resampler: resampler(48_000, line.rate)?,
        device: Vec::new(),
    };
    let drain = Drain {
        line: Arc::clone(line),
        reader,
        gap,
        last: None,
    };
    Ok((drain, sink))
}

impl Drain {
    /// Fills what the device asks for, in whatever format. `delay` is how long from now its first sample is in
    /// the air.
    pub(crate) fn fill(&mut self, data: &mut cpal::Data, delay: Duration) {
        crate::format::with_samples!(data, as_slice_mut, |samples| self.samples(samples, delay));
    }

    /// The same, of a known format: each sample on the first two channels (a third would be a subwoofer).
    pub(crate) fn samples<T>(&mut self, samples: &mut [T], delay: Duration)
    where
        T: SizedSample + FromSample<f32>,
    {
        let channels = usize::from(self.line.channels.max(1));
        let wanted = samples.len() / channels;
        let mut frames = samples.chunks_mut(channels);
        let mut last = self.last;
        let played = self.reader.read(wanted, |sample| {
            last = Some(sample);
            if let Some(frame) = frames.next() {
                spread(sample, frame);
            }
        });
        if let Some(mut fading) = last
            && played < wanted
        {
            self.gap.store(true, Ordering::Relaxed);
            self.line.counting.output_missed.add(wanted - played);
            for frame in &mut frames {
                fading *= FADE;
                spread(fading, frame);
            }
            last = Some(fading);
        }
        for frame in frames {
            spread(0.0, frame);
        }
        self.last = last;
        self.line.called(wanted, delay);
    }
}

fn spread<T: SizedSample + FromSample<f32>>(sample: f32, frame: &mut [T]) {
    for (channel, slot) in frame.iter_mut().enumerate() {
        *slot = T::from_sample(if channel < 2 {
            presentable(sample)
        } else {
            0.0
        });
    }
}

impl Sink {
    /// Looks how far ahead to mix in this turn of the sound thread.
    pub(crate) fn look(&mut self, now: Instant) {
        let gap = self.gap.swap(false, Ordering::Relaxed);
        let margin = self.lead.margin(now, gap);
        let block = self.line.samples(10) + 1;
        self.target = (self.line.period() + self.line.samples(margin))
            .min(self.writer.capacity().saturating_sub(block));
    }

    /// True while another block is to be mixed.
    pub(crate) fn wants(&self) -> bool {
        self.writer.waiting() < self.target
    }

    /// How much less than all that is wanted ahead is ready. A callback takes a whole period at once and the
    /// blocks that replace it are mixed in one go; taken as their time, this gives each block the time of its
    /// own place in the period, so that jitter buffers see a steady clock instead of the callback's.
    pub(crate) fn lacking(&self) -> Duration {
        self.line
            .lasting(self.target.saturating_sub(self.writer.waiting()))
    }

    /// From now until the block that is mixed next is in the air, as far as the device tells.
    pub(crate) fn ahead(&self) -> Duration {
        self.line.lasting(self.writer.waiting()) + self.line.delay()
    }

    /// Takes the next block.
    pub(crate) fn push(&mut self, block: &Block) {
        self.device.clear();
        self.resampler.process(block, &mut self.device);
        let lost = self.writer.write(self.device.iter().copied());
        debug_assert_eq!(lost, 0, "the target leaves room for a block");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaker(rate: u32, channels: u16) -> (Drain, Sink, Arc<Line>) {
        let line = Line::alone(rate, channels);
        let (drain, sink) = output(&line).expect("an ordinary rate");
        (drain, sink, line)
    }

    /// Mixes as the sound thread does; says how many blocks.
    fn mix(sink: &mut Sink, now: Instant, value: f32) -> usize {
        sink.look(now);
        let mut blocks = 0;
        while sink.wants() {
            sink.push(&[value; 480]);
            blocks += 1;
        }
        blocks
    }

    #[test]
    fn a_period_and_ten_milliseconds_are_ready() {
        let now = Instant::now();
        let (mut drain, mut sink, line) = speaker(48_000, 2);
        assert_eq!(mix(&mut sink, now, 0.5), 1);
        let mut out = [0i16; 2 * 1024];
        // The device reveals its period; what could not be foreseen is a gap once.
        drain.samples(&mut out, Duration::ZERO);
        let missed = line.counting.read().output_missed;
        assert_eq!(missed, 1024 - 480);
        for _ in 0..100 {
            mix(&mut sink, now, 0.5);
            let ready = sink.ahead();
            assert!(ready >= line.lasting(1024 + 480), "{ready:?}");
            assert!(ready <= line.lasting(1024 + 480 * 3), "{ready:?}");
            assert_eq!(sink.lacking(), Duration::ZERO);
            drain.samples(&mut out, Duration::ZERO);
            assert_eq!(out, [16_384; 2 * 1024]);
        }
        assert_eq!(line.counting.read().output_missed, missed, "no more gaps");
    }

    #[test]
    fn silence_before_the_first_block_is_no_gap_and_a_gap_fades() {
        let (mut drain, mut sink, line) = speaker(48_000, 3);
        let mut out = [0.9f32; 3 * 480];
        drain.samples(&mut out, Duration::ZERO);
        assert_eq!(out, [0.0; 3 * 480]);
        assert_eq!(line.counting.read().output_missed, 0);
        mix(&mut sink, Instant::now(), 0.5);
        let mut out = [0.9f32; 3 * 2000];
        drain.samples(&mut out, Duration::ZERO);
        let missed = line.counting.read().output_missed;
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
    fn another_rate_plays_as_long() {
        let now = Instant::now();
        let (mut drain, mut sink, line) = speaker(44_100, 1);
        let mut blocks = 0;
        for _ in 0..1000 {
            blocks += mix(&mut sink, now, 0.0);
            drain.samples(&mut [0.0f32; 441], Duration::ZERO);
        }
        assert!((1000..1005).contains(&blocks), "{blocks}");
        assert!(line.counting.read().output_missed < 441);
    }

    #[test]
    fn a_device_of_huge_periods_is_not_chased_beyond_the_queue() {
        let (mut drain, mut sink, _) = speaker(48_000, 1);
        drain.samples(&mut vec![0.0f32; 500_000], Duration::ZERO);
        let blocks = mix(&mut sink, Instant::now(), 0.1);
        assert!((40..=68).contains(&blocks), "{blocks}");
    }
}
