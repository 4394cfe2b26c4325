//! A browser reports the level of our audio, from the header extension (RFC 6464).
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use maru_audio::capture::CapturePipeline;
use maru_audio::codec::EncoderSettings;
use maru_audio::processing::ProcessingSettings;
use maru_peer::{AudioLevel, Kind, OutgoingFrame};
use support::browser::installed;
use support::browser_call::BrowserCall;
use support::soon;

/// Sends a tone, 20 ms at a time, until the page reports the expected level.
async fn send_tone(
    call: &mut BrowserCall,
    voice: &mut CapturePipeline,
    peak: f32,
    what: &str,
    is_expected: fn(f64) -> bool,
) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let track = call.track(Kind::Audio).clone();
    soon(what, async {
        while !call.level.flatten().is_some_and(is_expected) {
            call.level = None;
            call.browser.act("level").await;
            while call.level.is_none() {
                tokio::select! {
                    () = call.step() => {}
                    _ = ticks.tick() => {
                        for _ in 0..2 {
                            let mut block = tone(peak);
                            let Some(packet) = voice.process_capture(&mut block, Duration::ZERO).unwrap() else { continue };
                            track.write(OutgoingFrame {
                                data: packet.payload.to_vec().into(),
                                timestamp: packet.timestamp,
                                after_silence: packet.after_silence,
                                level: Some(AudioLevel {
                                    voice: packet.level.voice,
                                    minus_dbov: packet.level.minus_dbov,
                                }),
                            }).await.unwrap();
                        }
                    }
                }
            }
        }
    })
    .await;
}

/// 10 ms of 400 Hz.
fn tone(peak: f32) -> [f32; 480] {
    std::array::from_fn(|index| {
        let phase = std::f32::consts::TAU * f32::from(u16::try_from(index).unwrap()) / 120.0;
        peak * phase.sin()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_reports_our_audio_level() {
    let Some(path) = installed() else { return };
    let settings = ProcessingSettings {
        echo_cancellation: false,
        noise_suppression: false,
        gain_control: false,
    };
    let mut voice = CapturePipeline::new(settings, EncoderSettings::default()).unwrap();
    for we_offer in [true, false] {
        let mut call = BrowserCall::new(path.clone()).await;
        call.echoes = false;
        if we_offer {
            call.offer().await;
        } else {
            call.browser.act("media").await;
            call.browser.act("offer").await;
        }
        call.until("the connection", |call| call.page == "connected")
            .await;
        // A sine with this peak has a root mean square of 0.35, 9 dB below full scale.
        send_tone(&mut call, &mut voice, 0.5, "a loud tone", |level| {
            (0.3..0.4).contains(&level)
        })
        .await;
        send_tone(&mut call, &mut voice, 0.0, "silence", |level| level == 0.0).await;
        send_tone(&mut call, &mut voice, 0.05, "a soft tone", |level| {
            (0.03..0.04).contains(&level)
        })
        .await;
        call.end().await;
    }
}
