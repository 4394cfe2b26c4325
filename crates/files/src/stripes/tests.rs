use std::net::Ipv4Addr;

use super::*;

const PATH: Limits = Limits {
    round_trip: Duration::from_millis(20),
    relayed: false,
    yields: false,
    local: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
};

/// Runs for so many seconds, with the rate in bytes per second and the round trip in milliseconds that a number of
/// connections has. Returns the connections.
fn run(limits: Limits, path: impl Fn(u8) -> (u64, u64), seconds: u32) -> u8 {
    let mut striping = Striping::new(16);
    let start = Instant::now();
    for step in 0..seconds * 20 {
        let now = start + Duration::from_millis(50) * step;
        let (rate, round_trip) = path(striping.connections);
        striping.on_sent(rate / 20, true, now);
        let round_trip = Duration::from_millis(round_trip);
        striping.poll(
            Limits {
                round_trip,
                ..limits
            },
            now,
        );
    }
    striping.connections
}

#[test]
fn connections_are_added_while_they_help() {
    let each = |connections: u8| u64::from(connections) * 5_000_000;
    assert_eq!(run(PATH, |count| (each(count), 20), 2), 4);
    assert_eq!(run(PATH, |count| (each(count), 20), 3), 8);
    assert_eq!(run(PATH, |count| (each(count), 20), 20), 16);
}

#[test]
fn connections_that_gain_nothing_are_the_last_ones_where_the_processor_may_be_the_limit() {
    let limited = |rate: u64| move |count: u8| (rate.min(u64::from(count) * 15_000_000), 20);
    assert_eq!(run(PATH, limited(63_000_000), 60), 8);
    // Losses are the limit.
    assert_eq!(run(PATH, limited(1_000_000), 5), 16);
}

#[test]
fn there_are_never_more_than_the_limit() {
    let mut striping = Striping::new(6);
    let start = Instant::now();
    let mut added = Vec::new();
    for step in 0..400 {
        let now = start + Duration::from_millis(50) * step;
        striping.on_sent(u64::from(striping.connections) * 250_000, true, now);
        added.push(striping.poll(PATH, now));
    }
    added.retain(|count| *count > 0);
    assert_eq!(added, [3, 2]);
}

#[test]
fn a_first_second_without_loss_is_no_reason_to_stay_at_one() {
    let mut striping = Striping::new(16);
    let start = Instant::now();
    let mut now = start;
    // As it was measured at a loss of one in a thousand: before the first one, the window grows.
    for rate in [8_000_000, 5_000_000, 4_000_000, 4_500_000] {
        for _ in 0..20 {
            now += Duration::from_millis(50);
            striping.on_sent(rate / 20, true, now);
            striping.poll(PATH, now);
        }
    }
    now += MEASURE;
    striping.on_sent(1, true, now);
    striping.poll(PATH, now);
    assert_eq!(striping.connections, 16);
}

#[test]
fn none_is_added_where_it_would_hurt() {
    let rate = 1_000_000;
    assert_eq!(
        run(PATH, |_| (rate, 2), 20),
        1,
        "the processor is the limit"
    );
    let relayed = Limits {
        relayed: true,
        ..PATH
    };
    assert_eq!(run(relayed, |_| (rate, 20), 20), 1);
    let yields = Limits {
        yields: true,
        ..PATH
    };
    assert_eq!(run(yields, |_| (rate, 20), 20), 1);
    let unknown = Limits {
        local: None,
        ..PATH
    };
    assert_eq!(run(unknown, |_| (rate, 20), 20), 1);
}

#[test]
fn none_is_added_to_a_full_path() {
    // The first connectivity check is before the first content.
    let mut striping = Striping::new(16);
    let start = Instant::now();
    for second in 0_u32..60 {
        let now = start + MEASURE * second;
        striping.on_sent(1_000_000, true, now);
        let round_trip = Duration::from_millis(if second < 1 { 20 } else { 45 });
        let limits = Limits { round_trip, ..PATH };
        striping.on_round_trip(Duration::from_millis(20));
        assert_eq!(striping.poll(limits, now), 0);
    }
}

#[test]
fn none_is_added_where_one_was_refused_until_the_path_is_another_one() {
    let mut striping = Striping::new(16);
    let start = Instant::now();
    let addresses = [[192, 0, 2, 1], [192, 0, 2, 2]].map(IpAddr::from);
    let mut added = [0, 0];
    for step in 0..4_000 {
        let now = start + Duration::from_millis(50) * step;
        let path = usize::from(step >= 2_000);
        let local = addresses[path];
        striping.on_sent(1_000_000, true, now);
        let limits = Limits {
            local: Some(local),
            ..PATH
        };
        let count = striping.poll(limits, now);
        added[path] += u32::from(count);
        for _ in 0..count {
            striping.on_refused(local);
        }
    }
    assert_eq!(added, [3, 3]);
    assert_eq!(striping.connections, 1);
}

#[test]
fn none_is_added_for_a_slow_disk() {
    let mut striping = Striping::new(16);
    let start = Instant::now();
    for step in 0..400 {
        let now = start + Duration::from_millis(50) * step;
        striping.on_sent(1_000_000, step % 4 == 0, now);
        assert_eq!(striping.poll(PATH, now), 0);
    }
}
