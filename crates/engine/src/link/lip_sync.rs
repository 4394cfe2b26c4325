//! Pictures shown when the voice captured with them is in the air. Pure: times in, times out.
//!
//! Each picture and each voice has an RTP clock of its own; sender reports place both on one clock of the sender
//! (RFC 3550 §6.4.1). What is in the air now was captured at a moment of that clock, which gives an *offset* from
//! the sender's clock to ours, at which pictures are due too. The offset follows the voice slowly: a jitter buffer
//! stretches and jumps by tens of milliseconds, and a picture that followed each would stutter.
//!
//! Until there are reports a picture waits as long as a voice packet that arrived with it.

use std::time::{Duration, Instant};

use maru_peer::SenderTime;

/// Clocks of RTP timestamps, hertz (RFC 7741 §6.1, RFC 7587 §4.1).
const VIDEO_CLOCK: u32 = 90_000;
const AUDIO_CLOCK: u32 = 48_000;
/// What the page needs to decode and draw a picture that is due now, in milliseconds.
const DRAWING: f64 = 20.0;
/// A picture is held back at most so long, in milliseconds; beyond, the voice is late for its own reasons.
const MAX_HOLD: f64 = 300.0;
/// The offset moves at most so far with each picture, in milliseconds: 3 % at 30 frames per second, unseen.
const STEP: f64 = 1.0;
/// A voice further off than this for so many pictures began anew; following it slowly would take longer than
/// anybody bears. For fewer it paused: what is in the air between two words is a guess.
const JUMP: f64 = 200.0;
const JUMP_AFTER: u32 = 15;
/// Without a voice for so long, pictures are drawn as they come.
const SILENCE: Duration = Duration::from_secs(3);
/// How long lateness is averaged before the voice is asked to wait.
const WINDOW: Duration = Duration::from_secs(1);
/// The voice is asked to wait at most so long, in milliseconds.
const MAX_WAIT: f64 = 350.0;
/// Nobody notices less, in milliseconds (ITU-R BT.1359 puts the threshold at 45 for a voice that comes first).
const NOTICEABLE: f64 = 15.0;

/// A picture that just arrived whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    pub(super) timestamp: u32,
    pub(super) report: Option<SenderTime>,
}

/// The voice it belongs to, as it is now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    pub(super) report: Option<SenderTime>,
    /// RTP timestamp of what is in the air; `None` while nothing plays.
    pub(super) audible: Option<u32>,
    /// From arrival to the air, milliseconds.
    pub(super) delay: Option<f64>,
    /// What its jitter buffer aims for, milliseconds.
    pub(super) target: f64,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Verdict {
    /// Milliseconds until the picture is to be decoded.
    pub(super) hold: f64,
    /// Said about once a second: the least delay of the voice, so that pictures are not left behind.
    pub(super) least_delay: Option<Duration>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct LipSync {
    /// Zero of `now`, in our time.
    epoch: Instant,
    /// Zero of the sender's clock, as used here.
    origin: Option<SenderTime>,
    /// Milliseconds from the sender's clock to ours.
    offset: Option<f64>,
    /// Pictures in a row that were further off than [`JUMP`].
    far: u32,
    /// When there was a voice last.
    voice: Option<Instant>,
    lateness: Lateness,
}

#[derive(Debug)]
struct Lateness {
    since: Instant,
    sum: f64,
    pictures: u32,
    /// What was asked for, milliseconds.
    least: f64,
}

impl LipSync {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            epoch: now,
            origin: None,
            offset: None,
            far: 0,
            voice: None,
            lateness: Lateness {
                since: now,
                sum: 0.0,
                pictures: 0,
                least: 0.0,
            },
        }
    }

    /// Takes a picture that arrived `now`, in decoding order.
    pub(super) fn picture(&mut self, now: Instant, picture: Picture, heard: Heard) -> Verdict {
        let by_arrival = (heard.delay.unwrap_or(0.0) - DRAWING).clamp(0.0, MAX_HOLD);
        let Some(report) = picture.report else {
            return Verdict {
                hold: by_arrival,
                least_delay: None,
            };
        };
        let origin = *self.origin.get_or_insert(report);
        let at = milliseconds(now.saturating_duration_since(self.epoch));
        let captured =
            1_000.0 * (report.after(&origin) + report.since(picture.timestamp, VIDEO_CLOCK));
        let in_the_air = heard.report.zip(heard.audible).map(|(voice, audible)| {
            1_000.0 * (voice.after(&origin) + voice.since(audible, AUDIO_CLOCK))
        });
        // Without a voice a picture is due when it is there.
        let as_it_comes = at + DRAWING - captured;
        if in_the_air.is_some() {
            self.voice = Some(now);
        }
        let pausing = self
            .voice
            .is_some_and(|voice| now.saturating_duration_since(voice) < SILENCE);
        // The first report continues what went by arrival.
        let before = self.offset.unwrap_or(as_it_comes + by_arrival);
        let offset = match in_the_air {
            Some(in_the_air) => self.follow(before, at - in_the_air),
            None if pausing => before,
            None => self.follow(before, as_it_comes),
        };
        self.offset = Some(offset);
        let hold = captured + offset - DRAWING - at;
        let least_delay = match in_the_air {
            Some(in_the_air) => {
                let late = in_the_air - captured + DRAWING;
                self.lateness.picture(now, late, heard.target)
            }
            None => None,
        };
        Verdict {
            hold: hold.clamp(0.0, MAX_HOLD),
            least_delay,
        }
    }

    fn follow(&mut self, offset: f64, wanted: f64) -> f64 {
        let away = wanted - offset;
        self.far = if away.abs() < JUMP { 0 } else { self.far + 1 };
        if self.far >= JUMP_AFTER {
            self.far = 0;
            return wanted;
        }
        offset + away.clamp(-STEP, STEP)
    }
}

impl Lateness {
    /// `late`: by how much the voice is ahead of this picture if it is drawn as soon as it can be.
    fn picture(&mut self, now: Instant, late: f64, target: f64) -> Option<Duration> {
        self.sum += late;
        self.pictures += 1;
        if now.saturating_duration_since(self.since) < WINDOW {
            return None;
        }
        let mean = self.sum / f64::from(self.pictures);
        self.since = now;
        self.sum = 0.0;
        self.pictures = 0;
        if mean.abs() < NOTICEABLE {
            return None;
        }
        // Where the voice waits for its network anyway, less than it waits for now changes nothing.
        let least = (target + mean).clamp(0.0, MAX_WAIT);
        let idle = least < target && self.least == 0.0;
        if idle {
            return None;
        }
        // Quickly up, slowly back: a voice that goes to and fro is worse than one that is late.
        self.least = if least > self.least {
            least
        } else {
            (self.least - NOTICEABLE).max(least)
        };
        if self.least < NOTICEABLE {
            self.least = 0.0;
        }
        Some(Duration::from_secs_f64(self.least / 1_000.0))
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sender whose clocks have nothing in common, and a receiver.
    struct Call {
        epoch: Instant,
        sync: LipSync,
        /// Milliseconds.
        now: f64,
    }

    const NTP: u64 = u64::MAX - (5 << 32);

    fn report(at: f64, rate: u32, zero: u32) -> SenderTime {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let fractions = (at / 1_000.0 * 4_294_967_296.0) as u64;
        SenderTime {
            ntp: NTP.wrapping_add(fractions),
            rtp: rtp(at, rate, zero),
        }
    }

    fn rtp(at: f64, rate: u32, zero: u32) -> u32 {
        #[expect(clippy::cast_possible_truncation)]
        let passed = (at / 1_000.0 * f64::from(rate)) as i64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wrapped = (i64::from(zero) + passed) as u32;
        wrapped
    }

    const VIDEO_ZERO: u32 = u32::MAX - 100_000;
    const AUDIO_ZERO: u32 = u32::MAX - 7;

    impl Call {
        fn new() -> Self {
            let epoch = Instant::now();
            Self {
                epoch,
                sync: LipSync::new(epoch),
                now: 0.0,
            }
        }

        /// A picture that took `path` milliseconds, beside a voice heard `voice` milliseconds after its capture.
        fn picture(&mut self, path: f64, voice: Option<f64>) -> Verdict {
            self.now += 33.0;
            let captured = self.now - path;
            // Reports of some second before, each at its own time.
            let (video, audio) = (self.now - 700.0, self.now - 300.0);
            self.sync.picture(
                self.epoch + Duration::from_secs_f64(self.now / 1_000.0),
                Picture {
                    timestamp: rtp(captured, VIDEO_CLOCK, VIDEO_ZERO),
                    report: Some(report(video, VIDEO_CLOCK, VIDEO_ZERO)),
                },
                Heard {
                    report: Some(report(audio, AUDIO_CLOCK, AUDIO_ZERO)),
                    audible: voice.map(|voice| rtp(self.now - voice, AUDIO_CLOCK, AUDIO_ZERO)),
                    delay: voice.map(|voice| voice - 10.0),
                    target: 60.0,
                },
            )
        }
    }

    #[test]
    fn a_picture_is_drawn_with_the_voice_captured_with_it() {
        let mut call = Call::new();
        let mut hold = 0.0;
        for _ in 0..300 {
            hold = call.picture(40.0, Some(100.0)).hold;
        }
        // Captured 40 ms ago, due 100 ms after capture, 20 ms of which the page needs.
        assert!((hold - 40.0).abs() < 2.0, "{hold}");
    }

    #[test]
    fn uneven_arrival_is_evened_out() {
        let mut call = Call::new();
        let mut due = Vec::new();
        for index in 0..600 {
            let path = 30.0 + f64::from(index * 37 % 60);
            let hold = call.picture(path, Some(150.0)).hold;
            due.push(path + hold);
        }
        let late = due.split_off(300);
        let (least, most) = late.iter().fold((f64::MAX, 0.0f64), |(least, most), due| {
            (least.min(*due), most.max(*due))
        });
        assert!(most - least < 3.0, "{least} to {most}");
    }

    #[test]
    fn a_voice_that_jumps_is_followed_slowly_and_one_that_begins_anew_within_half_a_second() {
        let mut call = Call::new();
        for _ in 0..300 {
            call.picture(40.0, Some(100.0));
        }
        let before = call.picture(40.0, Some(100.0)).hold;
        let after = call.picture(40.0, Some(160.0)).hold;
        assert!((after - before - STEP).abs() < 0.5, "{before} {after}");
        let mut anew = 0.0;
        for _ in 0..JUMP_AFTER {
            anew = call.picture(40.0, Some(340.0)).hold;
        }
        assert!((anew - 280.0).abs() < 2.0, "{anew}");
    }

    #[test]
    fn a_voice_waits_for_pictures_that_take_longer_and_no_longer_than_they_do() {
        let mut call = Call::new();
        let mut asked = Vec::new();
        for _ in 0..120 {
            asked.extend(call.picture(220.0, Some(80.0)).least_delay);
        }
        // 220 + 20 − 80 are missing, on top of the 60 it aims for.
        let first = asked.first().expect("asked within a second").as_millis();
        assert!((215..=225).contains(&first), "{first}");
        asked.clear();
        for _ in 0..900 {
            asked.extend(call.picture(40.0, Some(240.0)).least_delay);
        }
        assert_eq!(asked.last(), Some(&Duration::ZERO));
    }

    #[test]
    fn a_voice_whose_network_needs_longer_is_left_alone() {
        let mut call = Call::new();
        for _ in 0..300 {
            assert_eq!(call.picture(40.0, Some(120.0)).least_delay, None);
        }
    }

    #[test]
    fn between_words_pictures_keep_their_pace() {
        let mut call = Call::new();
        for _ in 0..300 {
            call.picture(40.0, Some(200.0));
        }
        let before = call.picture(40.0, Some(200.0)).hold;
        for index in 0..600 {
            // Words of a third of a second; after each, half a second of nothing that ends in a wrong guess.
            let voice = match index % 25 {
                0..10 => Some(200.0),
                10..22 => None,
                _ => Some(600.0),
            };
            let hold = call.picture(40.0, voice).hold;
            assert!((hold - before).abs() < 10.0, "{hold} after {before}");
        }
    }

    #[test]
    fn without_a_voice_pictures_are_drawn_as_they_come() {
        let mut call = Call::new();
        let held: f64 = (0..100).map(|_| call.picture(40.0, None).hold).sum();
        assert!(held < 100.0, "{held}");
    }

    #[test]
    fn without_reports_a_picture_waits_as_long_as_a_voice_that_came_with_it() {
        let now = Instant::now();
        let picture = Picture {
            timestamp: 5,
            report: None,
        };
        let heard = |delay| Heard {
            delay,
            ..Heard::default()
        };
        let hold = |delay| LipSync::new(now).picture(now, picture, heard(delay)).hold;
        assert!((hold(Some(70.0)) - 50.0).abs() < 1e-9);
        assert!(hold(None).abs() < 1e-9);
        assert!((hold(Some(9_999.0)) - MAX_HOLD).abs() < 1e-9);
    }
}
