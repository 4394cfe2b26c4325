//! The microphone in use: processes and encodes its audio on the common time line.

use std::time::{Duration, Instant};

use bytes::Bytes;
use maru_audio::{
    blocks::{BLOCK, Block},
    capture::{CaptureError, CapturePipeline},
    codec::EncoderSettings,
    level::FLOOR,
    processing::ProcessingSettings,
};

use crate::{
    capture::CaptureSource,
    counts::Counters,
    event::{Event, EventSender},
    latest_stats::rtp_duration,
    ticker::Ticker,
};

/// One microphone from opening to closing, over all devices that it comes from.
#[derive(Debug)]
pub(crate) struct MicrophoneStream {
    pub(crate) number: u32,
    pipeline: CapturePipeline,
    muted: bool,
    source: Option<CaptureSource>,
    /// Paces silence while there is no device, so that timestamps advance.
    silence: Ticker,
    /// RTP timestamp of the first sample.
    first_timestamp: u32,
    encoder: EncoderSettings,
}

impl MicrophoneStream {
    /// A microphone that starts `since` the beginning of the time line. `loss` is in percent.
    pub(crate) fn new(
        number: u32,
        since: Duration,
        now: Instant,
        processing: ProcessingSettings,
        loss: u8,
    ) -> Result<Self, CaptureError> {
        let encoder = encoder_settings(loss);
        Ok(Self {
            number,
            pipeline: CapturePipeline::new(processing, encoder)?,
            muted: false,
            source: None,
            silence: Ticker::new(now),
            first_timestamp: rtp_duration(since),
            encoder,
        })
    }

    /// Changes the device.
    pub(crate) fn set_source(&mut self, source: Option<CaptureSource>, now: Instant) {
        self.source = source;
        self.silence = Ticker::new(now);
    }

    pub(crate) fn set_muted(&mut self, muted: bool) {
        self.muted = muted;
        self.pipeline.set_muted(muted);
    }

    pub(crate) fn configure(
        &mut self,
        processing: ProcessingSettings,
        loss: u8,
    ) -> Result<(), CaptureError> {
        self.pipeline.configure_processing(processing);
        let encoder = encoder_settings(loss);
        if encoder != self.encoder {
            self.encoder = encoder;
            self.pipeline.configure_encoder(encoder)?;
        }
        Ok(())
    }

    /// A block that the loudspeaker plays. Must be called before [`Self::process_capture`] for the same period: a
    /// late reference makes echo cancellation ineffective.
    pub(crate) fn analyze_render(&mut self, block: &Block) {
        self.pipeline.analyze_render(block);
    }

    /// Processes the captured samples and sends the encoded frames. `output_latency` is the time from
    /// [`Self::analyze_render`] to the loudspeaker.
    pub(crate) fn process_capture(
        &mut self,
        now: Instant,
        output_latency: Duration,
        events: &EventSender,
        counters: &Counters,
    ) {
        let Self {
            number,
            pipeline,
            source,
            silence,
            first_timestamp,
            ..
        } = self;
        let mut process = |block: &mut Block, delay| match pipeline.process_capture(block, delay) {
            Ok(Some(frame)) => events.send(Event::AudioFrame {
                microphone: *number,
                payload: Bytes::copy_from_slice(frame.payload),
                timestamp: first_timestamp.wrapping_add(frame.timestamp),
                after_silence: frame.after_silence,
                level: frame.level,
            }),
            Ok(None) => {}
            Err(_) => counters.blocks_failed.add(1),
        };
        match source {
            Some(source) => {
                let delay = output_latency + source.latency();
                source.pull(|block| process(block, delay));
            }
            None => {
                for _ in 0..silence.due(now) {
                    process(&mut [0.0; BLOCK], output_latency);
                }
            }
        }
    }

    /// When [`Self::process_capture`] must be called without a wake by a device.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.source.is_none().then(|| self.silence.next())
    }

    /// Level of the microphone after processing, dBFS.
    pub(crate) fn input_level(&self) -> f32 {
        self.pipeline.meter().dbfs()
    }

    /// Level of the audio that is sent, dBFS.
    pub(crate) fn sent_level(&self) -> f32 {
        if self.muted {
            FLOOR
        } else {
            self.input_level()
        }
    }
}

fn encoder_settings(loss: u8) -> EncoderSettings {
    EncoderSettings {
        expected_loss: loss,
        ..EncoderSettings::default()
    }
}
