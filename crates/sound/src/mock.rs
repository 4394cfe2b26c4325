//! Made-up devices: a microphone that babbles and a loudspeaker that goes nowhere, for tests and for machines
//! without a sound card.
//!
//! Each stream has a thread of its own that calls the very callbacks a sound card calls, every 10 ms, so that
//! everything but the card is the real thing.

use std::{
    collections::{BTreeMap, VecDeque},
    f32::consts::TAU,
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant, SystemTime},
};

use crate::{
    backend::{Open, Seen, Stream, Wires},
    device::{DEFAULT, Device, DeviceKind},
    error::{SoundError, SoundErrorCode},
    input::{Source, input},
    line::Line,
    onsets::{self, Onsets},
    output::{Sink, output},
    ticker::Ticker,
    wake::Wake,
    worker::Worker,
};

/// The first microphone: 48 kHz, mono, `f32`.
pub const MICROPHONE: &str = "mock:microphone";
/// The first loudspeaker: 48 kHz, stereo, `f32`.
pub const SPEAKER: &str = "mock:speaker";
/// A second microphone and loudspeaker: 44.1 kHz, stereo, `i16`.
pub const HEADSET: &str = "mock:headset";

/// What the loudspeakers keep of what they heard: the last two seconds.
const MOST_HEARD: usize = 96_000;

#[derive(Debug)]
struct World {
    /// In order of preference: the first of a kind is the default.
    plugged: Vec<Device>,
    refused: BTreeMap<String, SoundErrorCode>,
    heard: VecDeque<f32>,
    onsets: Option<Onsets>,
}

/// The world of made-up devices. Clones share it.
#[derive(Debug, Clone)]
pub struct Mock(Arc<Mutex<World>>);

fn known() -> [Device; 4] {
    let device = |id: &str, kind, label: &str| Device {
        id: id.to_owned(),
        kind,
        label: label.to_owned(),
    };
    [
        device(MICROPHONE, DeviceKind::Microphone, "Babbling microphone"),
        device(HEADSET, DeviceKind::Microphone, "Babbling headset"),
        device(SPEAKER, DeviceKind::Speaker, "Silent loudspeaker"),
        device(HEADSET, DeviceKind::Speaker, "Silent headset"),
    ]
}

impl Default for Mock {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(World {
            plugged: known().into(),
            refused: BTreeMap::new(),
            heard: VecDeque::new(),
            onsets: None,
        })))
    }
}

impl Mock {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pulls a device out, together with every stream on it.
    pub fn unplug(&self, id: &str) {
        self.lock().plugged.retain(|device| device.id != id);
    }

    /// Plugs a device in and makes it the default of what it does. An unknown ID changes nothing.
    pub fn plug(&self, id: &str) {
        let mut world = self.lock();
        world.plugged.retain(|device| device.id != id);
        let found = known().into_iter().filter(|device| device.id == id);
        let rest = std::mem::take(&mut world.plugged);
        world.plugged = found.chain(rest).collect();
    }

    /// Refuses to open a device from now on, or with `None` no longer.
    pub fn refuse(&self, id: &str, code: Option<SoundErrorCode>) {
        let mut world = self.lock();
        match code {
            Some(code) => world.refused.insert(id.to_owned(), code),
            None => world.refused.remove(id),
        };
    }

    /// Takes what the loudspeakers have played since the last call, mono, at the device's rate: the last two
    /// seconds at most.
    #[must_use]
    pub fn take_heard(&self) -> Vec<f32> {
        std::mem::take(&mut self.lock().heard).into()
    }

    /// Writes down from now on when something begins to be heard or said after 150 ms of quiet: one line each,
    /// `heard` or `said` and milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// When there is no file to be made at `path`.
    pub fn write_onsets(&self, path: &Path) -> io::Result<()> {
        self.lock().onsets = Some(Onsets::create(path)?);
        Ok(())
    }

    fn hear(&self, rate: u32, samples: impl Iterator<Item = f32> + Clone) {
        let mut world = self.lock();
        if let Some(onsets) = &mut world.onsets {
            onsets.note(
                onsets::From::Heard,
                SystemTime::now(),
                rate,
                samples.clone(),
            );
        }
        world.heard.extend(samples);
        let over = world.heard.len().saturating_sub(MOST_HEARD);
        world.heard.drain(..over);
    }

    fn say(&self, rate: u32, samples: &[f32]) {
        if let Some(onsets) = &mut self.lock().onsets {
            let samples = samples.iter().copied();
            onsets.note(onsets::From::Said, SystemTime::now(), rate, samples);
        }
    }

    fn is_plugged(&self, kind: DeviceKind, id: &str) -> bool {
        let world = self.lock();
        world
            .plugged
            .iter()
            .any(|device| device.kind == kind && device.id == id)
    }

    pub(crate) fn devices(&self) -> Vec<Device> {
        let plugged = self.lock().plugged.clone();
        let mut devices = Vec::new();
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
            if plugged.iter().any(|device| device.kind == kind) {
                devices.push(Device::default_of(kind));
            }
            devices.extend(plugged.iter().filter(|device| device.kind == kind).cloned());
        }
        devices
    }

    pub(crate) fn seen(&self) -> Seen {
        let plugged = self.lock().plugged.clone();
        let first = |kind| {
            let mut of_kind = plugged.iter().filter(|device| device.kind == kind);
            of_kind.next().map(|device| device.id.clone())
        };
        Seen {
            default_microphone: first(DeviceKind::Microphone),
            default_speaker: first(DeviceKind::Speaker),
            devices: plugged
                .iter()
                .map(|device| (device.kind, device.id.clone()))
                .collect(),
        }
    }

    fn find(&self, kind: DeviceKind, id: Option<&str>) -> Result<Device, SoundError> {
        let world = self.lock();
        let device = world
            .plugged
            .iter()
            .find(|device| device.kind == kind && id.is_none_or(|id| device.id == id))
            .cloned()
            .ok_or_else(|| {
                let asked = id.unwrap_or(DEFAULT);
                SoundError::new(
                    SoundErrorCode::Missing,
                    format!("{asked} is not plugged in"),
                )
            })?;
        match world.refused.get(&device.id) {
            Some(code) => Err(SoundError::new(
                *code,
                format!("{} was told to refuse", device.id),
            )),
            None => Ok(device),
        }
    }

    pub(crate) fn open_microphone(
        &self,
        id: Option<&str>,
        wires: &Wires,
    ) -> Result<(Open, Source), SoundError> {
        let device = self.find(DeviceKind::Microphone, id)?;
        let headset = device.id == HEADSET;
        let line = if headset {
            wires.line(44_100, 2)
        } else {
            wires.line(48_000, 1)
        };
        let (mut feed, source) = input(&line)?;
        let mut babble = Babble::new(line.rate);
        let mut narrow = Vec::new();
        let mut wide = Vec::new();
        let period = line.samples(10);
        let rate = line.rate;
        let stream = self.start(&device, &line, move |mock| {
            wide.clear();
            wide.extend(std::iter::repeat_with(|| babble.next_sample()).take(period));
            mock.say(rate, &wide);
            if headset {
                narrow.clear();
                narrow.extend(wide.iter().flat_map(|sample| [to_i16(*sample); 2]));
                feed.samples(&narrow, Duration::ZERO);
            } else {
                feed.samples(&wide, Duration::ZERO);
            }
        })?;
        Ok((open(stream, line, id, device), source))
    }

    pub(crate) fn open_speaker(
        &self,
        id: Option<&str>,
        wires: &Wires,
    ) -> Result<(Open, Sink), SoundError> {
        let device = self.find(DeviceKind::Speaker, id)?;
        let headset = device.id == HEADSET;
        let line = wires.line(if headset { 44_100 } else { 48_000 }, 2);
        let (mut drain, sink) = output(&line)?;
        let (rate, period) = (line.rate, line.samples(10));
        line.expect(period);
        let mut narrow = vec![0i16; 2 * period];
        let mut wide = vec![0.0f32; 2 * period];
        let stream = self.start(&device, &line, move |mock| {
            if headset {
                drain.samples(&mut narrow, Duration::ZERO);
                mock.hear(
                    rate,
                    narrow
                        .iter()
                        .step_by(2)
                        .map(|sample| f32::from(*sample) / 32_768.0),
                );
            } else {
                drain.samples(&mut wide, Duration::ZERO);
                mock.hear(rate, wide.iter().step_by(2).copied());
            }
        })?;
        Ok((open(stream, line, id, device), sink))
    }

    /// Calls `callback` every 10 ms until the device is unplugged or the stream dropped.
    fn start(
        &self,
        device: &Device,
        line: &Arc<Line>,
        mut callback: impl FnMut(&Self) + Send + 'static,
    ) -> Result<Worker, SoundError> {
        let mock = self.clone();
        let (line, kind, id) = (Arc::clone(line), device.kind, device.id.clone());
        Worker::start("maru-sound-mock", move |stopped| {
            let mut ticker = Ticker::new(Instant::now());
            while !stopped.load(Ordering::Acquire) {
                if !mock.is_plugged(kind, &id) {
                    line.end();
                    return;
                }
                for _ in 0..ticker.due(Instant::now()) {
                    callback(&mock);
                }
                Wake::sleep(Some(ticker.next()));
            }
        })
    }
}

fn open(stream: Worker, line: Arc<Line>, id: Option<&str>, device: Device) -> Open {
    Open {
        stream: Stream::Own(stream),
        line,
        id: id.map(|_| device.id),
        label: device.label,
    }
}

#[allow(clippy::cast_possible_truncation, reason = "within full scale")]
fn to_i16(sample: f32) -> i16 {
    (sample.clamp(-1.0, 1.0) * 32_767.0) as i16
}

/// Something as loud and as restless as speech, so that neither noise suppression nor a voice gate takes it for
/// noise: six syllables of 200 ms with a gliding voice, then half a second of nothing.
#[derive(Debug)]
struct Babble {
    rate: f32,
    /// Seconds into the phrase.
    time: f32,
    /// Of the fundamental, 0 to 1.
    phase: f32,
}

const SYLLABLE: f32 = 0.25;
const VOICED: f32 = 0.2;
const PHRASE: f32 = 6.0 * SYLLABLE + 0.5;
/// Overtones of a vowel, roughly.
const HARMONICS: [f32; 8] = [0.5, 0.8, 1.0, 0.7, 0.4, 0.5, 0.3, 0.2];
/// Of full scale: −20 dBFS at the loudest.
const LOUDNESS: f32 = 0.06;

impl Babble {
    fn new(rate: u32) -> Self {
        let rate = f64::from(rate);
        #[allow(clippy::cast_possible_truncation, reason = "a rate fits")]
        let rate = rate as f32;
        Self {
            rate,
            time: 0.0,
            phase: 0.0,
        }
    }

    fn next_sample(&mut self) -> f32 {
        let syllable = (self.time / SYLLABLE).floor();
        let within = self.time - syllable * SYLLABLE;
        self.time += 1.0 / self.rate;
        if self.time >= PHRASE {
            self.time = 0.0;
        }
        if syllable >= 6.0 || within >= VOICED {
            return 0.0;
        }
        let pitch = 130.0 + 12.0 * syllable + 200.0 * within;
        self.phase = (self.phase + pitch / self.rate).fract();
        let envelope = 0.5 - 0.5 * (TAU * within / VOICED).cos();
        let mut sum = 0.0;
        let mut number = 1.0;
        for harmonic in HARMONICS {
            sum += harmonic * (TAU * self.phase * number).sin();
            number += 1.0;
        }
        LOUDNESS * envelope * sum
    }
}

#[cfg(test)]
mod tests {
    use maru_audio::level::decibels;

    use super::*;

    #[test]
    fn babbles_at_the_level_of_speech_and_pauses() {
        let mut babble = Babble::new(48_000);
        let second: Vec<f32> = (0..48_000).map(|_| babble.next_sample()).collect();
        let power = second.iter().map(|sample| sample * sample).sum::<f32>() / 48_000.0;
        let level = decibels(power.sqrt());
        assert!((-32.0..-18.0).contains(&level), "{level}");
        assert!(second.iter().all(|sample| sample.abs() < 0.5));
        let pause: Vec<f32> = (0..48_000).map(|_| babble.next_sample()).collect();
        assert!(pause[30_000..40_000].iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn plugging_in_makes_the_default() {
        let mock = Mock::default();
        assert_eq!(mock.seen().default_microphone.as_deref(), Some(MICROPHONE));
        mock.plug(HEADSET);
        assert_eq!(mock.seen().default_microphone.as_deref(), Some(HEADSET));
        assert_eq!(mock.seen().default_speaker.as_deref(), Some(HEADSET));
        mock.unplug(HEADSET);
        mock.unplug(SPEAKER);
        mock.plug("mock:nonsense");
        assert_eq!(mock.seen().default_speaker, None);
        let labels: Vec<String> = mock.devices().into_iter().map(|device| device.id).collect();
        assert_eq!(labels, [DEFAULT, MICROPHONE]);
    }
}
