//! Lip sync: when a video frame is to be rendered so that it matches the audio captured with it (no I/O).
//!
//! Audio and video each have an RTP clock of their own. RTCP sender reports map both to one clock of the sender (RFC 3550
//! §6.4.1). The sample that is audible now was captured at some time of that clock, which gives the *offset* from the
//! sender's clock to ours at which video frames are due too. The offset follows the audio slowly: a jitter buffer stretches
//! and jumps by tens of milliseconds, and video that followed each jump would stutter.
//!
//! Until there are sender reports, a video frame is delayed as long as an audio packet that arrived with it.

mod audio_delay;

use std::time::{Duration, Instant};

use maru_peer::SenderTime;

use self::audio_delay::AudioDelay;

/// Rates of the RTP clocks, hertz (RFC 7741 §6.1, RFC 7587 §4.1).
const VIDEO_CLOCK_RATE: u32 = 90_000;
const AUDIO_CLOCK_RATE: u32 = 48_000;
/// The time that the page needs to decode and render a frame, in milliseconds.
const RENDER_DELAY_MS: f64 = 20.0;
/// Longest delay of a video frame, in milliseconds. Audio that is later has another problem than lip sync.
const MAX_VIDEO_DELAY_MS: f64 = 300.0;
/// Largest change of the offset with each frame, in milliseconds: 3 % of the speed at 30 frames per second, invisible.
const MAX_OFFSET_STEP_MS: f64 = 1.0;
/// If the offset is wrong by more than this for so many frames, it is replaced at once: the audio stream restarted, and
/// following it slowly would take too long. For fewer frames the audio paused: between two words the audible timestamp is
/// extrapolated.
const RESTART_THRESHOLD_MS: f64 = 200.0;
const RESTART_FRAMES: u32 = 15;
/// Without audio for so long, video is rendered on arrival.
const AUDIO_TIMEOUT: Duration = Duration::from_secs(3);

/// A video frame that just arrived completely.
#[derive(Debug, Clone, Copy)]
pub(super) struct VideoFrame {
    pub(super) timestamp: u32,
    pub(super) sender_report: Option<SenderTime>,
}

/// The playout of the audio that belongs to the video.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AudioPlayout {
    pub(super) sender_report: Option<SenderTime>,
    /// RTP timestamp of the sample that is audible now; `None` while nothing plays.
    pub(super) audible_timestamp: Option<u32>,
    /// From arrival to the loudspeaker, milliseconds.
    pub(super) delay: Option<f64>,
    /// The delay that the jitter buffer aims for, milliseconds.
    pub(super) target_delay: f64,
}

/// How audio and video are to be played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Playout {
    /// Milliseconds from arrival until the video frame is to be decoded.
    pub(super) video_delay: f64,
    /// A changed minimum delay of the audio's jitter buffer, once a second at most.
    pub(super) min_audio_delay: Option<Duration>,
}

/// Synchronizes one video track with one audio track.
#[derive(Debug)]
pub(super) struct AvSync {
    /// Zero of our clock.
    epoch: Instant,
    /// Zero of the sender's clock: the first sender report.
    origin: Option<SenderTime>,
    /// Milliseconds from the sender's clock to ours.
    offset: Option<f64>,
    /// Consecutive frames for which the offset was wrong by more than [`RESTART_THRESHOLD_MS`].
    frames_beyond_threshold: u32,
    /// When audio played last.
    last_audio: Option<Instant>,
    audio_delay: AudioDelay,
}

impl AvSync {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            epoch: now,
            origin: None,
            offset: None,
            frames_beyond_threshold: 0,
            last_audio: None,
            audio_delay: AudioDelay::new(now),
        }
    }

    /// A frame arrived `now`. Frames come in decoding order.
    pub(super) fn on_frame(
        &mut self,
        now: Instant,
        frame: VideoFrame,
        audio: AudioPlayout,
    ) -> Playout {
        let delay_by_arrival =
            (audio.delay.unwrap_or(0.0) - RENDER_DELAY_MS).clamp(0.0, MAX_VIDEO_DELAY_MS);
        let Some(report) = frame.sender_report else {
            return Playout {
                video_delay: delay_by_arrival,
                min_audio_delay: None,
            };
        };
        let origin = *self.origin.get_or_insert(report);
        let arrived = milliseconds(now.saturating_duration_since(self.epoch));
        // Capture times on the sender's clock, in milliseconds.
        let video_captured =
            1_000.0 * (report.after(&origin) + report.since(frame.timestamp, VIDEO_CLOCK_RATE));
        let audio_captured =
            audio
                .sender_report
                .zip(audio.audible_timestamp)
                .map(|(report, audible)| {
                    1_000.0 * (report.after(&origin) + report.since(audible, AUDIO_CLOCK_RATE))
                });
        let offset_on_arrival = arrived + RENDER_DELAY_MS - video_captured;
        if audio_captured.is_some() {
            self.last_audio = Some(now);
        }
        let audio_pauses = self
            .last_audio
            .is_some_and(|last| now.saturating_duration_since(last) < AUDIO_TIMEOUT);
        // The first sender report continues with the delay by arrival.
        let previous = self.offset.unwrap_or(offset_on_arrival + delay_by_arrival);
        let offset = match audio_captured {
            Some(audio_captured) => self.follow(previous, arrived - audio_captured),
            None if audio_pauses => previous,
            None => self.follow(previous, offset_on_arrival),
        };
        self.offset = Some(offset);
        let video_delay = video_captured + offset - RENDER_DELAY_MS - arrived;
        let min_audio_delay = audio_captured.and_then(|audio_captured| {
            let lead = audio_captured - video_captured + RENDER_DELAY_MS;
            self.audio_delay.on_frame(now, lead, audio.target_delay)
        });
        Playout {
            video_delay: video_delay.clamp(0.0, MAX_VIDEO_DELAY_MS),
            min_audio_delay,
        }
    }

    /// The next offset on the way from `offset` to `target`.
    fn follow(&mut self, offset: f64, target: f64) -> f64 {
        let difference = target - offset;
        self.frames_beyond_threshold = if difference.abs() < RESTART_THRESHOLD_MS {
            0
        } else {
            self.frames_beyond_threshold + 1
        };
        if self.frames_beyond_threshold >= RESTART_FRAMES {
            self.frames_beyond_threshold = 0;
            return target;
        }
        offset + difference.clamp(-MAX_OFFSET_STEP_MS, MAX_OFFSET_STEP_MS)
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests;
