use super::*;

/// A path in virtual time: a link of `capacity` bits per second with a tail-drop queue, and jitter after it.
struct Path {
    capacity: f64,
    queue: Duration,
    jitter_ms: u64,
    loss_permille: u64,
    /// Every third second the receiver waits for a processor, each 100 ms for less than this.
    stutter_ms: u64,
    /// After a pause this much passes at once, as through a token-bucket shaper.
    burst: Duration,
    free_at: Duration,
    seed: u64,
}

impl Path {
    fn new(capacity: f64) -> Self {
        Self {
            capacity,
            queue: Duration::from_millis(300),
            jitter_ms: 0,
            loss_permille: 0,
            stutter_ms: 0,
            burst: Duration::ZERO,
            free_at: Duration::ZERO,
            seed: 88_172_645_463_325_252,
        }
    }

    fn random(&mut self) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed >> 20
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "packet sizes and a test's seconds"
    )]
    fn carry(&mut self, at: Duration, size: usize) -> Option<Duration> {
        let start = self.free_at.max(at.saturating_sub(self.burst));
        if start.saturating_sub(at) > self.queue || self.random() % 1000 < self.loss_permille {
            return None;
        }
        self.free_at = start + Duration::from_secs_f64(size as f64 * 8.0 / self.capacity);
        let jitter = if self.jitter_ms == 0 {
            0
        } else {
            self.random() % self.jitter_ms
        };
        let there = self.free_at.max(at) + Duration::from_millis(20 + jitter);
        // Each 100 ms have another wait.
        let wait = if self.stutter_ms == 0 || !at.as_secs().is_multiple_of(3) {
            0
        } else {
            (at.as_millis() as u64 / 100).wrapping_mul(0x9E37_79B9_7F4A_7C15) % self.stutter_ms
        };
        Some(there + Duration::from_millis(wait))
    }
}

/// An encoder that follows the estimate.
struct Call {
    estimator: BandwidthEstimator,
    start: Instant,
    at: Duration,
    longest_queue: Duration,
    /// Packets leave in bursts, as frames do, instead of evenly.
    in_frames: bool,
    /// Two of three feedback messages are lost, and the packets in them count as lost.
    feedback_is_lost: bool,
    unreported: Vec<PacketResult>,
    /// Packets due, including the fraction of one.
    due: f64,
}

impl Call {
    fn new() -> Self {
        Self {
            estimator: BandwidthEstimator::new(),
            start: Instant::now(),
            at: Duration::ZERO,
            longest_queue: Duration::ZERO,
            in_frames: false,
            feedback_is_lost: false,
            unreported: Vec::new(),
            due: 0.0,
        }
    }

    /// Runs for `seconds`; the encoder produces at most `max` bits per second.
    fn run(&mut self, path: &mut Path, seconds: u64, max: f64) {
        run_together(&mut [self], None, path, seconds, max);
    }

    /// When the packets of the next 50 ms leave.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "packet counts"
    )]
    fn departures(&mut self, max: f64) -> Vec<Duration> {
        let rate = f64::from(self.estimator.bitrate()).min(max);
        self.due += rate * 0.05 / 8.0 / 1000.0;
        let packets = self.due.floor().max(1.0) as u32;
        self.due = (self.due - f64::from(packets)).max(0.0);
        (0..packets)
            .map(|index| {
                let within = if self.in_frames { 0 } else { index };
                self.at + TICK * within / packets
            })
            .collect()
    }

    /// The packets of these 50 ms are reported 40 ms later.
    fn report(&mut self, mut results: Vec<PacketResult>) {
        let queues = results
            .iter()
            .filter_map(|result| Some(result.arrival? - (result.departure - self.start)));
        self.longest_queue = queues.fold(self.longest_queue, Duration::max);
        self.at += TICK;
        if self.feedback_is_lost && !(self.at.as_millis() / 50).is_multiple_of(3) {
            self.unreported
                .extend(results.iter().map(|result| PacketResult {
                    arrival: None,
                    ..*result
                }));
            return;
        }
        results.append(&mut self.unreported);
        self.estimator
            .on_feedback(&results, self.start + self.at + Duration::from_millis(40));
    }

    fn target(&self) -> f64 {
        f64::from(self.estimator.bitrate())
    }
}

/// A download by TCP with the congestion control of RFC 5681: it fills the queue until a packet is lost.
struct Download {
    /// Packets.
    window: f64,
    threshold: f64,
    /// When the acknowledgment, or the notice of the loss, of each packet under way arrives, and which it is.
    under_way: Vec<(Duration, bool)>,
    /// Losses of packets sent before the last decrease do not count again.
    decreased: Duration,
    acknowledged: u32,
}

impl Download {
    const BYTES: usize = 1000;
    const ROUND_TRIP: Duration = Duration::from_millis(40);

    fn new() -> Self {
        Self {
            window: 10.0,
            threshold: f64::MAX,
            under_way: Vec::new(),
            decreased: Duration::ZERO,
            acknowledged: 0,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "packet counts")]
    fn run(&mut self, path: &mut Path, at: Duration) {
        let (due, under_way): (Vec<_>, Vec<_>) = std::mem::take(&mut self.under_way)
            .into_iter()
            .partition(|(due, _)| *due <= at);
        self.under_way = under_way;
        for (_, arrived) in due {
            if arrived {
                self.acknowledged += 1;
                self.window += if self.window < self.threshold {
                    1.0
                } else {
                    1.0 / self.window
                };
            } else if at > self.decreased {
                self.window = (self.window / 2.0).max(2.0);
                self.threshold = self.window;
                self.decreased = at + Self::ROUND_TRIP + path.queue;
            }
        }
        while (self.under_way.len() as f64) < self.window {
            let arrival = path.carry(at, Self::BYTES);
            let reported = arrival.unwrap_or(at + Self::ROUND_TRIP / 2 + path.queue);
            self.under_way
                .push((reported + Self::ROUND_TRIP / 2, arrival.is_some()));
        }
    }

    /// Bits per second since the last call.
    fn rate(&mut self, seconds: u32) -> f64 {
        f64::from(std::mem::take(&mut self.acknowledged)) * 8000.0 / f64::from(seconds)
    }
}

const TICK: Duration = Duration::from_millis(50);

/// Runs calls, and a download, over one path.
fn run_together(
    calls: &mut [&mut Call],
    mut download: Option<&mut Download>,
    path: &mut Path,
    seconds: u64,
    max: f64,
) {
    for call in calls.iter_mut() {
        call.longest_queue = Duration::ZERO;
    }
    for _ in 0..seconds * 20 {
        let begin = calls[0].at;
        let mut leaving: Vec<(Duration, Option<usize>)> = Vec::new();
        for (index, call) in calls.iter_mut().enumerate() {
            call.at = begin;
            leaving.extend(call.departures(max).into_iter().map(|at| (at, Some(index))));
        }
        if download.is_some() {
            leaving.extend((0..50).map(|ms| (begin + Duration::from_millis(ms), None)));
        }
        leaving.sort_by_key(|(at, _)| *at);
        let mut results = vec![Vec::new(); calls.len()];
        for (left, index) in leaving {
            match (index, &mut download) {
                (Some(index), _) => results[index].push(PacketResult {
                    departure: calls[index].start + left,
                    arrival: path.carry(left, 1000),
                    size: 1000,
                }),
                (None, Some(download)) => download.run(path, left),
                (None, None) => {}
            }
        }
        for (call, results) in calls.iter_mut().zip(results) {
            call.report(results);
        }
    }
}

#[test]
fn the_estimate_reaches_the_capacity_with_a_short_queue() {
    let (mut call, mut path) = (Call::new(), Path::new(2_000_000.0));
    call.run(&mut path, 20, 5e6);
    call.run(&mut path, 20, 5e6);
    assert!(
        (1_300_000.0..2_300_000.0).contains(&call.target()),
        "{}",
        call.target()
    );
    assert!(
        call.longest_queue < Duration::from_millis(200),
        "{:?}",
        call.longest_queue
    );
}

#[test]
fn a_drop_of_capacity_is_followed_within_two_seconds_and_its_end_within_ten() {
    let (mut call, mut path) = (Call::new(), Path::new(3_000_000.0));
    call.run(&mut path, 20, 2.5e6);
    assert!(call.target() > 2_000_000.0, "{}", call.target());
    path.capacity = 500_000.0;
    call.run(&mut path, 2, 2.5e6);
    assert!(call.target() < 600_000.0, "{}", call.target());
    call.run(&mut path, 10, 2.5e6);
    assert!(
        (250_000.0..600_000.0).contains(&call.target()),
        "{}",
        call.target()
    );
    path.capacity = 3_000_000.0;
    call.run(&mut path, 10, 2.5e6);
    assert!(call.target() > 1_200_000.0, "{}", call.target());
}

#[test]
fn with_bursts_the_end_of_a_drop_is_found_within_three_seconds() {
    let (mut call, mut path) = (Call::new(), Path::new(3_000_000.0));
    call.in_frames = true;
    call.run(&mut path, 20, 2.5e6);
    path.capacity = 500_000.0;
    call.run(&mut path, 12, 2.5e6);
    assert!(call.target() < 600_000.0, "{}", call.target());
    path.capacity = 3_000_000.0;
    call.run(&mut path, 3, 2.5e6);
    assert!(call.target() > 2_000_000.0, "{}", call.target());
}

#[test]
fn a_path_that_looks_wider_than_it_is_is_not_flooded_repeatedly() {
    let (mut call, mut path) = (Call::new(), Path::new(2_000_000.0));
    call.in_frames = true;
    path.burst = Duration::from_millis(60);
    let queues: Vec<_> = (0..60)
        .map(|_| {
            call.run(&mut path, 1, 2.5e6);
            call.longest_queue.as_millis()
        })
        .collect();
    let queued = |seconds: &[u128]| seconds.iter().filter(|queue| **queue > 200).count();
    assert!(
        queued(&queues) <= 10 && queued(&queues[30..]) <= 3,
        "{queues:?}"
    );
    assert!(call.target() > 500_000.0, "{}", call.target());
}

#[test]
fn the_estimate_does_not_grow_unused() {
    let (mut call, mut path) = (Call::new(), Path::new(700_000.0));
    call.run(&mut path, 60, 80_000.0);
    assert!(
        call.target() <= f64::from(INITIAL_BITRATE),
        "{}",
        call.target()
    );
}

#[test]
fn jitter_and_five_per_cent_of_loss_are_not_congestion() {
    let (mut call, mut path) = (Call::new(), Path::new(10_000_000.0));
    path.jitter_ms = 80;
    path.loss_permille = 50;
    call.run(&mut path, 20, 2.5e6);
    assert!(call.target() > 1_500_000.0, "{}", call.target());
}

#[test]
fn a_queue_too_short_to_show_as_delay_shows_as_loss() {
    let (mut call, mut path) = (Call::new(), Path::new(600_000.0));
    path.queue = Duration::from_millis(15);
    call.run(&mut path, 40, 5e6);
    assert!(call.target() < 1_100_000.0, "{}", call.target());
}

#[test]
fn a_busy_machine_is_not_congestion() {
    let (mut call, mut path) = (Call::new(), Path::new(20_000_000.0));
    path.stutter_ms = 100;
    call.run(&mut path, 30, 700_000.0);
    let lowest = (0..30).fold(f64::MAX, |lowest, _| {
        call.run(&mut path, 1, 700_000.0);
        lowest.min(call.target())
    });
    assert!(lowest > 500_000.0, "{lowest}");
}

#[test]
fn a_delay_while_little_is_sent_costs_only_a_part_of_the_estimate() {
    let (mut call, mut path) = (Call::new(), Path::new(5_000_000.0));
    call.run(&mut path, 20, 1e6);
    let known = call.target();
    assert!(known > 1_000_000.0, "{known}");
    // The camera is off; other traffic fills the path for half a second.
    call.run(&mut path, 5, 50_000.0);
    path.free_at += Duration::from_millis(400);
    call.run(&mut path, 5, 50_000.0);
    assert!(call.target() > 0.4 * known, "{} of {known}", call.target());
}

#[test]
fn a_drop_below_the_sent_rate_is_followed_although_the_estimate_was_higher() {
    let (mut call, mut path) = (Call::new(), Path::new(5_000_000.0));
    call.run(&mut path, 20, 2e6);
    path.capacity = 250_000.0;
    call.run(&mut path, 3, 600_000.0);
    assert!(call.target() < 300_000.0, "{}", call.target());
}

#[test]
fn a_decrease_of_unused_bandwidth_does_not_delay_the_next_one() {
    let (mut call, mut path) = (Call::new(), Path::new(5_000_000.0));
    call.in_frames = true;
    call.run(&mut path, 20, 1e6);
    call.run(&mut path, 5, 650_000.0);
    assert!(call.target() > 1_200_000.0, "{}", call.target());
    path.capacity = 500_000.0;
    call.run(&mut path, 1, 650_000.0);
    assert!(call.target() < 450_000.0, "{}", call.target());
}

#[test]
fn a_drop_of_capacity_that_loses_feedback_too_is_followed_within_a_second() {
    for phase in 0..8 {
        let (mut call, mut path) = (Call::new(), Path::new(5_000_000.0));
        call.in_frames = true;
        call.run(&mut path, 20, 1e6);
        call.run(&mut path, 5, 650_000.0);
        call.at += Duration::from_millis(50 * phase);
        path.capacity = 250_000.0;
        call.feedback_is_lost = true;
        call.run(&mut path, 1, 650_000.0);
        assert!(call.target() < 300_000.0, "{}", call.target());
    }
}

/// The later one gets less, for good (decision 0010): both reduce and grow by factors.
#[test]
fn of_two_calls_over_one_path_both_can_send_video() {
    for capacity in [1e6, 2e6, 4e6] {
        for in_frames in [false, true] {
            let mut path = Path::new(capacity);
            let (mut one, mut two) = (Call::new(), Call::new());
            (one.in_frames, two.in_frames) = (in_frames, in_frames);
            one.run(&mut path, 20, 5e6);
            for second in 0..60 {
                run_together(&mut [&mut one, &mut two], None, &mut path, 1, 5e6);
                if second < 10 {
                    continue;
                }
                let estimates = [one.target(), two.target()];
                // The lowest bitrate of a video encoder.
                assert!(estimates.iter().all(|it| *it > 120_000.0), "{estimates:?}");
                assert!(
                    estimates.iter().sum::<f64>() < 1.3 * capacity,
                    "{estimates:?}"
                );
                assert!(one.longest_queue < path.queue, "{:?}", one.longest_queue);
            }
        }
    }
}

/// A download that fills the queue takes nearly all of the path (decision 0010).
#[test]
fn beside_a_download_audio_goes_on_and_after_it_video_comes_back() {
    for capacity in [1e6, 2e6, 4e6] {
        let (mut call, mut path) = (Call::new(), Path::new(capacity));
        let mut download = Download::new();
        call.run(&mut path, 20, 2.5e6);
        run_together(&mut [&mut call], Some(&mut download), &mut path, 30, 2.5e6);
        assert!(call.target() >= f64::from(MIN_BITRATE));
        assert!(
            download.rate(30) > 0.6 * capacity,
            "the download has its share"
        );
        call.run(&mut path, 10, 2.5e6);
        assert!(call.target() > 500_000.0, "{capacity}: {}", call.target());
    }
}

#[test]
fn a_download_over_a_path_with_a_short_queue_leaves_a_call_its_share() {
    let (mut call, mut path) = (Call::new(), Path::new(2_000_000.0));
    path.queue = Duration::from_millis(50);
    let mut download = Download::new();
    call.run(&mut path, 20, 2.5e6);
    run_together(&mut [&mut call], Some(&mut download), &mut path, 30, 2.5e6);
    assert!(call.target() > 1_000_000.0, "{}", call.target());
    let rate = download.rate(30);
    assert!(rate > 80_000.0, "{rate}");
}
