//! The system's sound cards through cpal: ALSA on Linux (which PipeWire and PulseAudio provide too), CoreAudio, WASAPI.
//!
//! Every function may block for hundreds of milliseconds, and dropping a stream waits for its callback. Only the
//! device thread calls them.

mod alsa_names;
mod host;
mod stream_format;

use std::{sync::Arc, time::Duration};

use cpal::traits::DeviceTrait;

use crate::{
    capture::{CaptureSource, capture_queue},
    device::{AvailableDevices, Device, DeviceKind},
    error::SoundError,
    playback::{PlaybackSink, playback_queue},
    stream::{OpenStream, StreamContext, StreamHandle},
    stream_status::StreamStatus,
};
use host::Host;
use stream_format::StreamFormat;

/// Interval at which cpal's own thread checks a stream without data.
const TIMEOUT: Option<Duration> = Some(Duration::from_secs(1));

#[derive(Default)]
pub(crate) struct SystemDevices {
    host: Host,
}

impl SystemDevices {
    pub(crate) fn devices(&mut self) -> Vec<Device> {
        self.host.devices()
    }

    pub(crate) fn available(&mut self) -> AvailableDevices {
        self.host.available()
    }

    pub(crate) fn open_microphone(
        &mut self,
        id: Option<&str>,
        context: &StreamContext,
    ) -> Result<(OpenStream, CaptureSource), SoundError> {
        let device = self.host.find(DeviceKind::Microphone, id)?;
        #[cfg(target_os = "linux")]
        if let Some(name) = self.host.alsa_name(id) {
            let (thread, status, source) = crate::alsa_stream::open_microphone(&name, context)?;
            let handle = StreamHandle::Thread(thread);
            return Ok((open_stream(handle, status, id, &device), source));
        }
        let format = StreamFormat::choose(&device, DeviceKind::Microphone)?;
        let (stream, status, source) = format.open(context, |status, config, format| {
            let (mut callback, source) = capture_queue(status)?;
            let error_status = Arc::clone(status);
            let stream = device.build_input_stream_raw(
                config,
                format,
                move |data, info| {
                    let times = info.timestamp();
                    let latency = times.callback.saturating_duration_since(times.capture);
                    callback.push_data(data, latency);
                },
                move |error| error_status.on_error(&error),
                TIMEOUT,
            )?;
            Ok((stream, source))
        })?;
        let handle = StreamHandle::Cpal(stream);
        Ok((open_stream(handle, status, id, &device), source))
    }

    pub(crate) fn open_speaker(
        &mut self,
        id: Option<&str>,
        context: &StreamContext,
    ) -> Result<(OpenStream, PlaybackSink), SoundError> {
        let device = self.host.find(DeviceKind::Speaker, id)?;
        #[cfg(target_os = "linux")]
        if let Some(name) = self.host.alsa_name(id) {
            let (thread, status, sink) = crate::alsa_stream::open_speaker(&name, context)?;
            let handle = StreamHandle::Thread(thread);
            return Ok((open_stream(handle, status, id, &device), sink));
        }
        let format = StreamFormat::choose(&device, DeviceKind::Speaker)?;
        let (stream, status, sink) = format.open(context, |status, config, format| {
            let (mut callback, sink) = playback_queue(status)?;
            let error_status = Arc::clone(status);
            let stream = device.build_output_stream_raw(
                config,
                format,
                move |data, info| {
                    let times = info.timestamp();
                    let latency = times.playback.saturating_duration_since(times.callback);
                    callback.fill_data(data, latency);
                },
                move |error| error_status.on_error(&error),
                TIMEOUT,
            )?;
            Ok((stream, sink))
        })?;
        let handle = StreamHandle::Cpal(stream);
        Ok((open_stream(handle, status, id, &device), sink))
    }
}

fn open_stream(
    handle: StreamHandle,
    status: Arc<StreamStatus>,
    id: Option<&str>,
    device: &cpal::Device,
) -> OpenStream {
    OpenStream {
        handle,
        status,
        id: id.map(str::to_owned),
        label: device.to_string(),
    }
}
