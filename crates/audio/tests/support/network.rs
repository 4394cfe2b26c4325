//! Simulated networks and a receiver behind them, in virtual time, with real Opus.

use std::{sync::LazyLock, time::Duration};

use maru_audio::{
    JitterBuffer, JitterBufferStats, Packet,
    codec::{Decoder, Encoded, Encoder, EncoderSettings},
    samples,
};

use super::{random::Random, speech::speech};

/// A frame and the time in µs at which it was sent.
#[derive(Clone)]
pub struct Sent {
    pub at: u64,
    pub sequence: u16,
    pub timestamp: u32,
    pub payload: Vec<u8>,
}

/// A minute of speech without DTX, encoded once for all tests.
pub static SPEECH: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut encoder = Encoder::new(EncoderSettings {
        dtx: false,
        ..EncoderSettings::default()
    })
    .expect("an encoder");
    let mut payload = Vec::new();
    speech(1, 60.0)
        .chunks_exact(960)
        .map(|frame| {
            assert_eq!(
                encoder.encode(frame, &mut payload).expect("a frame"),
                Encoded::Packet
            );
            payload.clone()
        })
        .collect()
});

/// `seconds` of speech from a sender whose counters begin at `sequence` and `timestamp`.
pub fn sender(seconds: u64, sequence: u16, timestamp: u32) -> Vec<Sent> {
    let payloads = SPEECH.iter().cycle();
    (0..seconds * 50)
        .zip(payloads)
        .map(|(index, payload)| Sent {
            at: index * 20_000,
            sequence: sequence.wrapping_add(index as u16),
            timestamp: timestamp.wrapping_add((index as u32).wrapping_mul(960)),
            payload: payload.clone(),
        })
        .collect()
}

/// Packets in the order of arrival, with their arrival times in µs.
pub type Arrivals = Vec<(u64, Packet)>;

/// Sends `sent` through a network that delays each packet by `delay` in µs, or loses it.
pub fn network(sent: &[Sent], mut delay: impl FnMut(&Sent) -> Option<u64>) -> Arrivals {
    let mut arrivals: Arrivals = sent
        .iter()
        .filter_map(|sent| {
            let packet = Packet::new(sent.sequence, sent.timestamp, sent.payload.clone())
                .expect("our own packet");
            Some((sent.at + delay(sent)?, packet))
        })
        .collect();
    arrivals.sort_by_key(|(at, _)| *at);
    arrivals
}

/// Burst loss: two states, in one of which everything is lost (Gilbert 1960).
pub struct Bursts {
    random: Random,
    bad: bool,
    into: f64,
    out: f64,
}

impl Bursts {
    /// Loses the share `loss` in bursts of `length` packets on average.
    pub fn new(seed: u64, loss: f64, length: f64) -> Self {
        let out = 1.0 / length;
        Self {
            random: Random::new(seed),
            bad: false,
            into: out * loss / (1.0 - loss),
            out,
        }
    }

    pub fn loses_packet(&mut self) -> bool {
        let probability = if self.bad { self.out } else { self.into };
        if self.random.happens(probability) {
            self.bad = !self.bad;
        }
        self.bad
    }
}

/// What a receiver played.
pub struct Playback {
    pub audio: Vec<f32>,
    /// Delay in ms at every block, against the fastest packet.
    pub delays: Vec<f64>,
    pub stats: JitterBufferStats,
    pub target_ms: i64,
    /// Total concealed by the end of each second, in ms.
    pub concealed_by_second: Vec<u64>,
}

impl Playback {
    pub fn concealed_ms(&self) -> u64 {
        self.stats.concealed / 48
    }

    pub fn percentile(&self, share: f64) -> f64 {
        percentile(&self.delays, share)
    }

    pub fn mean(&self) -> f64 {
        self.delays.iter().sum::<f64>() / self.delays.len() as f64
    }
}

pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// Plays `arrivals` for `seconds` on a sound card that requests `block` samples at a time and whose clock is fast
/// by `drift` parts per million.
pub fn listen(arrivals: Arrivals, seconds: u64, block: usize, drift: f64) -> Playback {
    let mut decoder = Decoder::new().expect("a decoder");
    let mut jitter_buffer = JitterBuffer::default();
    let mut arrivals = arrivals.into_iter().peekable();
    let mut playback = Playback {
        audio: Vec::new(),
        delays: Vec::new(),
        stats: JitterBufferStats::default(),
        target_ms: 0,
        concealed_by_second: Vec::new(),
    };
    let mut out = vec![0.0; block];
    let mut played = 0u64;
    loop {
        let now = (played as f64 / 48.0 * 1000.0 / (1.0 + drift * 1e-6)) as u64;
        if now >= seconds * 1_000_000 {
            break;
        }
        while let Some((at, packet)) = arrivals.next_if(|(at, _)| *at <= now) {
            jitter_buffer.insert(Duration::from_micros(at), packet);
        }
        let time = Duration::from_micros(now);
        if let Some(delay) = jitter_buffer.current_delay(time) {
            playback.delays.push(delay as f64 / 48.0);
        }
        jitter_buffer.pull(time, &mut out, |request, audio| {
            decoder.decode(request, audio)
        });
        assert!(
            out.iter()
                .all(|sample| sample.is_finite() && sample.abs() < 4.0)
        );
        playback.audio.extend_from_slice(&out);
        played += block as u64;
        if now / 1_000_000 >= playback.concealed_by_second.len() as u64 {
            playback
                .concealed_by_second
                .push(jitter_buffer.stats().concealed / 48);
        }
    }
    assert_eq!(decoder.errors(), 0);
    playback.stats = jitter_buffer.stats();
    playback.target_ms = jitter_buffer.target_delay() / samples(1);
    playback
}
