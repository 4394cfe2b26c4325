//! A call in one process: two `Sound`s with made-up devices, joined by their packets.

mod support;

use std::time::Instant;

use maru_audio::{level::FLOOR, processing::ProcessingSettings};
use support::{Wire, start, until, until_heard};

#[tokio::test]
async fn sound_arrives_both_ways_and_is_reported() {
    let ((here, here_events), (there, there_events)) = (start(), start());
    assert!(here.add_voice(1) && there.add_voice(2));
    let _to_there = Wire::new(here_events, &there, 2);
    let _to_here = Wire::new(there_events, &here, 1);
    here.open_microphone(None).await.expect("a microphone");
    there.open_microphone(None).await.expect("a microphone");
    until_heard(&here, "heard here", true).await;
    until_heard(&there, "heard there", true).await;

    until("a hundred packets were played", || {
        here.report(1)
            .is_some_and(|report| report.voice.jitter_buffer.played_packets > 100)
    })
    .await;
    let report = here.report(1).expect("heard");
    assert_eq!(report.voice.decode_errors, 0);
    assert_eq!(report.voice.jitter_buffer.rejected_packets, 0);
    assert!(here.report(2).is_none(), "that is the other side's");
    until("it says how late it is, and what is in the air", || {
        here.report(1).is_some_and(|report| {
            report
                .delay_ms
                .is_some_and(|delay| (10.0..2000.0).contains(&delay))
                && report.audible(Instant::now()).is_some()
        })
    })
    .await;
    until("both meters move", || {
        let levels = here.levels();
        levels.microphone > -50.0
            && levels.input == levels.microphone
            && levels.voices.len() == 1
            && levels.voices[0].0 == 1
    })
    .await;
    until("the voice's meter moves", || {
        here.levels().voices[0].1 > -50.0
    })
    .await;
    here.remove_voice(1);
    until("the voice is forgotten", || {
        here.report(1).is_none() && here.levels().voices.is_empty()
    })
    .await;
    assert_eq!(here.counts().blocks_failed, 0);
}

#[tokio::test]
async fn mute_silences_but_goes_on_listening() {
    let ((here, here_events), (there, _there_events)) = (start(), start());
    there.add_voice(2);
    let wire = Wire::new(here_events, &there, 2);
    let microphone = here
        .open_microphone(None)
        .await
        .expect("a microphone")
        .microphone;
    until_heard(&there, "heard before", true).await;

    here.set_muted(microphone, true);
    until_heard(&there, "silence", false).await;
    until("the meter shows what is sent and what is said", || {
        let levels = here.levels();
        levels.microphone == FLOOR && levels.input > -50.0
    })
    .await;
    let before = wire.carried();
    until_heard(&there, "still silence", false).await;
    let sent = wire.carried() - before;
    assert!(sent < 20, "silence costs {sent} packets a second");

    here.set_muted(microphone + 1, true);
    here.set_muted(microphone, false);
    until_heard(&there, "heard again", true).await;
}

#[tokio::test]
async fn switches_and_loss_change_a_call_that_goes_on() {
    let ((here, here_events), (there, _there_events)) = (start(), start());
    there.add_voice(2);
    let _wire = Wire::new(here_events, &there, 2);
    here.open_microphone(None).await.expect("a microphone");
    let none = ProcessingSettings {
        echo_cancellation: false,
        noise_suppression: false,
        gain_control: false,
    };
    for (switches, loss) in [
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
        here.set_switches(switches);
        here.set_loss(loss);
        until_heard(&there, "heard", true).await;
    }
    assert_eq!(here.counts().blocks_failed, 0);
}
