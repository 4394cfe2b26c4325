#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a simulation"
)]

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

const MAX: usize = 1 << 20;
/// Bytes of a message of file transfer, and of a packet.
const MESSAGE: usize = 53 * PACKET;
const PACKET: usize = 1_160;
/// How often acknowledgments are looked for, in milliseconds.
const INTERVAL: u64 = 5;

/// A sender that always has something to send, SCTP with slow start, and a path with an endless queue. Time is in
/// milliseconds.
struct Run {
    limit: Option<SendLimit>,
    start: Instant,
    now: u64,
    /// Bytes per millisecond.
    rate: f64,
    round_trip: f64,
    is_lost: bool,
    allowance: usize,
    looked_at: u64,
    /// In the stack: not sent, and sent and not acknowledged, with the times of the acknowledgments.
    pending: usize,
    in_flight: VecDeque<(f64, usize)>,
    in_flight_bytes: usize,
    window: usize,
    free_at: f64,
    acknowledged: usize,
}

impl Run {
    /// With the limit, or with a constant one of [`MAX`].
    fn new(is_constant: bool, rate: f64, round_trip: u32) -> Self {
        Self {
            limit: (!is_constant).then(|| SendLimit::new(MAX)),
            start: Instant::now(),
            now: 0,
            rate,
            round_trip: round_trip.into(),
            is_lost: false,
            allowance: 0,
            looked_at: 0,
            pending: 0,
            in_flight: VecDeque::new(),
            in_flight_bytes: 0,
            window: 4_380,
            free_at: 0.0,
            acknowledged: 0,
        }
    }

    fn unacknowledged(&self) -> usize {
        self.pending + self.in_flight_bytes
    }

    /// The path is lost: what is in flight is sent again by a timeout when it is back.
    fn lose(&mut self) {
        self.is_lost = true;
        self.in_flight.clear();
    }

    fn restore(&mut self) {
        self.is_lost = false;
        self.pending += self.in_flight_bytes;
        self.in_flight_bytes = 0;
        self.window = PACKET;
        self.free_at = 0.0;
    }

    fn step(&mut self) {
        self.now += 1;
        let now = self.now as f64;
        let mut new = 0;
        while let Some((at, bytes)) = self.in_flight.front().copied()
            && at <= now
        {
            self.in_flight.pop_front();
            new += bytes;
        }
        self.in_flight_bytes -= new;
        self.acknowledged += new;
        if self.pending > 0 {
            self.window = (self.window + new).min(4 << 20);
        }
        let time = self.start + Duration::from_millis(self.now);
        if self.allowance == 0 && self.now >= self.looked_at + INTERVAL {
            self.looked_at = self.now;
            let unacknowledged = self.unacknowledged();
            self.allowance = match &mut self.limit {
                Some(limit) => limit.allowance(unacknowledged, time),
                None if unacknowledged > low_mark(MAX) => 0,
                None => MAX - unacknowledged,
            };
        }
        while self.allowance > 0 {
            self.allowance = self.allowance.saturating_sub(MESSAGE);
            self.pending += MESSAGE;
            if let Some(limit) = &mut self.limit {
                limit.on_sent(MESSAGE, time);
            }
        }
        while !self.is_lost && self.pending > 0 && self.in_flight_bytes + PACKET <= self.window {
            let bytes = self.pending.min(PACKET);
            self.pending -= bytes;
            self.free_at = self.free_at.max(now) + bytes as f64 / self.rate;
            self.in_flight
                .push_back((self.free_at + self.round_trip, bytes));
            self.in_flight_bytes += bytes;
        }
    }

    /// Returns how many bytes are acknowledged meanwhile, and the most that are not.
    fn run(&mut self, milliseconds: u64) -> (usize, usize) {
        let before = self.acknowledged;
        let mut most = 0;
        for _ in 0..milliseconds {
            self.step();
            most = most.max(self.unacknowledged());
        }
        (self.acknowledged - before, most)
    }
}

/// Round trips in milliseconds and rates in bytes per millisecond.
const PATHS: [(u32, f64); 13] = [
    (0, 400_000.0),
    (1, 12_500.0),
    (20, 150_000.0),
    (20, 12_500.0),
    (20, 2_500.0),
    (100, 12_500.0),
    (100, 1_000.0),
    (600, 2_500.0),
    (600, 250.0),
    (20, 625.0),
    (20, 150.0),
    (50, 15.0),
    (300, 15.0),
];

#[test]
fn no_path_is_used_less_than_with_a_constant_limit() {
    let mut worse = Vec::new();
    for (round_trip, rate) in PATHS {
        for milliseconds in [300, 1_000, 3_000, 20_000, 120_000] {
            let bytes = |is_constant| Run::new(is_constant, rate, round_trip).run(milliseconds).0;
            let (constant, limited) = (bytes(true), bytes(false));
            let share = limited as f64 / constant as f64;
            let least = if milliseconds < 1_000 { 0.9 } else { 0.95 };
            if share < least {
                worse.push((round_trip, rate, milliseconds, share));
            }
        }
    }
    assert!(worse.is_empty(), "{worse:?}");
}

#[test]
fn little_waits_in_front_of_a_slow_path() {
    for (round_trip, rate) in PATHS {
        let mut run = Run::new(false, rate, round_trip);
        let (_, at_first) = run.run(20_000);
        let (_, later) = run.run(120_000);
        let round_trip = f64::from(round_trip);
        let time = round_trip + f64::max(3.0 * round_trip, 250.0);
        // The rate is that of the best of some samples, and the round trip that of a moment.
        let limit = (1.4 * rate * (time + INTERVAL as f64)) as usize + MESSAGE;
        assert!(
            later <= limit.max(MIN + MESSAGE),
            "{round_trip} ms, {rate} bytes/ms: {later} of {limit}"
        );
        let limit = 4 * limit.max(INITIAL);
        assert!(
            at_first <= limit,
            "{round_trip} ms, {rate} bytes/ms: {at_first} of {limit} at first"
        );
    }
}

#[test]
fn a_path_that_was_lost_is_used_as_before() {
    for (round_trip, rate) in PATHS {
        let bytes = |is_constant| {
            let mut run = Run::new(is_constant, rate, round_trip);
            run.run(10_000);
            run.lose();
            assert_eq!(run.run(40_000).0, 0);
            run.restore();
            (run.run(1_000).0, run.run(10_000).0)
        };
        let ((constant_soon, constant), (soon, later)) = (bytes(true), bytes(false));
        assert!(
            soon as f64 >= 0.9 * constant_soon as f64 && later as f64 >= 0.95 * constant as f64,
            "{round_trip} ms, {rate} bytes/ms: {soon}, {later} of {constant_soon}, {constant}"
        );
    }
}

#[test]
fn a_path_that_becomes_slow_or_fast_is_followed() {
    let mut run = Run::new(false, 12_500.0, 20);
    run.run(10_000);
    run.rate = 150.0;
    run.run(15_000);
    let (_, most) = run.run(10_000);
    assert!(most <= 130_000, "{most}");
    run.rate = 12_500.0;
    run.run(1_000);
    let (bytes, _) = run.run(1_000);
    assert!(bytes >= 11_000_000, "{bytes}");
}

#[test]
fn a_path_that_becomes_longer_is_used_after_a_minute() {
    for longer in [100.0, 300.0, 600.0] {
        let bytes = |is_constant| {
            let mut run = Run::new(is_constant, 1_000.0, 5);
            run.run(10_000);
            run.round_trip = longer;
            run.run(65_000);
            run.run(30_000).0
        };
        let (constant, limited) = (bytes(true), bytes(false));
        assert!(
            limited as f64 >= 0.9 * constant as f64,
            "{longer} ms: {limited} of {constant}"
        );
    }
}

#[test]
fn pauses_of_the_sender_are_no_sign_of_a_slow_path() {
    let mut run = Run::new(false, 12_500.0, 20);
    run.run(5_000);
    let limit = run.limit.as_mut().unwrap();
    for second in 1..100 {
        let now = run.start + Duration::from_secs(10 + second);
        assert!(limit.allowance(0, now) >= MAX / 2, "{second} s");
        limit.on_sent(MESSAGE, now);
    }
}

#[test]
fn a_small_maximum_is_the_limit() {
    for max in [0, 1, 800] {
        let mut limit = SendLimit::new(max);
        let now = Instant::now();
        assert_eq!(limit.allowance(0, now), max.max(1));
        limit.on_sent(max.max(1), now);
        assert_eq!(limit.allowance(max.max(1), now), 0);
        assert_eq!(limit.allowance(usize::MAX, now), 0);
    }
    assert_eq!((low_mark(800), low_mark(1)), (700, 0));
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Messages of so many bytes, as long as that is permitted.
    Send(usize),
    /// So many thousandths of what is unacknowledged.
    Acknowledge(usize),
    Wait(u64),
    /// Of a channel that was closed.
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..100_000_usize).prop_map(Step::Send),
        3 => (0..1_001_usize).prop_map(Step::Acknowledge),
        3 => (0..50_u64).prop_map(Step::Wait),
        1 => (50..100_000_u64).prop_map(Step::Wait),
        1 => Just(Step::Forget),
    ]
}

proptest! {
    /// Whatever happens: the limit is within its bounds, and when everything is acknowledged something may be sent.
    #[test]
    fn nothing_stands_still(steps in prop::collection::vec(step(), 1..300)) {
        let mut limit = SendLimit::new(MAX);
        let mut now = Instant::now();
        let (mut unacknowledged, mut allowance) = (0_usize, 0_usize);
        for step in steps {
            match step {
                Step::Send(bytes) => {
                    if allowance == 0 {
                        allowance = limit.allowance(unacknowledged, now);
                        prop_assert!(allowance + unacknowledged <= MAX || allowance == 0);
                        prop_assert!(allowance > 0 || unacknowledged > 0);
                    }
                    while allowance > 0 {
                        allowance = allowance.saturating_sub(bytes);
                        unacknowledged += bytes;
                        limit.on_sent(bytes, now);
                    }
                }
                Step::Acknowledge(share) => unacknowledged -= unacknowledged * share / 1_000,
                Step::Wait(milliseconds) => now += Duration::from_millis(milliseconds),
                Step::Forget => unacknowledged = 0,
            }
            prop_assert!((MIN..=MAX).contains(&limit.limit));
        }
    }
}
