//! The microphone in use: its sound, where it comes from, and its place on the time line of what is sent.

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
    counts::Counting, event::Event, event::Teller, input::Source, snapshot, ticker::Ticker,
};

/// One microphone from opening to closing, whatever devices it comes from in that time.
#[derive(Debug)]
pub(crate) struct Speaking {
    pub(crate) number: u32,
    voice: CapturePipeline,
    muted: bool,
    source: Option<Source>,
    /// While there is no device: silence, so that the time line goes on.
    silence: Ticker,
    /// RTP timestamp of the voice's first sample.
    base: u32,
    settings: EncoderSettings,
}

impl Speaking {
    /// A microphone that begins `since` the beginning of the time line.
    pub(crate) fn new(
        number: u32,
        since: Duration,
        now: Instant,
        switches: ProcessingSettings,
        loss: u8,
    ) -> Result<Self, CaptureError> {
        let settings = settings(loss);
        Ok(Self {
            number,
            voice: CapturePipeline::new(switches, settings)?,
            muted: false,
            source: None,
            silence: Ticker::new(now),
            base: snapshot::samples(since),
            settings,
        })
    }

    /// Where the sound comes from now.
    pub(crate) fn set_source(&mut self, source: Option<Source>, now: Instant) {
        self.source = source;
        self.silence = Ticker::new(now);
    }

    pub(crate) fn mute(&mut self, muted: bool) {
        self.muted = muted;
        self.voice.set_muted(muted);
    }

    pub(crate) fn configure(
        &mut self,
        switches: ProcessingSettings,
        loss: u8,
    ) -> Result<(), CaptureError> {
        self.voice.configure_processing(switches);
        let settings = settings(loss);
        if settings != self.settings {
            self.settings = settings;
            self.voice.configure_encoder(settings)?;
        }
        Ok(())
    }

    /// What the loudspeaker plays. Always before [`Self::listen`] of the same turn: a reference that comes late
    /// costs the echo canceller most of what it can do.
    pub(crate) fn render(&mut self, block: &Block) {
        self.voice.analyze_render(block);
    }

    /// Sends what the microphone has heard. `playing` is the time from [`Self::render`] to the air.
    pub(crate) fn listen(
        &mut self,
        now: Instant,
        playing: Duration,
        teller: &Teller,
        counting: &Counting,
    ) {
        let Self {
            number,
            voice,
            source,
            silence,
            base,
            ..
        } = self;
        let mut delay = playing;
        let mut each = |block: &mut Block, delay| match voice.process_capture(block, delay) {
            Ok(Some(frame)) => teller.tell(Event::Voice {
                microphone: *number,
                payload: Bytes::copy_from_slice(frame.payload),
                timestamp: base.wrapping_add(frame.timestamp),
                after_silence: frame.after_silence,
                level: frame.level,
            }),
            Ok(None) => {}
            Err(_) => counting.blocks_failed.add(1),
        };
        match source {
            Some(source) => {
                delay += source.delay();
                source.pull(|block| each(block, delay));
            }
            None => {
                for _ in 0..silence.due(now) {
                    each(&mut [0.0; BLOCK], delay);
                }
            }
        }
    }

    /// When it must be looked after without being woken by a device.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.source.is_none().then(|| self.silence.next())
    }

    /// How loud the microphone is, and what is sent of it, dBFS.
    pub(crate) fn levels(&self) -> (f32, f32) {
        let input = self.voice.meter().dbfs();
        (input, if self.muted { FLOOR } else { input })
    }
}

fn settings(loss: u8) -> EncoderSettings {
    EncoderSettings {
        expected_loss: loss,
        ..EncoderSettings::default()
    }
}
