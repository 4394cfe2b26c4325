//! Sound cards, through cpal: ALSA on Linux (which PipeWire and PulseAudio answer to), CoreAudio, WASAPI.
//!
//! Everything here may take hundreds of milliseconds, and dropping a stream waits for its callback: it is all
//! done on the device thread.

use std::{sync::Arc, time::Duration};

use cpal::{
    BufferSize, ErrorKind, SampleFormat, StreamConfig, SupportedBufferSize, SupportedStreamConfig,
    SupportedStreamConfigRange,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};

use crate::{
    alsa_names::{Listed, cards, entries},
    backend::{Open, Seen, Stream, Wires},
    device::{DEFAULT, Device, DeviceKind},
    error::{SoundError, SoundErrorCode},
    format::readable,
    input::{Source, input},
    line::Line,
    output::{Sink, output},
};

/// How often a silent stream is looked at by cpal's own thread.
const TIMEOUT: Option<Duration> = Some(Duration::from_secs(1));
/// Ours, and so nothing needs converting.
const RATE: u32 = 48_000;

/// The system's sound, once it has answered.
#[derive(Default)]
pub(crate) struct Cards {
    host: Option<cpal::Host>,
}

impl Cards {
    /// `cpal::default_host` panics where there is no sound at all.
    fn host(&mut self) -> Result<&cpal::Host, SoundError> {
        if self.host.is_none() {
            let mut hosts = cpal::available_hosts().into_iter();
            self.host = hosts.find_map(|id| cpal::host_from_id(id).ok());
        }
        self.host
            .as_ref()
            .ok_or_else(|| SoundError::new(SoundErrorCode::Missing, "this system has no sound"))
    }

    fn listed(&mut self) -> Vec<Listed> {
        let Ok(host) = self.host() else {
            return Vec::new();
        };
        let is_alsa = is_alsa(host);
        let Ok(devices) = host.devices() else {
            return Vec::new();
        };
        let listed = devices
            .filter_map(|device| {
                Some(Listed {
                    id: device.id().ok()?.to_string(),
                    label: device.description().ok()?.name().to_owned(),
                    hears: device.supports_input(),
                    plays: device.supports_output(),
                })
            })
            .collect();
        if is_alsa { cards(listed) } else { listed }
    }

    pub(crate) fn devices(&mut self) -> Vec<Device> {
        let listed = self.listed();
        let mut devices = Vec::new();
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
            if self.has_default(kind) {
                devices.push(Device::default_of(kind));
            }
            devices.extend(entries(&listed, kind));
        }
        devices
    }

    /// ALSA always has a default, but whether anything is behind it shows only when it is opened.
    fn has_default(&mut self, kind: DeviceKind) -> bool {
        let Ok(device) = self.find(kind, None) else {
            return false;
        };
        let Ok(host) = self.host() else { return false };
        if !is_alsa(host) {
            return true;
        }
        match default_config(&device, kind) {
            Ok(_) => true,
            Err(error) => matches!(error.code, SoundErrorCode::Busy | SoundErrorCode::Denied),
        }
    }

    pub(crate) fn seen(&mut self) -> Seen {
        let listed = self.listed();
        let mut seen = Seen {
            default_microphone: self.default_id(DeviceKind::Microphone),
            default_speaker: self.default_id(DeviceKind::Speaker),
            ..Seen::default()
        };
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
            let of_kind = entries(&listed, kind).map(|device| (kind, device.id));
            seen.devices.extend(of_kind);
        }
        seen
    }

    fn default_id(&mut self, kind: DeviceKind) -> Option<String> {
        let device = self.find(kind, None).ok()?;
        Some(device.id().ok()?.to_string())
    }

    fn find(&mut self, kind: DeviceKind, id: Option<&str>) -> Result<cpal::Device, SoundError> {
        let host = self.host()?;
        let device = match (id, kind) {
            (None, DeviceKind::Microphone) => host.default_input_device(),
            (None, DeviceKind::Speaker) => host.default_output_device(),
            (Some(id), _) => id.parse().ok().and_then(|id| host.device_by_id(&id)),
        };
        device.ok_or_else(|| {
            let asked = id.unwrap_or(DEFAULT);
            SoundError::new(SoundErrorCode::Missing, format!("there is no {asked}"))
        })
    }

    /// What ALSA calls the device, where it is ALSA's.
    #[cfg(target_os = "linux")]
    fn alsa_name(&self, id: Option<&str>) -> Option<String> {
        let name = match id {
            Some(id) => id.strip_prefix("alsa:")?,
            None if self.host.as_ref().is_some_and(is_alsa) => DEFAULT,
            None => return None,
        };
        Some(name.to_owned())
    }

    pub(crate) fn open_microphone(
        &mut self,
        id: Option<&str>,
        wires: &Wires,
    ) -> Result<(Open, Source), SoundError> {
        let device = self.find(DeviceKind::Microphone, id)?;
        #[cfg(target_os = "linux")]
        if let Some(name) = self.alsa_name(id) {
            let (stream, line, ours) = crate::alsa_stream::open_microphone(&name, wires)?;
            return Ok((open(Stream::Own(stream), line, id, &device), ours));
        }
        let format = choose(&device, DeviceKind::Microphone)?;
        let (stream, line, source) = format.open(wires, |line, config, format| {
            let (mut feed, source) = input(line)?;
            let error_line = Arc::clone(line);
            let stream = device.build_input_stream_raw(
                config,
                format,
                move |data, info| {
                    let times = info.timestamp();
                    let delay = times.callback.saturating_duration_since(times.capture);
                    feed.take(data, delay);
                },
                move |error| error_line.report(&error),
                TIMEOUT,
            )?;
            Ok((stream, source))
        })?;
        Ok((open(Stream::Card(stream), line, id, &device), source))
    }

    pub(crate) fn open_speaker(
        &mut self,
        id: Option<&str>,
        wires: &Wires,
    ) -> Result<(Open, Sink), SoundError> {
        let device = self.find(DeviceKind::Speaker, id)?;
        #[cfg(target_os = "linux")]
        if let Some(name) = self.alsa_name(id) {
            let (stream, line, ours) = crate::alsa_stream::open_speaker(&name, wires)?;
            return Ok((open(Stream::Own(stream), line, id, &device), ours));
        }
        let format = choose(&device, DeviceKind::Speaker)?;
        let (stream, line, sink) = format.open(wires, |line, config, format| {
            let (mut drain, sink) = output(line)?;
            let error_line = Arc::clone(line);
            let stream = device.build_output_stream_raw(
                config,
                format,
                move |data, info| {
                    let times = info.timestamp();
                    let delay = times.playback.saturating_duration_since(times.callback);
                    drain.fill(data, delay);
                },
                move |error| error_line.report(&error),
                TIMEOUT,
            )?;
            Ok((stream, sink))
        })?;
        Ok((open(Stream::Card(stream), line, id, &device), sink))
    }
}

fn is_alsa(host: &cpal::Host) -> bool {
    host.id().to_string() == "alsa"
}

fn open(stream: Stream, line: Arc<Line>, id: Option<&str>, device: &cpal::Device) -> Open {
    Open {
        stream,
        line,
        id: id.map(str::to_owned),
        label: device.to_string(),
    }
}

fn default_config(
    device: &cpal::Device,
    kind: DeviceKind,
) -> Result<SupportedStreamConfig, SoundError> {
    Ok(match kind {
        DeviceKind::Microphone => device.default_input_config()?,
        DeviceKind::Speaker => device.default_output_config()?,
    })
}

fn choose(device: &cpal::Device, kind: DeviceKind) -> Result<Format, SoundError> {
    let default = default_config(device, kind)?;
    if default.sample_rate() == RATE && readable(default.sample_format()) {
        return Ok(Format::of(&default));
    }
    let supported: Vec<SupportedStreamConfigRange> = match kind {
        DeviceKind::Microphone => device.supported_input_configs()?.collect(),
        DeviceKind::Speaker => device.supported_output_configs()?.collect(),
    };
    best(&default, supported)
        .as_ref()
        .map(Format::of)
        .ok_or_else(|| {
            let asked = default.sample_format();
            SoundError::refused(&format!("the device gives only {asked}, which is no sound"))
        })
}

/// The default in 48 kHz if it can be had, else the default, else whatever can be read.
fn best(
    default: &SupportedStreamConfig,
    mut supported: Vec<SupportedStreamConfigRange>,
) -> Option<SupportedStreamConfig> {
    let same = supported.iter().find(|range| {
        range.channels() == default.channels()
            && range.sample_format() == default.sample_format()
            && range.contains_rate(RATE)
    });
    if readable(default.sample_format()) {
        return Some(same.map_or(*default, |range| range.with_sample_rate(RATE)));
    }
    supported.retain(|range| readable(range.sample_format()));
    let range = supported
        .into_iter()
        .max_by(SupportedStreamConfigRange::cmp_default_heuristics)?;
    Some(
        range
            .try_with_sample_rate(RATE)
            .unwrap_or_else(|| range.with_standard_sample_rate()),
    )
}

/// How a stream is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Format {
    rate: u32,
    channels: u16,
    format: SampleFormat,
    /// Frames of 10 ms, where the device may grant that.
    period: Option<u32>,
}

impl Format {
    fn of(config: &SupportedStreamConfig) -> Self {
        let period = config.sample_rate() / 100;
        let granted = match config.buffer_size() {
            SupportedBufferSize::Range { min, max } => (min..=max).contains(&&period),
            SupportedBufferSize::Unknown => false,
        };
        Self {
            rate: config.sample_rate(),
            channels: config.channels(),
            format: config.sample_format(),
            period: granted.then_some(period),
        }
    }

    /// Builds the stream with callbacks of 10 ms, else of whatever size the device likes, and starts it.
    fn open<S>(
        self,
        wires: &Wires,
        build: impl Fn(&Arc<Line>, StreamConfig, SampleFormat) -> Result<(cpal::Stream, S), Attempt>,
    ) -> Result<(cpal::Stream, Arc<Line>, S), SoundError> {
        let sizes = self.period.map(BufferSize::Fixed);
        let mut sizes = sizes.into_iter().chain([BufferSize::Default]).peekable();
        while let Some(buffer_size) = sizes.next() {
            let line = wires.line(self.rate, self.channels);
            let config = StreamConfig {
                channels: self.channels,
                sample_rate: self.rate,
                buffer_size,
            };
            match build(&line, config, self.format) {
                Ok((stream, ours)) => {
                    if let Ok(period) = stream.buffer_size() {
                        line.expect(usize::try_from(period).unwrap_or(0));
                    }
                    stream.play()?;
                    return Ok((stream, line, ours));
                }
                Err(Attempt::Card(error))
                    if sizes.peek().is_some()
                        && matches!(
                            error.kind(),
                            ErrorKind::UnsupportedConfig | ErrorKind::InvalidInput
                        ) => {}
                Err(Attempt::Card(error)) => return Err(error.into()),
                Err(Attempt::Ours(error)) => return Err(error),
            }
        }
        Err(SoundError::refused("no size of buffer was tried"))
    }
}

/// Why a stream was not built.
#[derive(Debug)]
enum Attempt {
    Card(cpal::Error),
    Ours(SoundError),
}

impl From<cpal::Error> for Attempt {
    fn from(error: cpal::Error) -> Self {
        Self::Card(error)
    }
}

impl From<SoundError> for Attempt {
    fn from(error: SoundError) -> Self {
        Self::Ours(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: SupportedBufferSize = SupportedBufferSize::Range { min: 64, max: 4096 };

    #[test]
    fn asks_for_our_rate_where_it_can_be_had() {
        let default = SupportedStreamConfig::new(2, 44_100, SIZES, SampleFormat::I16);
        let range = |channels, most, format| {
            SupportedStreamConfigRange::new(channels, 8_000, most, SIZES, format)
        };
        let found = best(
            &default,
            vec![
                range(1, 48_000, SampleFormat::I16),
                range(2, 48_000, SampleFormat::I16),
            ],
        )
        .expect("readable");
        assert_eq!((found.channels(), found.sample_rate()), (2, 48_000));
        let only = best(&default, vec![range(2, 44_100, SampleFormat::I16)]).expect("readable");
        assert_eq!(only, default);
        let format = Format::of(&only);
        assert_eq!(format.period, Some(441));
    }

    #[test]
    fn one_bit_sound_gives_way_to_what_can_be_read() {
        let default = SupportedStreamConfig::new(2, 352_800, SIZES, SampleFormat::DsdU8);
        let range = |format| SupportedStreamConfigRange::new(2, 44_100, 48_000, SIZES, format);
        let found = best(
            &default,
            vec![range(SampleFormat::DsdU8), range(SampleFormat::I32)],
        );
        let found = found.expect("there is one");
        assert_eq!(found.sample_format(), SampleFormat::I32);
        assert_eq!(found.sample_rate(), 48_000);
        assert_eq!(best(&default, vec![range(SampleFormat::DsdU8)]), None);
    }

    #[test]
    fn a_period_beyond_the_device_is_not_asked_for() {
        let sizes = SupportedBufferSize::Range {
            min: 1024,
            max: 4096,
        };
        let config = SupportedStreamConfig::new(2, 48_000, sizes, SampleFormat::F32);
        assert_eq!(Format::of(&config).period, None);
    }
}
