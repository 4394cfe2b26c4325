//! From the microphone's callback to blocks of 10 ms at 48 kHz.

use std::{sync::Arc, time::Duration};

use cpal::{FromSample, Sample, SizedSample};
use maru_audio::{
    blocks::{Block, BlockBuffer},
    resample::Resampler,
};

use crate::{
    error::SoundError,
    line::{Line, resampler},
    ring::{Reader, Writer, ring},
};

/// What the sound thread may be behind before samples are lost, in milliseconds. It drains the queue whenever
/// it wakes, so this is for a machine that stood still; what is older than that nobody wants to hear.
const MOST_BEHIND: u32 = 300;

/// The callback's side.
#[derive(Debug)]
pub(crate) struct Feed {
    line: Arc<Line>,
    writer: Writer,
}

/// The sound thread's side.
#[derive(Debug)]
pub(crate) struct Source {
    line: Arc<Line>,
    reader: Reader,
    resampler: Resampler,
    blocks: BlockBuffer,
    device: Vec<f32>,
    ours: Vec<f32>,
}

/// Both sides of a microphone.
pub(crate) fn input(line: &Arc<Line>) -> Result<(Feed, Source), SoundError> {
    let (writer, reader) = ring(line.samples(MOST_BEHIND));
    let source = Source {
        line: Arc::clone(line),
        reader,
        resampler: resampler(line.rate, 48_000)?,
        blocks: BlockBuffer::default(),
        device: Vec::new(),
        ours: Vec::new(),
    };
    let line = Arc::clone(line);
    Ok((Feed { line, writer }, source))
}

impl Feed {
    /// Takes what the device gives, in whatever format. `delay` is how long ago the last of it was in the air.
    pub(crate) fn take(&mut self, data: &cpal::Data, delay: Duration) {
        crate::format::with_samples!(data, as_slice, |samples| self.samples(samples, delay));
    }

    /// The same, of a known format: the mean of each frame's channels.
    pub(crate) fn samples<T>(&mut self, samples: &[T], delay: Duration)
    where
        T: SizedSample,
        f32: FromSample<T>,
    {
        let channels = self.line.channels.max(1);
        let share = 1.0 / f32::from(channels);
        let frames = samples.chunks_exact(channels.into());
        let count = frames.len();
        let mono = frames.map(|frame| {
            let sum: f32 = frame.iter().map(|sample| f32::from_sample(*sample)).sum();
            sum * share
        });
        let lost = self.writer.write(mono);
        self.line.counting.input_lost.add(lost);
        self.line.called(count, delay);
    }
}

impl Source {
    /// Gives every block that is complete to `each`.
    pub(crate) fn pull(&mut self, each: impl FnMut(&mut Block)) {
        self.device.clear();
        self.ours.clear();
        let device = &mut self.device;
        self.reader.read(usize::MAX, |sample| device.push(sample));
        self.resampler.process(&self.device, &mut self.ours);
        self.blocks.push(&self.ours, each);
    }

    /// How long ago the blocks that come next were in the air, as far as the device tells.
    pub(crate) fn delay(&self) -> Duration {
        self.line.delay() + self.line.lasting(self.line.period())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn microphone(rate: u32, channels: u16) -> (Feed, Source, Arc<Line>) {
        let line = Line::alone(rate, channels);
        let (feed, source) = input(&line).expect("an ordinary rate");
        (feed, source, line)
    }

    fn blocks(source: &mut Source) -> Vec<f32> {
        let mut out = Vec::new();
        source.pull(|block| out.extend_from_slice(block));
        out
    }

    #[test]
    fn channels_are_mixed_and_blocks_are_whole() {
        let (mut feed, mut source, _) = microphone(48_000, 2);
        feed.samples(&[0.5f32, 0.25].repeat(479), Duration::ZERO);
        assert_eq!(blocks(&mut source), []);
        feed.samples(&[0.5f32, 0.25, 0.5, 0.25], Duration::ZERO);
        assert_eq!(blocks(&mut source), [0.375; 480]);
    }

    #[test]
    fn every_format_reads_the_same() {
        fn read<T>(samples: &[T]) -> Vec<f32>
        where
            T: SizedSample,
            f32: FromSample<T>,
        {
            let (mut feed, mut source, _) = microphone(48_000, 1);
            feed.samples(samples, Duration::ZERO);
            blocks(&mut source)
        }
        assert_eq!(read(&[0.5f32; 480]), [0.5; 480]);
        assert_eq!(read(&[0.5f64; 480]), [0.5; 480]);
        assert_eq!(read(&[16_384i16; 480]), [0.5; 480]);
        assert_eq!(read(&[49_152u16; 480]), [0.5; 480]);
        assert_eq!(read(&[1i32 << 30; 480]), [0.5; 480]);
        assert_eq!(read(&[192u8; 480]), [0.5; 480]);
    }

    #[test]
    fn another_rate_gives_as_many_blocks() {
        let (mut feed, mut source, _) = microphone(44_100, 1);
        let mut samples = 0;
        for _ in 0..1000 {
            feed.samples(&[0.0f32; 441], Duration::ZERO);
            samples += blocks(&mut source).len();
        }
        assert_eq!(samples, 480_000);
    }

    #[test]
    fn what_nobody_fetches_is_counted_and_bounded() {
        let (mut feed, mut source, line) = microphone(48_000, 1);
        for _ in 0..1000 {
            feed.samples(&[0.0f32; 480], Duration::ZERO);
        }
        let kept = blocks(&mut source).len();
        assert!((14_400..=20_000).contains(&kept), "{kept}");
        let lost = usize::try_from(line.counting.read().input_lost).expect("small");
        assert_eq!(480_000 - lost, 16_384, "all that fits is kept");
    }
}
