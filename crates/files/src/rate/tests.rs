//! Transfers over paths whose rates change as those of real ones do, to the end: the time left at each moment is compared with
//! what it was.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and small"
)]

use super::*;

const MB: f64 = 1e6;
/// Between two reports, as from a link.
const STEP: f64 = 0.1;

/// What was shown at a moment, in seconds.
struct Shown {
    at: f64,
    left: Option<f64>,
}

struct Run {
    shown: Vec<Shown>,
    end: f64,
}

impl Run {
    /// A transfer of `bytes` bytes. `rate_at`: bytes per second at a time, in seconds; `None` while it is paused.
    fn new(bytes: f64, rate_at: impl Fn(f64) -> Option<f64>) -> Self {
        Self::of_files(bytes, rate_at, |arrived| arrived)
    }

    /// `counted`: what counts of so many bytes that arrived.
    fn of_files(
        bytes: f64,
        rate_at: impl Fn(f64) -> Option<f64>,
        counted: impl Fn(f64) -> f64,
    ) -> Self {
        let start = Instant::now();
        let (mut rate, mut shown) = (Rate::default(), Vec::new());
        let (mut arrived, mut step) = (0.0, 0);
        rate.update(0, start);
        while arrived < bytes {
            step += 1;
            assert!(step < 100_000, "it ends");
            let at = f64::from(step) * STEP;
            let Some(bytes_per_second) = rate_at(at - STEP / 2.0) else {
                rate.reset();
                continue;
            };
            arrived = bytes.min(arrived + bytes_per_second * STEP);
            let transferred = counted(arrived) as u64;
            rate.update(transferred, start + Duration::from_secs_f64(at));
            let left = rate.seconds_for(bytes as u64 - transferred);
            let left = left.map(|left| left as f64);
            shown.push(Shown { at, left });
        }
        let end = f64::from(step) * STEP;
        Self { shown, end }
    }

    fn is_right(&self, shown: &Shown) -> bool {
        let truth = self.end - shown.at;
        let is_near = |left: f64| (left - truth).abs() <= (truth / 5.0).max(2.0);
        shown.left.is_some_and(is_near)
    }

    fn during(&self, times: std::ops::Range<f64>) -> impl Iterator<Item = &Shown> {
        self.shown
            .iter()
            .filter(move |shown| times.contains(&shown.at))
    }

    /// Right at each of these moments.
    #[track_caller]
    fn check(&self, times: std::ops::Range<f64>) {
        assert!(self.during(times.clone()).count() > 50, "long enough");
        for shown in self.during(times) {
            let (at, left) = (shown.at, shown.left);
            let truth = self.end - at;
            assert!(self.is_right(shown), "{left:?} at {at}, {truth} in truth");
        }
    }

    #[track_caller]
    fn check_from(&self, from: f64) {
        self.check(from..self.end);
    }
}

/// xorshift, between 0 and 1.
fn random(state: &mut u64) -> f64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) as f64 / (1_u64 << 53) as f64
}

#[test]
fn a_constant_rate() {
    for rate in [1e4, MB, 400.0 * MB] {
        Run::new(rate * 60.0, |_| Some(rate)).check_from(5.0);
    }
}

/// SCTP over a path of 100 Mbit/s and 200 ms: its window doubles in each round trip.
#[test]
fn slow_start() {
    let window = 4_380.0;
    let rate = |at: f64| (window / 0.2 * (at / 0.2).exp2()).min(12.5 * MB);
    Run::new(600.0 * MB, |at| Some(rate(at))).check_from(5.0);
}

/// A sender counts what it has put into the buffers of a slow connection.
#[test]
fn buffers_that_are_filled_at_once() {
    let rate = |at: f64| if at < STEP { 10.0 * MB } else { 0.2 * MB };
    Run::new(12.0 * MB, |at| Some(rate(at))).check_from(5.0);
}

#[test]
fn jitter_from_second_to_second() {
    let factors = [1.5, 0.5, 1.3, 0.6, 1.1];
    let rate = |at: f64| MB * factors[at as usize % factors.len()];
    Run::new(60.0 * MB, |at| Some(rate(at))).check_from(5.0);
}

/// Then also the means of 5 s differ, by more than a fifth sometimes.
#[test]
fn random_jitter() {
    let (mut right, mut all) = (0, 0);
    let mut state = 1;
    for _ in 0..20 {
        let factors: Vec<f64> = (0..400).map(|_| 0.5 + random(&mut state)).collect();
        let run = Run::new(120.0 * MB, |at| Some(MB * factors[at as usize]));
        all += run.during(5.0..run.end).count();
        right += run
            .during(5.0..run.end)
            .filter(|shown| run.is_right(shown))
            .count();
    }
    assert!(right * 100 >= all * 85, "{right} of {all}");
}

#[test]
fn a_rate_that_changes_is_known_five_seconds_later() {
    for factor in [0.1, 0.5, 0.72, 0.8, 1.25, 1.4, 3.0] {
        let rate = |at: f64| if at < 30.0 { MB } else { MB * factor };
        let bytes = 30.0 * MB + 60.0 * MB * factor;
        let run = Run::new(bytes, |at| Some(rate(at)));
        run.check_from(35.2);
    }
}

#[test]
fn a_pause_begins_anew() {
    let rate = |at: f64| (!(20.0..40.0).contains(&at)).then_some(MB);
    let run = Run::new(60.0 * MB, rate);
    run.check_from(45.0);
    assert_eq!(run.during(40.0..41.0).filter_map(|of| of.left).count(), 0);
}

/// A path that is away: nothing is said while nothing moves.
#[test]
fn a_path_that_is_away() {
    let rate = |at: f64| {
        if (30.0..50.0).contains(&at) {
            0.0
        } else {
            10.0 * MB
        }
    };
    let run = Run::new(1_000.0 * MB, |at| Some(rate(at)));
    assert_eq!(run.during(35.6..50.0).filter_map(|of| of.left).count(), 0);
    run.check_from(55.2);
}

/// A call begins: what is in flight arrives first, then the rate is what the call leaves, with the regular slowdowns of
/// LEDBAT++.
#[test]
fn yielding_to_a_call() {
    let rate = |at: f64| match at - 30.0 {
        before if before < 0.0 => 12.5 * MB,
        at if at < 0.3 => 0.0,
        at if at < 2.3 => 2.0 * MB * (at - 0.3) / 2.0,
        at if at % 10.0 < 0.6 => 0.2 * MB,
        _ => 2.0 * MB,
    };
    let run = Run::new(575.0 * MB, |at| Some(rate(at)));
    run.check_from(37.5);
}

/// Some thousand files of up to 100 kB a second, each of which counts as a whole.
#[test]
fn many_small_files() {
    let mut state = 3;
    let mut ends = vec![0.0];
    while ends.last().is_some_and(|end| *end < 600.0 * MB) {
        let size = 1.0 + random(&mut state) * 100e3;
        ends.push(ends[ends.len() - 1] + size);
    }
    let all = ends[ends.len() - 1];
    let counted = |arrived: f64| ends[ends.partition_point(|end| *end <= arrived) - 1];
    Run::of_files(all, |_| Some(10.0 * MB), counted).check_from(5.0);
}

#[test]
fn nothing_is_shown_at_first_or_when_nothing_moves() {
    let start = Instant::now();
    let mut rate = Rate::default();
    rate.update(0, start);
    rate.update(1_000_000, start + Duration::from_millis(500));
    assert_eq!(rate.bytes_per_second(), None);
    let mut rate = Rate::default();
    for step in 0..30 {
        rate.update(0, start + Duration::from_millis(100) * step);
    }
    assert_eq!(rate.bytes_per_second(), Some(0));
    assert_eq!(rate.seconds_for(10), None);
}

/// What is sent again does not count twice: the sum may fall.
#[test]
fn a_sum_that_falls_is_no_rate() {
    let start = Instant::now();
    let mut rate = Rate::default();
    for (step, bytes) in [0, 900, 0, 0, 0, 0, 0, 0, 0, 0, 0].into_iter().enumerate() {
        rate.update(bytes, start + Duration::from_secs(step as u64));
    }
    assert_eq!(rate.bytes_per_second(), Some(0));
}
