//! Choosing, plugging and unplugging devices, and devices that cannot be opened.

mod support;

use maru_sound::{
    DEFAULT, DeviceKind, Event, SoundErrorCode,
    mock::{HEADSET, MICROPHONE, SPEAKER},
};
use support::{Forwarder, frame, mock, next, start, until, until_played};

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
async fn every_opened_microphone_has_its_own_number() {
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
        Event::AudioFrame {
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
    // On the same time line: later, by less than the minute this test may take.
    assert!(after.wrapping_sub(before) < 60 * 48_000);
    let gone = sound
        .open_microphone(Some("mock:missing".to_owned()))
        .await
        .expect("the default in its place");
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
async fn a_failed_opening_has_a_code_and_changes_nothing() {
    let (sound, mut events) = start();
    let opened = sound.open_microphone(None).await.expect("a microphone");
    for code in [SoundErrorCode::Denied, SoundErrorCode::Failed] {
        mock(&sound).set_open_error(HEADSET, Some(code));
        let error = sound
            .open_microphone(Some(HEADSET.to_owned()))
            .await
            .expect_err("refused");
        assert_eq!(error.code, code);
        assert_eq!(frame(&mut events).await.0, opened.microphone);
        until("the loudspeaker is open", || {
            !mock(&sound).take_played().is_empty()
        })
        .await;
        let error = sound
            .set_speaker(Some(HEADSET.to_owned()))
            .await
            .expect_err("refused");
        assert_eq!(error.code, code);
    }
    // A busy device may be in use by us: the microphone is closed for a second attempt.
    mock(&sound).set_open_error(HEADSET, Some(SoundErrorCode::Busy));
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
async fn an_unplugged_microphone_is_replaced_by_the_default() {
    let (sound, mut events) = start();
    let opened = sound
        .open_microphone(Some(HEADSET.to_owned()))
        .await
        .expect("a microphone");
    frame(&mut events).await;
    mock(&sound).unplug(HEADSET);
    until("the device is replaced", || {
        sound.counts().devices_replaced > 0
    })
    .await;
    // More frames than can be queued, so that some are from the new device.
    for _ in 0..60 {
        assert_eq!(frame(&mut events).await.0, opened.microphone);
    }
    mock(&sound).unplug(MICROPHONE);
    let ended = next(&mut events, |event| match event {
        Event::MicrophoneEnded { microphone } => Some(microphone),
        _ => None,
    })
    .await;
    assert_eq!(ended, opened.microphone);
    let error = sound
        .open_microphone(None)
        .await
        .expect_err("no microphone left");
    assert_eq!(error.code, SoundErrorCode::Missing);
}

#[tokio::test]
async fn changes_are_reported_after_listing_devices() {
    let (sound, mut events) = start();
    let before = sound.devices().await.len();
    mock(&sound).unplug(HEADSET);
    let changed = |event| (event == Event::DevicesChanged).then_some(());
    next(&mut events, changed).await;
    assert_eq!(sound.devices().await.len(), before - 2);
}

#[tokio::test]
async fn the_default_is_followed_and_a_chosen_device_is_kept() {
    let (sound, mut events) = start();
    sound.open_microphone(None).await.expect("a microphone");
    frame(&mut events).await;
    until("the loudspeaker is open", || {
        !mock(&sound).take_played().is_empty()
    })
    .await;
    mock(&sound).plug(HEADSET);
    until("both follow", || sound.counts().devices_replaced == 2).await;
    // The old devices are no longer in use.
    mock(&sound).unplug(MICROPHONE);
    mock(&sound).unplug(SPEAKER);
    let _old = mock(&sound).take_played();
    until("the new loudspeaker plays", || {
        !mock(&sound).take_played().is_empty()
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
    mock(&sound).plug(MICROPHONE);
    mock(&sound).plug(SPEAKER);
    let changed = |event| (event == Event::DevicesChanged).then_some(());
    next(&mut events, changed).await;
    for _ in 0..60 {
        frame(&mut events).await;
    }
    assert_eq!(sound.counts().devices_replaced, 2, "chosen, not followed");
}

#[tokio::test]
async fn without_a_loudspeaker_streams_continue_until_there_is_one() {
    let ((here, here_events), (there, _there_events)) = (start(), start());
    mock(&there).unplug(SPEAKER);
    mock(&there).unplug(HEADSET);
    there.add_stream(2);
    let _forwarder = Forwarder::new(here_events, &there, 2);
    here.open_microphone(None).await.expect("a microphone");
    until("packets are consumed without a loudspeaker", || {
        there
            .stream_stats(2)
            .is_some_and(|stats| stats.mixer.jitter_buffer.played_packets > 50)
    })
    .await;
    assert!(mock(&there).take_played().is_empty());
    assert_eq!(there.counts().packets_dropped, 0);
    mock(&there).plug(SPEAKER);
    until_played(&there, "a loudspeaker is plugged in", true).await;
    mock(&there).plug(HEADSET);
    mock(&there).unplug(SPEAKER);
    until_played(&there, "the other one takes over", true).await;
}
