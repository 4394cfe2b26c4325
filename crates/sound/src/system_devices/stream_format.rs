//! Chooses the rate, channels and sample format of a stream, and opens it.

use std::sync::Arc;

use cpal::{
    BufferSize, ErrorKind, SampleFormat, StreamConfig, SupportedBufferSize, SupportedStreamConfig,
    SupportedStreamConfigRange,
    traits::{DeviceTrait, StreamTrait},
};

use crate::{
    device::DeviceKind, error::SoundError, format::is_supported, stream::StreamContext,
    stream_status::StreamStatus,
};

/// The preferred rate, which needs no resampling.
const RATE: u32 = 48_000;

pub(super) fn default_config(
    device: &cpal::Device,
    kind: DeviceKind,
) -> Result<SupportedStreamConfig, SoundError> {
    Ok(match kind {
        DeviceKind::Microphone => device.default_input_config()?,
        DeviceKind::Speaker => device.default_output_config()?,
    })
}

/// The device's default at 48 kHz if supported, else its default, else the best supported format.
fn best(
    default: &SupportedStreamConfig,
    mut supported: Vec<SupportedStreamConfigRange>,
) -> Option<SupportedStreamConfig> {
    let same = supported.iter().find(|range| {
        range.channels() == default.channels()
            && range.sample_format() == default.sample_format()
            && range.contains_rate(RATE)
    });
    if is_supported(default.sample_format()) {
        return Some(same.map_or(*default, |range| range.with_sample_rate(RATE)));
    }
    supported.retain(|range| is_supported(range.sample_format()));
    let range = supported
        .into_iter()
        .max_by(SupportedStreamConfigRange::cmp_default_heuristics)?;
    Some(
        range
            .try_with_sample_rate(RATE)
            .unwrap_or_else(|| range.with_standard_sample_rate()),
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamFormat {
    rate: u32,
    channels: u16,
    format: SampleFormat,
    /// Frames in 10 ms; `None` where the device does not support such a period.
    period: Option<u32>,
}

impl StreamFormat {
    pub(super) fn choose(device: &cpal::Device, kind: DeviceKind) -> Result<Self, SoundError> {
        let default = default_config(device, kind)?;
        if default.sample_rate() == RATE && is_supported(default.sample_format()) {
            return Ok(Self::of(&default));
        }
        let supported: Vec<SupportedStreamConfigRange> = match kind {
            DeviceKind::Microphone => device.supported_input_configs()?.collect(),
            DeviceKind::Speaker => device.supported_output_configs()?.collect(),
        };
        best(&default, supported)
            .as_ref()
            .map(Self::of)
            .ok_or_else(|| {
                let format = default.sample_format();
                SoundError::failed(format!("the device supports only {format}"))
            })
    }

    fn of(config: &SupportedStreamConfig) -> Self {
        let period = config.sample_rate() / 100;
        let supported = match config.buffer_size() {
            SupportedBufferSize::Range { min, max } => (min..=max).contains(&&period),
            SupportedBufferSize::Unknown => false,
        };
        Self {
            rate: config.sample_rate(),
            channels: config.channels(),
            format: config.sample_format(),
            period: supported.then_some(period),
        }
    }

    /// Builds a stream with callbacks of 10 ms, else with the device's default size, and starts it.
    pub(super) fn open<S>(
        self,
        context: &StreamContext,
        build: impl Fn(
            &Arc<StreamStatus>,
            StreamConfig,
            SampleFormat,
        ) -> Result<(cpal::Stream, S), BuildError>,
    ) -> Result<(cpal::Stream, Arc<StreamStatus>, S), SoundError> {
        let sizes = self.period.map(BufferSize::Fixed);
        let mut sizes = sizes.into_iter().chain([BufferSize::Default]).peekable();
        while let Some(buffer_size) = sizes.next() {
            let status = context.status(self.rate, self.channels);
            let config = StreamConfig {
                channels: self.channels,
                sample_rate: self.rate,
                buffer_size,
            };
            match build(&status, config, self.format) {
                Ok((stream, end)) => {
                    if let Ok(period) = stream.buffer_size() {
                        status.set_expected_period(usize::try_from(period).unwrap_or(0));
                    }
                    stream.play()?;
                    return Ok((stream, status, end));
                }
                Err(BuildError::Cpal(error))
                    if sizes.peek().is_some()
                        && matches!(
                            error.kind(),
                            ErrorKind::UnsupportedConfig | ErrorKind::InvalidInput
                        ) => {}
                Err(BuildError::Cpal(error)) => return Err(error.into()),
                Err(BuildError::Sound(error)) => return Err(error),
            }
        }
        Err(SoundError::failed("no buffer size was tried"))
    }
}

/// Why a stream could not be built.
#[derive(Debug)]
pub(super) enum BuildError {
    Cpal(cpal::Error),
    Sound(SoundError),
}

impl From<cpal::Error> for BuildError {
    fn from(error: cpal::Error) -> Self {
        Self::Cpal(error)
    }
}

impl From<SoundError> for BuildError {
    fn from(error: SoundError) -> Self {
        Self::Sound(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: SupportedBufferSize = SupportedBufferSize::Range { min: 64, max: 4096 };

    #[test]
    fn prefers_48_khz_where_supported() {
        let default = SupportedStreamConfig::new(2, 44_100, SIZES, SampleFormat::I16);
        let range = |channels, max, format| {
            SupportedStreamConfigRange::new(channels, 8_000, max, SIZES, format)
        };
        let found = best(
            &default,
            vec![
                range(1, 48_000, SampleFormat::I16),
                range(2, 48_000, SampleFormat::I16),
            ],
        )
        .expect("a supported format");
        assert_eq!((found.channels(), found.sample_rate()), (2, 48_000));
        let only = best(&default, vec![range(2, 44_100, SampleFormat::I16)]);
        let only = only.expect("a supported format");
        assert_eq!(only, default);
        assert_eq!(StreamFormat::of(&only).period, Some(441));
    }

    #[test]
    fn dsd_is_replaced_by_a_supported_format() {
        let default = SupportedStreamConfig::new(2, 352_800, SIZES, SampleFormat::DsdU8);
        let range = |format| SupportedStreamConfigRange::new(2, 44_100, 48_000, SIZES, format);
        let found = best(
            &default,
            vec![range(SampleFormat::DsdU8), range(SampleFormat::I32)],
        );
        let found = found.expect("a supported format");
        assert_eq!(found.sample_format(), SampleFormat::I32);
        assert_eq!(found.sample_rate(), 48_000);
        assert_eq!(best(&default, vec![range(SampleFormat::DsdU8)]), None);
    }

    #[test]
    fn an_unsupported_period_is_not_requested() {
        let sizes = SupportedBufferSize::Range {
            min: 1024,
            max: 4096,
        };
        let config = SupportedStreamConfig::new(2, 48_000, sizes, SampleFormat::F32);
        assert_eq!(StreamFormat::of(&config).period, None);
    }
}
