//! A call in one process: two `Sound`s with mock devices that exchange their packets.

mod support;

use std::time::Instant;

use maru_audio::{level::FLOOR, processing::ProcessingSettings};
use support::{Forwarder, start, until, until_played};

#[tokio::test]
async fn audio_is_played_in_both_directions_and_measured() {
    let ((here, here_events), (there, there_events)) = (start(), start());
    assert!(here.add_stream(1) && there.add_stream(2));
    let _to_there = Forwarder::new(here_events, &there, 2);
    let _to_here = Forwarder::new(there_events, &here, 1);
    here.open_microphone(None).await.expect("a microphone");
    there.open_microphone(None).await.expect("a microphone");
    until_played(&here, "played here", true).await;
    until_played(&there, "played there", true).await;

    until("a hundred packets were played", || {
        here.stream_stats(1)
            .is_some_and(|stats| stats.mixer.jitter_buffer.played_packets > 100)
    })
    .await;
    let stats = here.stream_stats(1).expect("a stream");
    assert_eq!(stats.mixer.decode_errors, 0);
    assert_eq!(stats.mixer.jitter_buffer.rejected_packets, 0);
    assert!(
        here.stream_stats(2).is_none(),
        "the stream of the other side"
    );
    until("delay and audible timestamp are measured", || {
        here.stream_stats(1).is_some_and(|stats| {
            stats
                .delay_ms
                .is_some_and(|delay| (10.0..2000.0).contains(&delay))
                && stats.audible_timestamp(Instant::now()).is_some()
        })
    })
    .await;
    until("both input meters move", || {
        let levels = here.levels();
        levels.microphone > -50.0
            && levels.input == levels.microphone
            && levels.streams.len() == 1
            && levels.streams[0].0 == 1
    })
    .await;
    until("the meter of the stream moves", || {
        here.levels().streams[0].1 > -50.0
    })
    .await;
    here.remove_stream(1);
    until("the stream is removed", || {
        here.stream_stats(1).is_none() && here.levels().streams.is_empty()
    })
    .await;
    assert_eq!(here.counts().blocks_failed, 0);
}

#[tokio::test]
async fn mute_sends_silence_and_the_meter_continues() {
    let ((here, here_events), (there, _there_events)) = (start(), start());
    there.add_stream(2);
    let forwarder = Forwarder::new(here_events, &there, 2);
    let microphone = here
        .open_microphone(None)
        .await
        .expect("a microphone")
        .microphone;
    until_played(&there, "played before", true).await;

    here.set_muted(microphone, true);
    until_played(&there, "silence", false).await;
    until("the meters show silence sent and speech captured", || {
        let levels = here.levels();
        levels.microphone == FLOOR && levels.input > -50.0
    })
    .await;
    let before = forwarder.forwarded();
    until_played(&there, "still silence", false).await;
    let sent = forwarder.forwarded() - before;
    assert!(sent < 20, "silence costs {sent} packets a second");

    here.set_muted(microphone + 1, true);
    here.set_muted(microphone, false);
    until_played(&there, "played again", true).await;
}

#[tokio::test]
async fn processing_and_loss_can_change_during_a_call() {
    let ((here, here_events), (there, _there_events)) = (start(), start());
    there.add_stream(2);
    let _forwarder = Forwarder::new(here_events, &there, 2);
    here.open_microphone(None).await.expect("a microphone");
    let none = ProcessingSettings {
        echo_cancellation: false,
        noise_suppression: false,
        gain_control: false,
    };
    for (processing, loss) in [
        (none, 0.3),
        (
            ProcessingSettings {
                echo_cancellation: false,
                ..ProcessingSettings::default()
            },
            1.0,
        ),
        (ProcessingSettings::default(), f32::NAN),
    ] {
        here.set_processing(processing);
        here.set_loss(loss);
        until_played(&there, "played", true).await;
    }
    assert_eq!(here.counts().blocks_failed, 0);
}
