//! The packet parser compared with libopus on valid and invalid packets, and the codec.

mod support;

use maru_audio::{
    DecodeRequest, Packet,
    codec::{CodecError, Decoder, Encoded, Encoder, EncoderSettings, FRAME},
    toc::{InvalidPacket, MAX_PACKET_SAMPLES, PacketInfo},
};
use proptest::prelude::*;
use support::speech::speech;

/// Samples in the packet according to libopus; `None` where it cannot parse it.
fn libopus(packet: &[u8]) -> Option<usize> {
    opus::packet::parse(packet).ok()?;
    opus::packet::get_nb_samples(packet, 48_000).ok()
}

fn assert_agrees(packet: &[u8]) {
    let parsed = PacketInfo::parse(packet).ok();
    assert_eq!(
        parsed.map(|info| info.duration as usize),
        libopus(packet),
        "{packet:02x?}"
    );
    if let Some(info) = parsed {
        assert_eq!(
            usize::from(info.frames),
            opus::packet::get_nb_frames(packet).expect("valid")
        );
        assert!(info.duration <= MAX_PACKET_SAMPLES);
    }
}

#[test]
fn every_toc_and_frame_count_byte_is_parsed_as_by_libopus() {
    for toc in 0..=255u8 {
        assert_agrees(&[toc]);
        for second in 0..=255u8 {
            assert_agrees(&[toc, second]);
            for length in [
                1, 2, 11, 12, 60, 251, 252, 253, 254, 600, 1275, 1276, 1277, 2550, 2551, 2552,
            ] {
                let mut packet = vec![toc, second];
                packet.resize(2 + length, 0x5a);
                assert_agrees(&packet);
            }
        }
    }
}

#[test]
fn padding_is_excluded() {
    for padding in [0, 1, 253, 254, 255, 256, 508, 509, 510, 800] {
        for toc in [0x4b, 0x7b, 0xfb, 0xff] {
            for count in [0x41, 0x42, 0xc2, 0xc3, 0x46] {
                let mut packet = vec![toc, count];
                packet.extend(std::iter::repeat_n(255, padding / 254));
                packet.push(u8::try_from(padding % 254).expect("below 254"));
                packet.resize(packet.len() + 40 + padding, 7);
                assert_agrees(&packet);
            }
        }
    }
    assert_eq!(
        PacketInfo::parse(&[0xfb, 0x41, 200, 1, 2]),
        Err(InvalidPacket::Truncated)
    );
}

#[test]
fn errors_name_the_violation() {
    assert_eq!(PacketInfo::parse(&[]), Err(InvalidPacket::Empty));
    assert_eq!(
        PacketInfo::parse(&[0x79, 1, 2, 3]),
        Err(InvalidPacket::Uneven {
            bytes: 3,
            frames: 2
        })
    );
    assert_eq!(PacketInfo::parse(&[0x7b]), Err(InvalidPacket::Truncated));
    assert_eq!(
        PacketInfo::parse(&[0x7b, 0]),
        Err(InvalidPacket::FrameCount(0))
    );
    assert_eq!(
        PacketInfo::parse(&[0x7b, 7]),
        Err(InvalidPacket::FrameCount(7)),
        "140 ms"
    );
    assert_eq!(
        PacketInfo::parse(&[0x78; 1300]),
        Err(InvalidPacket::FrameTooLong(1299))
    );
    assert_eq!(
        PacketInfo::parse(&[0x7a, 9, 1, 2]),
        Err(InvalidPacket::Truncated)
    );
    assert!(Packet::new(1, 2, vec![]).is_err());
}

/// A vowel-like signal, loud enough to be encoded as speech.
fn vowel(frame: usize, channels: usize, samples: usize) -> Vec<f32> {
    (0..samples)
        .flat_map(|index| {
            let at =
                f32::from(u16::try_from((frame * samples + index) % 48_000).expect("below 48,000"))
                    / 48_000.0;
            let sample: f32 = [1.0f32, 2.0, 3.0, 4.0, 5.0]
                .iter()
                .map(|partial| (at * 150.0 * partial * std::f32::consts::TAU).sin() / partial)
                .sum();
            std::iter::repeat_n(sample * 0.2, channels)
        })
        .collect()
}

#[test]
fn fec_is_detected_exactly_where_the_encoder_adds_it() {
    // A packet has FEC if and only if it recovers audible samples of the packet before it. (Otherwise libopus
    // conceals, and a new decoder conceals with silence.)
    for (fec, channels, samples) in [
        (true, 1, 960),
        (true, 2, 960),
        (true, 1, 1920),
        (true, 1, 2880),
        (true, 1, 480),
        (false, 1, 960),
    ] {
        let layout = if channels == 2 {
            opus::Channels::Stereo
        } else {
            opus::Channels::Mono
        };
        let mut encoder =
            opus::Encoder::new(48_000, layout, opus::Application::Voip).expect("an encoder");
        encoder.set_inband_fec(fec).expect("fec");
        encoder.set_packet_loss_perc(20).expect("loss");
        encoder
            .set_bitrate(opus::Bitrate::Bits(if channels == 2 {
                56_000
            } else {
                32_000
            }))
            .expect("bitrate");
        encoder.set_signal(opus::Signal::Voice).expect("signal");
        let mut seen = 0;
        let mut protected = 0;
        for index in 0..60 {
            let packet = encoder
                .encode_vec_float(&vowel(index, channels, samples), 1275)
                .expect("a packet");
            assert_agrees(&packet);
            let info = PacketInfo::parse(&packet).expect("libopus's own packet");
            assert_eq!(info.duration as usize, samples);
            assert_eq!(info.stereo, channels == 2);
            let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).expect("a decoder");
            let mut out = vec![0.0; samples];
            decoder
                .decode_float(&packet, &mut out, true)
                .expect("recovered");
            let power = out.iter().map(|sample| sample * sample).sum::<f32>();
            assert_eq!(
                info.fec,
                power > 0.001,
                "frame {index} of {samples} samples, {channels} channels: {power}"
            );
            seen += usize::from(info.fec);
            protected += usize::from(power > 0.001);
        }
        assert_eq!(seen, protected);
        assert_eq!(
            seen > 0,
            fec,
            "{seen} of 60 packets of {samples} samples, {channels} channels"
        );
    }
}

#[test]
fn dtx_sends_two_packets_and_then_one_every_400_ms() {
    let mut encoder = Encoder::new(EncoderSettings::default()).expect("an encoder");
    let mut payload = Vec::new();
    let mut sent = Vec::new();
    for index in 0..200 {
        let frame = if index < 50 {
            vowel(index, 1, FRAME)
        } else {
            vec![0.0; FRAME]
        };
        if encoder.encode(&frame, &mut payload).expect("a frame") == Encoded::Packet {
            sent.push((index, PacketInfo::parse(&payload).expect("our own").dtx));
        }
    }
    assert!(
        sent.iter()
            .filter(|(index, _)| *index < 50)
            .all(|(_, dtx)| !dtx)
    );
    let quiet: Vec<_> = sent.iter().filter(|(index, _)| *index >= 62).collect();
    assert!(quiet.len() < 35, "{quiet:?}");
    assert!(
        sent.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 25),
        "a packet at least every half second: {sent:?}"
    );
    let dtx = sent.iter().filter(|(_, dtx)| *dtx).count();
    assert!((2..=20).contains(&dtx), "{dtx}");
}

/// Median correlation of lost frames (every tenth) with the original.
fn correlation_of_lost_frames(with_fec: bool) -> f32 {
    let mut encoder = Encoder::new(EncoderSettings {
        dtx: false,
        ..EncoderSettings::default()
    })
    .expect("an encoder");
    let (mut decoder, mut intact) = (
        Decoder::new().expect("a decoder"),
        Decoder::new().expect("a decoder"),
    );
    let mut payload = Vec::new();
    let (mut repaired, mut original) = (Vec::new(), Vec::new());
    let mut compared = Vec::new();
    for (index, frame) in speech(4, 20.0).chunks_exact(FRAME).enumerate() {
        encoder.encode(frame, &mut payload).expect("a frame");
        intact.decode(DecodeRequest::Decode(&payload), &mut original);
        if index % 10 == 5 {
            continue;
        }
        if index % 10 == 6 {
            let fec = PacketInfo::parse(&payload).expect("our own").fec;
            let request = if with_fec {
                DecodeRequest::DecodeFec {
                    payload: &payload,
                    samples: FRAME,
                }
            } else {
                DecodeRequest::Conceal { samples: FRAME }
            };
            decoder.decode(request, &mut repaired);
            if fec {
                compared.push((index - 1) * FRAME..index * FRAME);
            }
        }
        decoder.decode(DecodeRequest::Decode(&payload), &mut repaired);
    }
    assert_eq!(repaired.len(), original.len());
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let mut correlations: Vec<f32> = compared
        .into_iter()
        .map(|range| (&repaired[range.clone()], &original[range]))
        .map(|(one, other)| dot(one, other) / (dot(one, one) * dot(other, other)).sqrt().max(1e-9))
        .collect();
    assert!(correlations.len() > 50);
    correlations.sort_by(f32::total_cmp);
    correlations[correlations.len() / 2]
}

#[test]
fn fec_recovers_the_lost_frame() {
    let (fec, concealed) = (
        correlation_of_lost_frames(true),
        correlation_of_lost_frames(false),
    );
    println!("correlation of lost frames: {fec:.2} with FEC, {concealed:.2} concealed");
    assert!(fec > 0.8 && fec > concealed + 0.2, "{fec} {concealed}");
}

#[test]
fn settings_are_clamped() {
    let mut encoder = Encoder::new(EncoderSettings::default()).expect("an encoder");
    for bitrate in [0, 1000, 16_000, 128_000, u32::MAX] {
        for expected_loss in [0, 5, 100, 255] {
            encoder
                .configure(EncoderSettings {
                    bitrate,
                    complexity: 255,
                    expected_loss,
                    dtx: true,
                })
                .expect("clamped");
        }
    }
    assert_eq!(
        encoder.encode(&[0.0; 480], &mut Vec::new()),
        Err(CodecError::FrameLength(480))
    );
}

#[test]
fn the_default_bitrate_is_about_32_kbits() {
    let mut encoder = Encoder::new(EncoderSettings::default()).expect("an encoder");
    let mut payload = Vec::new();
    let mut bytes = 0;
    for index in 0..500 {
        encoder
            .encode(&vowel(index, 1, FRAME), &mut payload)
            .expect("a frame");
        bytes += payload.len();
    }
    let kbits = bytes * 8 / 10_000;
    assert!((24..=38).contains(&kbits), "{kbits} kbit/s");
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_parsed_as_by_libopus(packet in proptest::collection::vec(any::<u8>(), 0..400)) {
        assert_agrees(&packet);
    }

    #[test]
    fn arbitrary_payloads_are_decoded_or_concealed(packets in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..20)) {
        let mut decoder = Decoder::new().expect("a decoder");
        let mut out = Vec::new();
        for payload in &packets {
            out.clear();
            decoder.decode(DecodeRequest::Decode(payload), &mut out);
            prop_assert!(out.len() <= MAX_PACKET_SAMPLES as usize);
            out.clear();
            decoder.decode(DecodeRequest::DecodeFec { payload, samples: 960 }, &mut out);
            prop_assert_eq!(out.len(), 960);
            out.clear();
            decoder.decode(DecodeRequest::Conceal { samples: 1111 }, &mut out);
            prop_assert_eq!(out.len(), 1111);
            prop_assert!(out.iter().all(|sample| sample.is_finite()));
        }
    }
}
