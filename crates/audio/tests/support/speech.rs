//! A small formant synthesiser that produces random syllables (after Klatt 1980: a glottal pulse train and noise
//! through parallel resonators). Its output has the properties that echo cancellers, codecs and intelligibility
//! measures depend on: changing pitch, gliding formants, fricatives, plosives, pauses and a syllabic rhythm of
//! about 4 Hz.

use super::random::Random;

const RATE: f64 = 48_000.0;

/// First three formants and their levels (Peterson and Barney 1952, men).
const VOWELS: [[f64; 3]; 8] = [
    [270.0, 2290.0, 3010.0],
    [390.0, 1990.0, 2550.0],
    [530.0, 1840.0, 2480.0],
    [660.0, 1720.0, 2410.0],
    [730.0, 1090.0, 2440.0],
    [570.0, 840.0, 2410.0],
    [300.0, 870.0, 2240.0],
    [490.0, 1350.0, 1690.0],
];

/// A band-pass of constant peak gain.
struct Resonator {
    b: f64,
    a1: f64,
    a2: f64,
    x: [f64; 2],
    y: [f64; 2],
}

impl Resonator {
    fn new() -> Self {
        Self {
            b: 0.0,
            a1: 0.0,
            a2: 0.0,
            x: [0.0; 2],
            y: [0.0; 2],
        }
    }

    fn tune(&mut self, hertz: f64, width: f64) {
        let radius = (-std::f64::consts::PI * width / RATE).exp();
        self.a1 = 2.0 * radius * (std::f64::consts::TAU * hertz / RATE).cos();
        self.a2 = -radius * radius;
        self.b = (1.0 - radius * radius) / 2.0;
    }

    fn run(&mut self, input: f64) -> f64 {
        let output = self.b * (input - self.x[1]) + self.a1 * self.y[0] + self.a2 * self.y[1];
        self.x = [input, self.x[0]];
        self.y = [output, self.y[0]];
        output
    }
}

struct Voice {
    random: Random,
    pitch: f64,
    scale: f64,
    phase: f64,
    glottis: f64,
    formants: [Resonator; 3],
    friction: Resonator,
    vowel: [f64; 3],
    out: Vec<f32>,
}

/// `seconds` of speech at 48 kHz, in another voice for every seed, with an overall root mean square of 0.1
/// (−20 dBFS) and peaks below 1.
pub fn speech(seed: u64, seconds: f64) -> Vec<f32> {
    let mut random = Random::new(seed);
    let pitch = 95.0 + 120.0 * random.unit();
    let scale = 0.95 + 0.2 * random.unit();
    let mut voice = Voice {
        random,
        pitch,
        scale,
        phase: 0.0,
        glottis: 0.0,
        formants: std::array::from_fn(|_| Resonator::new()),
        friction: Resonator::new(),
        vowel: VOWELS[4],
        out: Vec::new(),
    };
    let length = (seconds * RATE) as usize;
    while voice.out.len() < length {
        voice.phrase();
    }
    voice.out.truncate(length);
    let mut out = voice.out;
    let power = out
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum::<f64>()
        / out.len() as f64;
    let gain = (0.1 / power.sqrt()) as f32;
    for sample in &mut out {
        // A soft knee: plosives must not clip.
        let loud = *sample * gain;
        *sample = if loud.abs() < 0.5 {
            loud
        } else {
            loud.signum() * (0.5 + 0.45 * ((loud.abs() - 0.5) / 0.45).tanh())
        };
    }
    out
}

impl Voice {
    fn phrase(&mut self) {
        let syllables = 3 + (self.random.unit() * 7.0) as usize;
        for index in 0..syllables {
            let declination = 1.15 - 0.3 * index as f64 / syllables as f64;
            self.consonant();
            let accent = 0.95 + 0.1 * self.random.unit();
            self.nucleus(declination * accent);
        }
        let pause = 0.15 + 0.5 * self.random.unit().powi(2);
        self.silence(pause);
    }

    fn silence(&mut self, seconds: f64) {
        let length = self.out.len() + (seconds * RATE) as usize;
        self.out.resize(length, 0.0);
    }

    fn consonant(&mut self) {
        match (self.random.unit() * 4.0) as u32 {
            // Fricative.
            0 => {
                self.friction
                    .tune(2500.0 + 4500.0 * self.random.unit(), 1500.0);
                let seconds = 0.06 + 0.06 * self.random.unit();
                self.noise(seconds, 0.6, 0.3);
            }
            // Plosive: closure and burst.
            1 => {
                let closure = 0.04 + 0.03 * self.random.unit();
                self.silence(closure);
                self.friction
                    .tune(1000.0 + 3000.0 * self.random.unit(), 900.0);
                self.noise(0.012, 2.0, 0.9);
            }
            // Nasal.
            2 => {
                self.vowel = [250.0, 1100.0, 2200.0];
                self.voiced(0.06, 1.0, 0.35);
            }
            _ => {}
        }
    }

    fn noise(&mut self, seconds: f64, level: f64, attack: f64) {
        let length = (seconds * RATE) as usize;
        for index in 0..length {
            let at = index as f64 / length as f64;
            let envelope = if at < 1.0 - attack {
                (at / (1.0 - attack)).min(1.0)
            } else {
                (1.0 - at) / attack
            };
            let sound = self.friction.run(self.random.normal()) * envelope.clamp(0.0, 1.0) * level;
            self.out.push(sound as f32);
        }
    }

    fn nucleus(&mut self, pitch: f64) {
        let target = VOWELS[(self.random.unit() * 7.99) as usize];
        let seconds = 0.09 + 0.13 * self.random.unit();
        let level = 0.7 + 0.5 * self.random.unit();
        // The formants glide to the target in the first third, then stay.
        let from = self.vowel;
        for step in 0..4 {
            let share = (f64::from(step) + 1.0) / 4.0;
            self.vowel =
                std::array::from_fn(|index| from[index] + (target[index] - from[index]) * share);
            self.voiced(seconds / 12.0, pitch, level);
        }
        self.voiced(seconds * 2.0 / 3.0, pitch * 0.97, level);
    }

    fn voiced(&mut self, seconds: f64, pitch: f64, level: f64) {
        for (formant, (hertz, width)) in self
            .formants
            .iter_mut()
            .zip(self.vowel.iter().zip([70.0, 100.0, 140.0]))
        {
            formant.tune(hertz * self.scale, width);
        }
        let length = (seconds * RATE) as usize;
        let fade = (0.008 * RATE).min(length as f64 / 2.0);
        for index in 0..length {
            let jitter = 1.0 + 0.01 * self.random.normal();
            self.phase += self.pitch * pitch * jitter / RATE;
            // One pulse per period, low-pass filtered by 12 dB per octave like a glottal pulse.
            let pulse = if self.phase >= 1.0 {
                self.phase -= 1.0;
                60.0
            } else {
                0.0
            };
            self.glottis += 0.12 * (pulse + 0.03 * self.random.normal() - self.glottis);
            let edge = (index as f64).min((length - index) as f64);
            let envelope = if seconds < 0.03 {
                1.0
            } else {
                (edge / fade).min(1.0)
            } * level;
            let source = self.glottis;
            let levels = [1.0, 0.6, 0.35];
            let sound: f64 = self
                .formants
                .iter_mut()
                .zip(levels)
                .map(|(formant, level)| formant.run(source) * level)
                .sum();
            self.out.push((sound * envelope) as f32);
        }
    }
}
