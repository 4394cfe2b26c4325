//! Choosing, unplugging and losing devices.

mod support;

use maru_sound::{
    DEFAULT, DeviceKind, Event, SoundErrorCode,
    mock::{HEADSET, MICROPHONE, SPEAKER},
};
use support::{Wire, frame, next, start, until, until_heard, world};

#[tokio::test]
async fn the_list_has_the_default_first() {
    let (sound, _events) = start();
    let devices = sound.devices().await;
    let ids = |kind| {
        let of_kind = devices.iter().filter(move |device| device.kind == kind);
        of_kind.map(|device| device.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(ids(DeviceKind::Microphone), [DEFAULT, MICROPHONE, HEADSET]);
    assert_eq!(ids(DeviceKind::Speaker), [DEFAULT, SPEAKER, HEADSET]);
    assert!(devices.iter().all(|device| !device.label.is_empty()));
}

#[tokio::test]
async fn every_use_of_a_microphone_has_its_own_number() {
    let (sound, mut events) = start();
    let first = sound.open_microphone(None).await.expect("a microphone");
    assert_eq!(first.id, None);
    let (number, before) = frame(&mut events).await;
    assert_eq!(number, first.microphone);
    let second = sound
        .open_microphone(Some(HEADSET.to_owned()))
        .await
        .expect("a microphone");
    assert_ne!(second.microphone, first.microphone);
    assert_eq!(second.id.as_deref(), Some(HEADSET));
    sound.close_microphone(first.microphone);
    let after = next(&mut events, |event| match event {
        Event::Voice {
            microphone,
            timestamp,
            after_silence,
            ..
        } if microphone == second.microphone => {
            assert!(after_silence, "its first frame");
            Some(timestamp)
        }
        _ => None,
    })
    .await;
    // One time line: later, and by less than the minute this test may take.
    assert!(after.wrapping_sub(before) < 60 * 48_000);
    let gone = sound
        .open_microphone(Some("mock:lost in the post".to_owned()))
        .await
        .expect("the default instead");
    assert_eq!(gone.id, None);
    sound.close_microphone(gone.microphone);
    until("closed", || sound.levels().input <= -96.0).await;
    let again = sound
        .open_microphone(Some(DEFAULT.to_owned()))
        .await
        .expect("a microphone");
    assert_eq!(again.id, None);
    assert!(again.microphone > gone.microphone);
}

#[tokio::test]
async fn a_refusal_says_why_and_changes_nothing() {
    let (sound, mut events) = start();
    let opened = sound.open_microphone(None).await.expect("a microphone");
    for code in [SoundErrorCode::Denied, SoundErrorCode::Failed] {
        world(&sound).refuse(HEADSET, Some(code));
        let error = sound
            .open_microphone(Some(HEADSET.to_owned()))
            .await
            .expect_err("refused");
        assert_eq!(error.code, code);
        assert_eq!(frame(&mut events).await.0, opened.microphone);
        until("the loudspeaker is open", || {
            !world(&sound).take_heard().is_empty()
        })
        .await;
        let error = sound
            .set_speaker(Some(HEADSET.to_owned()))
            .await
            .expect_err("refused");
        assert_eq!(error.code, code);
    }
    // What is busy may be so because of us: the one in use makes way for the attempt.
    world(&sound).refuse(HEADSET, Some(SoundErrorCode::Busy));
    let error = sound
        .open_microphone(Some(HEADSET.to_owned()))
        .await
        .expect_err("busy");
    assert_eq!(error.code, SoundErrorCode::Busy);
    let ended = next(&mut events, |event| match event {
        Event::MicrophoneEnded { microphone } => Some(microphone),
        _ => None,
    })
    .await;
    assert_eq!(ended, opened.microphone);
}

#[tokio::test]
async fn another_takes_the_place_of_a_microphone_that_is_pulled_out() {
    let (sound, mut events) = start();
    let opened = sound
        .open_microphone(Some(HEADSET.to_owned()))
        .await
        .expect("a microphone");
    frame(&mut events).await;
    world(&sound).unplug(HEADSET);
    until("another is used", || sound.counts().devices_replaced > 0).await;
    // A frame of the new one: half a second of old ones may wait at most.
    for _ in 0..60 {
        assert_eq!(frame(&mut events).await.0, opened.microphone);
    }
    world(&sound).unplug(MICROPHONE);
    let ended = next(&mut events, |event| match event {
        Event::MicrophoneEnded { microphone } => Some(microphone),
        _ => None,
    })
    .await;
    assert_eq!(ended, opened.microphone);
    let error = sound.open_microphone(None).await.expect_err("none is left");
    assert_eq!(error.code, SoundErrorCode::Missing);
}

#[tokio::test]
async fn who_asked_for_the_list_hears_of_changes() {
    let (sound, mut events) = start();
    let before = sound.devices().await.len();
    world(&sound).unplug(HEADSET);
    let changed = |event| (event == Event::DevicesChanged).then_some(());
    next(&mut events, changed).await;
    assert_eq!(sound.devices().await.len(), before - 2);
}

#[tokio::test]
async fn the_default_is_followed_and_a_choice_is_kept() {
    let (sound, mut events) = start();
    sound.open_microphone(None).await.expect("a microphone");
    frame(&mut events).await;
    until("the loudspeaker is open", || {
        !world(&sound).take_heard().is_empty()
    })
    .await;
    world(&sound).plug(HEADSET);
    until("both follow", || sound.counts().devices_replaced == 2).await;
    // Nothing depends on the old ones any more.
    world(&sound).unplug(MICROPHONE);
    world(&sound).unplug(SPEAKER);
    let _old = world(&sound).take_heard();
    until("the new loudspeaker plays", || {
        !world(&sound).take_heard().is_empty()
    })
    .await;
    for _ in 0..60 {
        frame(&mut events).await;
    }
    assert_eq!(sound.counts().devices_replaced, 2);

    sound
        .open_microphone(Some(HEADSET.to_owned()))
        .await
        .expect("a microphone");
    sound
        .set_speaker(Some(HEADSET.to_owned()))
        .await
        .expect("a loudspeaker");
    world(&sound).plug(MICROPHONE);
    world(&sound).plug(SPEAKER);
    let changed = |event| (event == Event::DevicesChanged).then_some(());
    next(&mut events, changed).await;
    for _ in 0..60 {
        frame(&mut events).await;
    }
    assert_eq!(sound.counts().devices_replaced, 2, "chosen, not followed");
}

#[tokio::test]
async fn without_a_loudspeaker_voices_go_on_until_there_is_one() {
    let ((here, here_events), (there, _there_events)) = (start(), start());
    world(&there).unplug(SPEAKER);
    world(&there).unplug(HEADSET);
    there.add_voice(2);
    let _wire = Wire::new(here_events, &there, 2);
    here.open_microphone(None).await.expect("a microphone");
    until("packets are played to nobody", || {
        there
            .report(2)
            .is_some_and(|report| report.voice.jitter_buffer.played_packets > 50)
    })
    .await;
    assert!(world(&there).take_heard().is_empty());
    assert_eq!(there.counts().packets_dropped, 0);
    world(&there).plug(SPEAKER);
    until_heard(&there, "a loudspeaker at last", true).await;
    world(&there).plug(HEADSET);
    world(&there).unplug(SPEAKER);
    until_heard(&there, "the other one takes over", true).await;
}
