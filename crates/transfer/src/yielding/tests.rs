#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a simulation"
)]

use super::*;

/// Bytes of a message.
const MESSAGE: u64 = 16 << 10;
/// Between two credits.
const REPORT: Duration = Duration::from_millis(50);

/// A bottleneck with a first-in-first-out queue, in virtual time.
struct Path {
    /// Bytes per millisecond.
    rate: f64,
    /// One way, without the queue.
    delay: Duration,
    /// Bytes.
    queued: f64,
    /// Of the call, in bytes per millisecond.
    call: f64,
}

/// A transfer over the path.
struct Flow {
    yielding: Yielding,
    in_flight: u64,
    /// When each message arrives, and how long it took.
    arriving: VecDeque<(Time, Duration)>,
    arrived: u64,
    fastest: Option<u32>,
    reported_at: Time,
    reports: VecDeque<(Time, u64, u32)>,
    /// When SCTP's acknowledgment of each message arrives.
    acknowledged: VecDeque<Time>,
    total: u64,
    began: Time,
    /// By which the receiver's clock is faster.
    drift: f64,
}

impl Flow {
    fn new(now: Time, drift: f64) -> Self {
        Self {
            yielding: Yielding::new(),
            in_flight: 0,
            arriving: VecDeque::new(),
            arrived: 0,
            fastest: None,
            reported_at: now,
            reports: VecDeque::new(),
            acknowledged: VecDeque::new(),
            total: 0,
            began: now,
            drift,
        }
    }

    fn step(&mut self, path: &mut Path, now: Time) {
        while self.in_flight + MESSAGE <= self.yielding.window() {
            self.in_flight += MESSAGE;
            path.queued += MESSAGE as f64;
            let took = path.delay + Duration::from_secs_f64(path.queued / path.rate / 1_000.0);
            self.arriving.push_back((now + took, took));
        }
        while self.arriving.front().is_some_and(|(at, _)| *at <= now) {
            let (_, took) = self.arriving.pop_front().unwrap();
            let drifted = (now - self.began).mul_f64(self.drift);
            // The clocks are far apart, and their difference wraps.
            let offset = u32::MAX - 20;
            let delay = (took + drifted).as_millis() as u32;
            let delay = delay.wrapping_add(offset);
            self.fastest = Some(self.fastest.map_or(delay, |it| it.min(delay)));
            self.acknowledged.push_back(now + path.delay);
            self.arrived += MESSAGE;
            self.total += MESSAGE;
        }
        if now - self.reported_at >= REPORT && self.arrived > 0 {
            self.reported_at = now;
            let arrived = std::mem::take(&mut self.arrived);
            let delay = self.fastest.take().unwrap();
            self.reports.push_back((now + path.delay, arrived, delay));
        }
        while self.acknowledged.front().is_some_and(|at| *at <= now) {
            self.acknowledged.pop_front();
            self.in_flight -= MESSAGE;
        }
        while self.reports.front().is_some_and(|(at, _, _)| *at <= now) {
            let (_, arrived, delay_ms) = self.reports.pop_front().unwrap();
            let feedback = Feedback {
                arrived,
                in_flight: self.in_flight,
                delay_ms,
                round_trip: 2 * path.delay,
            };
            self.yielding.on_feedback(feedback, now);
        }
    }
}

/// What one run is like.
struct Run {
    mbits: f64,
    delay_ms: u64,
    call_mbits: f64,
    /// Second in which each transfer starts.
    starts: &'static [u64],
    drift: f64,
    /// From this second on the path is longer, by so many milliseconds.
    longer: Option<(u64, u64)>,
    /// Seconds that are measured.
    measured: std::ops::Range<u64>,
}

const RUN: Run = Run {
    mbits: 20.0,
    delay_ms: 10,
    call_mbits: 0.0,
    starts: &[0],
    drift: 0.0,
    longer: None,
    measured: 10..70,
};

#[derive(Debug)]
struct Outcome {
    /// Of what the call leaves of the line.
    share_used: f64,
    /// By which the queue delays everything, in milliseconds.
    p95: f64,
    /// Bytes of each transfer.
    transfers: Vec<u64>,
}

fn run(run: &Run) -> Outcome {
    let mut path = Path {
        rate: run.mbits * 125.0,
        delay: Duration::from_millis(run.delay_ms),
        queued: 0.0,
        call: run.call_mbits * 125.0,
    };
    let start = Time::default();
    let mut flows: Vec<Flow> = Vec::new();
    let mut delays = Vec::new();
    let mut before = Vec::new();
    for millisecond in 0..run.measured.end * 1_000 {
        let now = start + Duration::from_millis(millisecond);
        if millisecond % 1_000 == 0 {
            let second = millisecond / 1_000;
            if run.starts.contains(&second) {
                flows.push(Flow::new(now, run.drift));
            }
            if let Some((from, by)) = run.longer
                && from == second
            {
                path.delay += Duration::from_millis(by);
            }
            if second == run.measured.start {
                before = flows.iter().map(|flow| flow.total).collect();
            }
        }
        path.queued += path.call;
        for flow in &mut flows {
            flow.step(&mut path, now);
        }
        if millisecond >= run.measured.start * 1_000 {
            delays.push(path.queued / path.rate);
        }
        path.queued = (path.queued - path.rate).max(0.0);
    }
    delays.sort_by(f64::total_cmp);
    let transfers: Vec<u64> = flows
        .iter()
        .zip(before)
        .map(|(flow, before)| flow.total - before)
        .collect();
    let seconds = run.measured.end - run.measured.start;
    let available = (path.rate - path.call) * 1_000.0 * seconds as f64;
    Outcome {
        share_used: transfers.iter().sum::<u64>() as f64 / available,
        p95: delays[(delays.len() as f64 * 0.95) as usize],
        transfers,
    }
}

#[test]
fn most_of_a_line_is_used_and_a_call_waits_little() {
    for (mbits, delay_ms) in [(5.0, 10), (20.0, 10), (20.0, 50), (100.0, 10), (1000.0, 1)] {
        for share in [0.0, 0.1, 0.5] {
            let outcome = run(&Run {
                mbits,
                delay_ms,
                call_mbits: share * mbits,
                ..RUN
            });
            // A message is 26 ms of 5 Mbit/s, so that the window there is between one and two.
            let (least, most) = if mbits < 10.0 {
                (0.75, 60.0)
            } else {
                (0.9, 35.0)
            };
            assert!(
                outcome.share_used >= least && outcome.p95 <= most,
                "{mbits} Mbit/s, {delay_ms} ms, call {share}: {outcome:?}"
            );
        }
    }
}

#[test]
fn the_start_of_a_transfer_is_no_burst() {
    for (mbits, most) in [(5.0, 60.0), (20.0, 50.0), (100.0, 50.0)] {
        let outcome = run(&Run {
            mbits,
            measured: 0..10,
            ..RUN
        });
        assert!(
            outcome.share_used >= 0.7 && outcome.p95 <= most,
            "{mbits}: {outcome:?}"
        );
    }
}

#[test]
fn transfers_that_start_later_get_their_share() {
    for starts in [&[0, 20][..], &[0, 20, 25, 30]] {
        let outcome = run(&Run {
            starts,
            measured: 60..180,
            ..RUN
        });
        let least = *outcome.transfers.iter().min().unwrap() as f64;
        let most = *outcome.transfers.iter().max().unwrap() as f64;
        assert!(least / most >= 0.6, "{outcome:?}");
        assert!(
            outcome.share_used >= 0.9 && outcome.p95 <= 40.0,
            "{outcome:?}"
        );
    }
}

#[test]
fn clocks_that_drift_apart_stop_nothing() {
    for drift in [50e-6, 100e-6] {
        let outcome = run(&Run {
            drift,
            measured: 300..900,
            ..RUN
        });
        assert!(
            outcome.share_used >= 0.9 && outcome.p95 <= 40.0,
            "{drift}: {outcome:?}"
        );
    }
}

/// The longer way looks like a queue until the old minimum is forgotten.
#[test]
fn a_path_that_became_longer_is_used_again_after_a_minute() {
    let outcome = run(&Run {
        longer: Some((60, 100)),
        measured: 150..240,
        ..RUN
    });
    assert!(
        outcome.share_used >= 0.85 && outcome.p95 <= 40.0,
        "{outcome:?}"
    );
}

#[test]
fn the_window_stays_within_its_limits_whatever_is_reported() {
    let start = Time::default();
    let mut yielding = Yielding::new();
    for (index, delay_ms) in [0, u32::MAX, 1 << 31, 5, 0, 70_000, 3]
        .into_iter()
        .cycle()
        .take(500)
        .enumerate()
    {
        let feedback = Feedback {
            arrived: if index % 3 == 0 { u64::MAX } else { 0 },
            in_flight: if index % 5 == 0 { u64::MAX } else { 0 },
            delay_ms,
            round_trip: Duration::from_millis(index as u64 % 7 * 1_000),
        };
        yielding.on_feedback(feedback, start + Duration::from_millis(37 * index as u64));
        assert!((MIN_WINDOW..=MAX_WINDOW).contains(&yielding.window()));
    }
}
