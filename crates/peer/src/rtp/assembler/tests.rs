use super::*;
use proptest::prelude::*;

fn frame(index: u32, keyframe: bool, size: usize) -> Bytes {
    let mut data = vec![u8::try_from(index % 251).unwrap(); size.max(1)];
    data[0] = u8::from(!keyframe);
    Bytes::from(data)
}

/// `count` frames of a stream whose first sequence number is `first`; a keyframe every `period`.
fn stream(first: u16, count: u32, period: u32) -> (Vec<Bytes>, Vec<ReceivedPacket>) {
    let mut frames = Vec::new();
    let mut packets = Vec::new();
    let mut sequence = first;
    for index in 0..count {
        let data = frame(index, index % period == 0, 40 + (index as usize * 37) % 400);
        let payloads = vp8::packetize(&data, 0, 104);
        let last = payloads.len() - 1;
        for (part, payload) in payloads.into_iter().enumerate() {
            packets.push(ReceivedPacket {
                sequence,
                timestamp: index * 3000,
                marker: part == last,
                payload,
            });
            sequence = sequence.wrapping_add(1);
        }
        frames.push(data);
    }
    (frames, packets)
}

fn padding(sequence: u16) -> ReceivedPacket {
    ReceivedPacket {
        sequence,
        timestamp: 0,
        marker: false,
        payload: Bytes::new(),
    }
}

#[test]
fn a_retransmission_closes_the_gap_in_order() {
    let now = Instant::now();
    let (frames, mut packets) = stream(65_530, 6, 100);
    let lost = packets.remove(3);
    let mut assembler = Assembler::default();
    let mut out: Vec<AssembledFrame> = packets
        .into_iter()
        .flat_map(|packet| assembler.push(packet, now))
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
    let (frames, mut packets) = stream(9, 8, 4);
    packets.remove(2);
    let mut assembler = Assembler::default();
    let out: Vec<AssembledFrame> = packets
        .into_iter()
        .flat_map(|packet| assembler.push(packet, now))
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
fn a_gap_requests_a_keyframe_after_a_wait_and_then_at_intervals() {
    let mut now = Instant::now();
    let (_, mut packets) = stream(9, 8, 100);
    packets.retain(|packet| packet.timestamp != 3000);
    let mut assembler = Assembler::default();
    for packet in packets {
        assembler.push(packet, now);
    }
    assert!(!assembler.needs_keyframe(now));
    now += KEYFRAME_WAIT;
    assert!(assembler.needs_keyframe(now));
    assert!(!assembler.needs_keyframe(now + Duration::from_millis(499)));
    assert!(assembler.needs_keyframe(now + REQUEST_INTERVAL));
}

#[test]
fn a_stream_that_begins_without_a_keyframe_requests_one_at_once() {
    let now = Instant::now();
    let (_, packets) = stream(9, 8, 100);
    let mut assembler = Assembler::default();
    let middle = packets
        .into_iter()
        .find(|packet| packet.timestamp == 3000)
        .unwrap();
    assert!(assembler.push(middle, now).is_empty());
    assert!(assembler.needs_keyframe(now));
}

#[test]
fn a_first_keyframe_that_is_still_arriving_is_not_requested() {
    let now = Instant::now();
    let payloads = vp8::packetize(&frame(0, true, 900), 0, 104);
    let mut assembler = Assembler::default();
    assembler.push(
        ReceivedPacket {
            sequence: 1,
            timestamp: 0,
            marker: false,
            payload: payloads[0].clone(),
        },
        now,
    );
    assert!(!assembler.needs_keyframe(now + Duration::from_secs(1)));
}

#[test]
fn padding_between_frames_is_not_a_gap() {
    let now = Instant::now();
    let mut assembler = Assembler::default();
    let (frames, packets) = stream(0, 2, 100);
    let mut out = Vec::new();
    let mut shift = 0;
    for mut packet in packets {
        if packet.timestamp != 0 && shift == 0 {
            for _ in 0..3 {
                out.extend(assembler.push(padding(packet.sequence + shift), now));
                shift += 1;
            }
        }
        packet.sequence += shift;
        out.extend(assembler.push(packet, now));
    }
    assert_eq!(out.len(), frames.len());
}

#[test]
fn a_sender_that_restarts_is_followed() {
    let now = Instant::now();
    let mut assembler = Assembler::default();
    let (_, first) = stream(0, 3, 100);
    let (frames, second) = stream(30_000, 3, 100);
    for packet in first {
        assembler.push(packet, now);
    }
    let out: Vec<AssembledFrame> = second
        .into_iter()
        .flat_map(|packet| assembler.push(packet, now))
        .collect();
    assert_eq!(out.len(), frames.len());
}

#[test]
fn the_buffer_is_bounded() {
    let now = Instant::now();
    let mut assembler = Assembler::default();
    for sequence in 0..4000u16 {
        let payload = vp8::packetize(&frame(0, false, 10), 0, 104).remove(0);
        assembler.push(
            ReceivedPacket {
                sequence: sequence.wrapping_mul(2),
                timestamp: 0,
                marker: false,
                payload,
            },
            now,
        );
        assert!(assembler.packets.len() <= MAX_PACKETS);
    }
}

proptest! {
    /// Under loss, duplication and reordering: no frame is damaged, duplicated or out of order, and every delta frame
    /// follows its predecessor.
    #[test]
    fn only_whole_frames_in_decoding_order(
        first: u16,
        shuffle in prop::collection::vec((0usize..12, 0u8..10, any::<bool>()), 400),
    ) {
        let now = Instant::now();
        let (frames, packets) = stream(first, 60, 13);
        let mut queue: Vec<(usize, ReceivedPacket)> = Vec::new();
        for (index, packet) in packets.into_iter().enumerate() {
            let (late, luck, double) = shuffle[index % shuffle.len()];
            if luck == 0 { continue; }
            if double { queue.push((index + late, packet.clone())); }
            queue.push((index + (late / 4), packet));
        }
        queue.sort_by_key(|(at, _)| *at);
        let mut assembler = Assembler::default();
        let mut last: Option<u32> = None;
        for (_, packet) in queue {
            for out in assembler.push(packet, now) {
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
            assembler.push(ReceivedPacket { sequence, timestamp, marker, payload: Bytes::from(payload) }, now);
            now += Duration::from_millis(7);
            assembler.needs_keyframe(now);
            prop_assert!(assembler.packets.len() <= MAX_PACKETS);
        }
        prop_assert!(assembler.malformed() <= 400);
    }
}
