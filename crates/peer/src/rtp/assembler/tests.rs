use super::*;
use proptest::prelude::*;

fn frame(index: u32, keyframe: bool, size: usize) -> Bytes {
    let mut data = vec![u8::try_from(index % 251).unwrap(); size.max(1)];
    data[0] = u8::from(!keyframe);
    Bytes::from(data)
}

/// `count` frames of a stream that starts at `first`; a keyframe every `period`.
fn stream(first: u16, count: u32, period: u32) -> (Vec<Bytes>, Vec<Arrival>) {
    let mut frames = Vec::new();
    let mut arrivals = Vec::new();
    let mut sequence = first;
    for index in 0..count {
        let data = frame(index, index % period == 0, 40 + (index as usize * 37) % 400);
        let payloads = vp8::packetize(&data, 0, 104);
        let last = payloads.len() - 1;
        for (part, payload) in payloads.into_iter().enumerate() {
            arrivals.push(Arrival {
                sequence,
                timestamp: index * 3000,
                marker: part == last,
                payload,
            });
            sequence = sequence.wrapping_add(1);
        }
        frames.push(data);
    }
    (frames, arrivals)
}

fn padding(sequence: u16) -> Arrival {
    Arrival {
        sequence,
        timestamp: 0,
        marker: false,
        payload: Bytes::new(),
    }
}

#[test]
fn a_retransmission_closes_the_gap_in_order() {
    let now = Instant::now();
    let (frames, mut arrivals) = stream(65_530, 6, 100);
    let lost = arrivals.remove(3);
    let mut assembler = Assembler::default();
    let mut out: Vec<Assembled> = arrivals
        .into_iter()
        .flat_map(|arrival| assembler.push(arrival, now))
        .collect();
    assert!(out.len() < frames.len());
    out.extend(assembler.push(lost, now));
    assert_eq!(
        out.into_iter().map(|frame| frame.data).collect::<Vec<_>>(),
        frames
    );
}

#[test]
fn a_keyframe_beyond_the_gap_ends_the_wait() {
    let now = Instant::now();
    let (frames, mut arrivals) = stream(9, 8, 4);
    arrivals.remove(2);
    let mut assembler = Assembler::default();
    let out: Vec<Assembled> = arrivals
        .into_iter()
        .flat_map(|arrival| assembler.push(arrival, now))
        .collect();
    assert_eq!(out.last().unwrap().data, *frames.last().unwrap());
    assert!(
        out.iter()
            .find(|frame| frame.timestamp == 4 * 3000)
            .unwrap()
            .keyframe
    );
}

#[test]
fn a_gap_asks_for_a_keyframe_after_its_patience_and_not_in_a_storm() {
    let mut now = Instant::now();
    let (_, mut arrivals) = stream(9, 8, 100);
    arrivals.retain(|arrival| arrival.timestamp != 3000);
    let mut assembler = Assembler::default();
    for arrival in arrivals {
        assembler.push(arrival, now);
    }
    assert!(!assembler.wants_keyframe(now));
    now += PATIENCE;
    assert!(assembler.wants_keyframe(now));
    assert!(!assembler.wants_keyframe(now + Duration::from_millis(499)));
    assert!(assembler.wants_keyframe(now + REQUEST_INTERVAL));
}

#[test]
fn joining_in_the_middle_asks_at_once() {
    let now = Instant::now();
    let (_, arrivals) = stream(9, 8, 100);
    let mut assembler = Assembler::default();
    let middle = arrivals
        .into_iter()
        .find(|arrival| arrival.timestamp == 3000)
        .unwrap();
    assert!(assembler.push(middle, now).is_empty());
    assert!(assembler.wants_keyframe(now));
}

#[test]
fn a_large_first_keyframe_on_its_way_is_not_asked_for_again() {
    let now = Instant::now();
    let payloads = vp8::packetize(&frame(0, true, 900), 0, 104);
    let mut assembler = Assembler::default();
    assembler.push(
        Arrival {
            sequence: 1,
            timestamp: 0,
            marker: false,
            payload: payloads[0].clone(),
        },
        now,
    );
    assert!(!assembler.wants_keyframe(now + Duration::from_secs(1)));
}

#[test]
fn padding_between_frames_is_no_gap() {
    let now = Instant::now();
    let mut assembler = Assembler::default();
    let (frames, arrivals) = stream(0, 2, 100);
    let mut out = Vec::new();
    let mut shift = 0;
    for mut arrival in arrivals {
        if arrival.timestamp != 0 && shift == 0 {
            for _ in 0..3 {
                out.extend(assembler.push(padding(arrival.sequence + shift), now));
                shift += 1;
            }
        }
        arrival.sequence += shift;
        out.extend(assembler.push(arrival, now));
    }
    assert_eq!(out.len(), frames.len());
}

#[test]
fn a_sender_that_begins_anew_is_followed() {
    let now = Instant::now();
    let mut assembler = Assembler::default();
    let (_, first) = stream(0, 3, 100);
    let (frames, second) = stream(30_000, 3, 100);
    for arrival in first {
        assembler.push(arrival, now);
    }
    let out: Vec<Assembled> = second
        .into_iter()
        .flat_map(|arrival| assembler.push(arrival, now))
        .collect();
    assert_eq!(out.len(), frames.len());
}

#[test]
fn what_is_held_is_bounded() {
    let now = Instant::now();
    let mut assembler = Assembler::default();
    for sequence in 0..4000u16 {
        let payload = vp8::packetize(&frame(0, false, 10), 0, 104).remove(0);
        assembler.push(
            Arrival {
                sequence: sequence.wrapping_mul(2),
                timestamp: 0,
                marker: false,
                payload,
            },
            now,
        );
        assert!(assembler.held.len() <= MAX_PACKETS);
    }
}

proptest! {
    /// Whatever is lost, doubled or late: no frame comes out damaged, twice or out of order, and no frame
    /// comes out whose predecessor did not, unless it is a keyframe.
    #[test]
    fn only_whole_frames_in_decoding_order(
        first: u16,
        shuffle in prop::collection::vec((0usize..12, 0u8..10, any::<bool>()), 400),
    ) {
        let now = Instant::now();
        let (frames, arrivals) = stream(first, 60, 13);
        let mut queue: Vec<(usize, Arrival)> = Vec::new();
        for (index, arrival) in arrivals.into_iter().enumerate() {
            let (late, luck, double) = shuffle[index % shuffle.len()];
            if luck == 0 { continue; }
            if double { queue.push((index + late, arrival.clone())); }
            queue.push((index + (late / 4), arrival));
        }
        queue.sort_by_key(|(at, _)| *at);
        let mut assembler = Assembler::default();
        let mut last: Option<u32> = None;
        for (_, arrival) in queue {
            for out in assembler.push(arrival, now) {
                let index = out.timestamp / 3000;
                prop_assert_eq!(&out.data, &frames[index as usize]);
                prop_assert_eq!(out.keyframe, index % 13 == 0);
                prop_assert!(out.keyframe || last == Some(index - 1));
                prop_assert!(last.is_none_or(|last| index > last));
                last = Some(index);
            }
        }
    }

    #[test]
    fn junk_never_panics_and_stays_bounded(
        junk in prop::collection::vec((any::<u16>(), any::<u32>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..20)), 0..400),
    ) {
        let mut now = Instant::now();
        let mut assembler = Assembler::default();
        for (sequence, timestamp, marker, payload) in junk {
            assembler.push(Arrival { sequence, timestamp, marker, payload: Bytes::from(payload) }, now);
            now += Duration::from_millis(7);
            assembler.wants_keyframe(now);
            prop_assert!(assembler.held.len() <= MAX_PACKETS);
        }
        prop_assert!(assembler.malformed() <= 400);
    }
}
