use super::*;

/// A sender whose RTP clocks are unrelated, and a receiver.
struct Call {
    epoch: Instant,
    sync: AvSync,
    /// Milliseconds.
    now: f64,
}

const NTP_ZERO: u64 = u64::MAX - (5 << 32);
const VIDEO_ZERO: u32 = u32::MAX - 100_000;
const AUDIO_ZERO: u32 = u32::MAX - 7;

fn sender_report(at: f64, rate: u32, zero: u32) -> SenderTime {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let fractions = (at / 1_000.0 * 4_294_967_296.0) as u64;
    SenderTime {
        ntp: NTP_ZERO.wrapping_add(fractions),
        rtp: rtp_timestamp(at, rate, zero),
    }
}

fn rtp_timestamp(at: f64, rate: u32, zero: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation)]
    let elapsed = (at / 1_000.0 * f64::from(rate)) as i64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let wrapped = (i64::from(zero) + elapsed) as u32;
    wrapped
}

impl Call {
    fn new() -> Self {
        let epoch = Instant::now();
        Self {
            epoch,
            sync: AvSync::new(epoch),
            now: 0.0,
        }
    }

    /// The next frame, `transit` milliseconds after its capture, while audio is audible `audio` milliseconds after its
    /// capture.
    fn frame(&mut self, transit: f64, audio: Option<f64>) -> Playout {
        self.now += 33.0;
        let captured = self.now - transit;
        // Sender reports are some hundred milliseconds old, and not equally.
        let (video_report, audio_report) = (self.now - 700.0, self.now - 300.0);
        self.sync.on_frame(
            self.epoch + Duration::from_secs_f64(self.now / 1_000.0),
            VideoFrame {
                timestamp: rtp_timestamp(captured, VIDEO_CLOCK_RATE, VIDEO_ZERO),
                sender_report: Some(sender_report(video_report, VIDEO_CLOCK_RATE, VIDEO_ZERO)),
            },
            AudioPlayout {
                sender_report: Some(sender_report(audio_report, AUDIO_CLOCK_RATE, AUDIO_ZERO)),
                audible_timestamp: audio
                    .map(|audio| rtp_timestamp(self.now - audio, AUDIO_CLOCK_RATE, AUDIO_ZERO)),
                delay: audio.map(|audio| audio - 10.0),
                target_delay: 60.0,
            },
        )
    }

    /// Frames at a constant delay. Returns the last one's playout.
    fn frames(&mut self, count: usize, transit: f64, audio: Option<f64>) -> Playout {
        for _ in 1..count {
            self.frame(transit, audio);
        }
        self.frame(transit, audio)
    }
}

#[test]
fn a_frame_is_rendered_with_the_audio_captured_with_it() {
    let delay = Call::new().frames(300, 40.0, Some(100.0)).video_delay;
    // Captured 40 ms ago and due 100 ms after capture, of which the page needs 20 ms.
    assert!((delay - 40.0).abs() < 2.0, "{delay}");
}

#[test]
fn uneven_arrival_is_smoothed() {
    let mut call = Call::new();
    let mut due: Vec<f64> = Vec::new();
    for index in 0..600 {
        let transit = 30.0 + f64::from(index * 37 % 60);
        let delay = call.frame(transit, Some(150.0)).video_delay;
        due.push(transit + delay);
    }
    let settled = &due[300..];
    let min = settled.iter().copied().fold(f64::MAX, f64::min);
    let max = settled.iter().copied().fold(f64::MIN, f64::max);
    assert!(max - min < 3.0, "{min} to {max}");
}

#[test]
fn audio_that_jumps_is_followed_slowly_and_audio_that_restarted_within_half_a_second() {
    let mut call = Call::new();
    let before = call.frames(301, 40.0, Some(100.0)).video_delay;
    let after = call.frame(40.0, Some(160.0)).video_delay;
    assert!(
        (after - before - MAX_OFFSET_STEP_MS).abs() < 0.5,
        "{before} {after}"
    );
    let frames = usize::try_from(RESTART_FRAMES).unwrap();
    let restarted = call.frames(frames, 40.0, Some(340.0)).video_delay;
    assert!((restarted - 280.0).abs() < 2.0, "{restarted}");
}

#[test]
fn audio_is_delayed_for_slower_video_and_no_longer_than_it_is_slower() {
    let mut call = Call::new();
    let mut min_delays = Vec::new();
    for _ in 0..120 {
        min_delays.extend(call.frame(220.0, Some(80.0)).min_audio_delay);
    }
    // 220 + 20 − 80 are missing, on top of the target of 60.
    let first = min_delays.first().expect("within a second").as_millis();
    assert!((215..=225).contains(&first), "{first}");
    min_delays.clear();
    for _ in 0..900 {
        min_delays.extend(call.frame(40.0, Some(240.0)).min_audio_delay);
    }
    assert_eq!(min_delays.last(), Some(&Duration::ZERO));
}

#[test]
fn audio_that_is_later_than_video_is_not_delayed() {
    let mut call = Call::new();
    for _ in 0..300 {
        assert_eq!(call.frame(40.0, Some(120.0)).min_audio_delay, None);
    }
}

#[test]
fn between_words_video_keeps_its_delay() {
    let mut call = Call::new();
    let before = call.frames(301, 40.0, Some(200.0)).video_delay;
    for index in 0..600 {
        // Words of a third of a second; after each, half a second of silence that ends in a wrong extrapolation.
        let audio = match index % 25 {
            0..10 => Some(200.0),
            10..22 => None,
            _ => Some(600.0),
        };
        let delay = call.frame(40.0, audio).video_delay;
        assert!((delay - before).abs() < 10.0, "{delay} after {before}");
    }
}

#[test]
fn without_audio_video_is_rendered_on_arrival() {
    let mut call = Call::new();
    let total: f64 = (0..100).map(|_| call.frame(40.0, None).video_delay).sum();
    assert!(total < 100.0, "{total}");
}

#[test]
fn without_sender_reports_a_frame_is_delayed_as_long_as_audio_that_arrived_with_it() {
    let now = Instant::now();
    let frame = VideoFrame {
        timestamp: 5,
        sender_report: None,
    };
    let video_delay = |delay| {
        let audio = AudioPlayout {
            delay,
            ..AudioPlayout::default()
        };
        AvSync::new(now).on_frame(now, frame, audio).video_delay
    };
    assert!((video_delay(Some(70.0)) - 50.0).abs() < 1e-9);
    assert!(video_delay(None).abs() < 1e-9);
    assert!((video_delay(Some(9_999.0)) - MAX_VIDEO_DELAY_MS).abs() < 1e-9);
}
