//! From the microphone's callback to blocks of 10 ms at 48 kHz.

use std::{sync::Arc, time::Duration};

use cpal::{FromSample, Sample, SizedSample};
use maru_audio::{
    blocks::{Block, BlockBuffer},
    resample::Resampler,
};

use crate::{
    error::SoundError,
    ring::{Reader, Writer, ring},
    stream_status::StreamStatus,
};

/// Capacity of the queue in milliseconds. The sound thread drains it whenever it wakes, so it fills only when the
/// machine stalls; older audio is not worth sending.
const CAPACITY: u32 = 300;

/// The end in the device's callback.
#[derive(Debug)]
pub(crate) struct CaptureCallback {
    status: Arc<StreamStatus>,
    writer: Writer,
}

/// The end in the sound thread.
#[derive(Debug)]
pub(crate) struct CaptureSource {
    status: Arc<StreamStatus>,
    reader: Reader,
    resampler: Resampler,
    blocks: BlockBuffer,
    captured: Vec<f32>,
    resampled: Vec<f32>,
}

/// Both ends of a microphone's queue.
pub(crate) fn capture_queue(
    status: &Arc<StreamStatus>,
) -> Result<(CaptureCallback, CaptureSource), SoundError> {
    let (writer, reader) = ring(status.frames_in(CAPACITY));
    let source = CaptureSource {
        status: Arc::clone(status),
        reader,
        resampler: Resampler::new(status.rate, 48_000)?,
        blocks: BlockBuffer::default(),
        captured: Vec::new(),
        resampled: Vec::new(),
    };
    let status = Arc::clone(status);
    Ok((CaptureCallback { status, writer }, source))
}

impl CaptureCallback {
    /// Takes captured data of any supported format. `latency` is the age of its last sample.
    pub(crate) fn push_data(&mut self, data: &cpal::Data, latency: Duration) {
        crate::format::with_samples!(data, as_slice, |samples| self.push(samples, latency));
    }

    /// Takes captured samples and mixes the channels of each frame down.
    pub(crate) fn push<T>(&mut self, samples: &[T], latency: Duration)
    where
        T: SizedSample,
        f32: FromSample<T>,
    {
        let channels = self.status.channels.max(1);
        let share = 1.0 / f32::from(channels);
        let frames = samples.chunks_exact(channels.into());
        let count = frames.len();
        let mono = frames.map(|frame| {
            let sum: f32 = frame.iter().map(|sample| f32::from_sample(*sample)).sum();
            sum * share
        });
        let lost = self.writer.write(mono);
        self.status.counters.input_lost.add(lost);
        self.status.on_callback(count, latency);
    }
}

impl CaptureSource {
    /// Calls `on_block` with every complete block.
    pub(crate) fn pull(&mut self, on_block: impl FnMut(&mut Block)) {
        self.captured.clear();
        self.resampled.clear();
        let captured = &mut self.captured;
        self.reader.read(usize::MAX, |sample| captured.push(sample));
        self.resampler.process(&self.captured, &mut self.resampled);
        self.blocks.push(&self.resampled, on_block);
    }

    /// Age of the next blocks, as far as the device reports it.
    pub(crate) fn latency(&self) -> Duration {
        self.status.latency() + self.status.duration_of(self.status.period())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn microphone(rate: u32, channels: u16) -> (CaptureCallback, CaptureSource, Arc<StreamStatus>) {
        let status = StreamStatus::detached(rate, channels);
        let (callback, source) = capture_queue(&status).expect("a supported rate");
        (callback, source, status)
    }

    fn blocks(source: &mut CaptureSource) -> Vec<f32> {
        let mut out = Vec::new();
        source.pull(|block| out.extend_from_slice(block));
        out
    }

    #[test]
    fn channels_are_mixed_down_and_blocks_are_complete() {
        let (mut callback, mut source, _) = microphone(48_000, 2);
        callback.push(&[0.5f32, 0.25].repeat(479), Duration::ZERO);
        assert_eq!(blocks(&mut source), []);
        callback.push(&[0.5f32, 0.25, 0.5, 0.25], Duration::ZERO);
        assert_eq!(blocks(&mut source), [0.375; 480]);
    }

    #[test]
    fn all_formats_have_the_same_scale() {
        fn read<T>(samples: &[T]) -> Vec<f32>
        where
            T: SizedSample,
            f32: FromSample<T>,
        {
            let (mut callback, mut source, _) = microphone(48_000, 1);
            callback.push(samples, Duration::ZERO);
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
        let (mut callback, mut source, _) = microphone(44_100, 1);
        let mut samples = 0;
        for _ in 0..1000 {
            callback.push(&[0.0f32; 441], Duration::ZERO);
            samples += blocks(&mut source).len();
        }
        assert_eq!(samples, 480_000);
    }

    #[test]
    fn the_queue_is_bounded_and_losses_are_counted() {
        let (mut callback, mut source, status) = microphone(48_000, 1);
        for _ in 0..1000 {
            callback.push(&[0.0f32; 480], Duration::ZERO);
        }
        let kept = blocks(&mut source).len();
        assert!((14_400..=20_000).contains(&kept), "{kept}");
        let lost = usize::try_from(status.counters.read().input_lost).expect("small");
        assert_eq!(480_000 - lost, 16_384, "the queue was filled");
    }
}
