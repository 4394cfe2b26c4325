//! Made-up devices: what a machine without a sound card, and every test, calls with.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

use std::time::{Duration, Instant};

use maru_audio::Packet;
use maru_sound::{Config, Event, Events, Sound};

const PATIENCE: Duration = Duration::from_secs(30);

fn sound() -> (Sound, Events) {
    Sound::start(Config { mock: true })
}

/// Gives the packets of one to another until `done`.
async fn call(events: &mut Events, to: &Sound, voice: u32, done: impl Fn(&Sound) -> bool) {
    let mut sequence = 0_u16;
    tokio::time::timeout(PATIENCE, async {
        while !done(to) {
            let Some(Event::Voice {
                payload, timestamp, ..
            }) = events.next().await
            else {
                continue;
            };
            let packet = Packet::new(sequence, timestamp, payload.to_vec()).unwrap();
            sequence = sequence.wrapping_add(1);
            to.push(voice, Instant::now(), packet);
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn who_speaks_is_heard_by_the_other() {
    let (one, mut packets) = sound();
    let (two, _) = sound();
    one.open_microphone(None).await.unwrap();
    two.add_voice(3);
    call(&mut packets, &two, 3, |two| {
        two.report(3)
            .is_some_and(|voice| voice.level > -40.0 && voice.delay.is_some())
    })
    .await;
    assert_eq!(two.levels().voices.len(), 1);
    two.remove_voice(3);
    until(|| two.report(3).is_none() || two.levels().voices.is_empty()).await;
}

#[tokio::test]
async fn who_is_muted_is_metered_but_sends_nothing_to_hear() {
    let (one, mut packets) = sound();
    let opened = one.open_microphone(None).await.unwrap();
    one.set_muted(opened.microphone, true);
    until(|| one.levels().input > -40.0 && one.levels().microphone < -90.0).await;
    // What is still on its way is from before.
    let (two, _) = sound();
    two.add_voice(1);
    let begin = Instant::now();
    let mut loudest = f32::MIN;
    while begin.elapsed() < Duration::from_secs(2) {
        let next = tokio::time::timeout(Duration::from_millis(100), packets.next()).await;
        if let Ok(Some(Event::Voice {
            payload, timestamp, ..
        })) = next
            && begin.elapsed() > Duration::from_secs(1)
        {
            two.push(
                1,
                Instant::now(),
                Packet::new(0, timestamp, payload.to_vec()).unwrap(),
            );
        }
        loudest = loudest.max(two.report(1).map_or(f32::MIN, |voice| voice.level));
    }
    assert!(loudest < -60.0, "{loudest} dBFS");
}

#[tokio::test]
async fn each_microphone_has_its_number_and_an_old_one_closes_nothing() {
    let (sound, _events) = sound();
    let first = sound.open_microphone(None).await.unwrap();
    let second = sound.open_microphone(None).await.unwrap();
    assert_ne!(first.microphone, second.microphone);
    sound.close_microphone(first.microphone);
    until(|| sound.levels().input > -40.0).await;
    sound.close_microphone(second.microphone);
    until(|| sound.levels().input < -90.0).await;
}

#[tokio::test]
async fn when_the_last_handle_goes_so_does_the_thread() {
    let (sound, mut events) = sound();
    let other = sound.clone();
    drop(sound);
    other.open_microphone(None).await.unwrap();
    drop(other);
    tokio::time::timeout(PATIENCE, async { while events.next().await.is_some() {} })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_flood_of_packets_is_bounded() {
    let (sound, _events) = sound();
    sound.add_voice(1);
    // Opus for "nothing", and more of it than a day has.
    for sequence in 0..100_000_u32 {
        #[expect(clippy::cast_possible_truncation, reason = "wraps, as RTP does")]
        let packet = Packet::new(sequence as u16, sequence * 960, vec![0xf8, 0xff, 0xfe]).unwrap();
        sound.push(1, Instant::now(), packet);
    }
    until(|| sound.report(1).is_some()).await;
}

/// Waits on a condition that another thread brings about.
async fn until(holds: impl Fn() -> bool) {
    tokio::time::timeout(PATIENCE, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
}
