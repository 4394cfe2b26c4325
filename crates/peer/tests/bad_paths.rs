//! Calls over bad paths, in virtual time: limits for gaps, late audio and bitrate.

mod support;

use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{ConnectionState, Kind};
use support::call::{Call, Path};
use support::path::{Shared, route};
use support::{loopback, pair};

#[tokio::test(start_paused = true)]
async fn with_five_per_cent_loss_video_never_freezes_for_half_a_second() {
    let mut call = Call::over(Path {
        delay: 10,
        loss: 50,
        ..Path::default()
    })
    .await;
    call.run(5).await;
    let received = call.run(20).await;
    assert!(
        received.longest_gap < Duration::from_millis(500),
        "{received:?}"
    );
    assert!(received.frames_per_second > 28.0, "{received:?}");
    assert!(received.audio_in_time > 0.92, "{received:?}");
}

#[tokio::test(start_paused = true)]
async fn on_a_narrow_path_audio_arrives_in_time() {
    let mut call = Call::over(Path {
        rate: 700_000,
        delay: 10,
        ..Path::default()
    })
    .await;
    call.run(5).await;
    let received = call.run(20).await;
    assert!(received.audio_in_time > 0.99, "{received:?}");
    assert!(received.kilobits_per_second > 350.0, "{received:?}");
    assert!(
        received.longest_gap < Duration::from_millis(500),
        "{received:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn jitter_alone_does_not_reduce_the_bitrate() {
    let mut call = Call::over(Path {
        delay: 10,
        jitter: 80,
        ..Path::default()
    })
    .await;
    call.run(10).await;
    let received = call.run(10).await;
    assert!(received.kilobits_per_second > 1200.0, "{received:?}");
    assert!(
        received.longest_gap < Duration::from_millis(300),
        "{received:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_drop_of_capacity_and_its_end_are_followed() {
    let wide = Path {
        rate: 3_000_000,
        delay: 10,
        ..Path::default()
    };
    let mut call = Call::over(wide).await;
    call.run(15).await;
    call.path(Path {
        rate: 500_000,
        ..wide
    });
    // The narrow link's queue holds 300 ms; within three seconds the encoder has adapted.
    call.run(3).await;
    let narrow = call.run(10).await;
    assert!(
        narrow.estimate.iter().all(|bits| *bits < 700_000),
        "{narrow:?}"
    );
    assert!(narrow.audio_in_time > 0.97, "{narrow:?}");
    call.path(wide);
    let after = call.run(3).await;
    assert!(after.longest_gap < Duration::from_millis(500), "{after:?}");
    assert!(
        after.estimate.last().is_some_and(|bits| *bits > 1_500_000),
        "{after:?}"
    );
}

/// With a small picture, which uses less than half of the estimate.
#[tokio::test(start_paused = true)]
async fn a_drop_of_capacity_by_a_third_hardly_shows() {
    for phase in 0..4 {
        let wide = Path {
            rate: 3_000_000,
            delay: 10,
            ..Path::default()
        };
        let mut call = Call::over(wide).await;
        call.max_bitrate = 650_000.0;
        call.run(8).await;
        tokio::time::sleep(Duration::from_millis(37 * phase)).await;
        call.run(1).await;
        call.path(Path {
            rate: 500_000,
            ..wide
        });
        let received = call.run(10).await;
        assert!(
            received.longest_gap < Duration::from_millis(350),
            "{received:?}"
        );
        assert!(received.audio_in_time > 0.86, "{received:?}");
        assert!(received.keyframes_requested <= 2, "{received:?}");
        call.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn calls_are_established_at_twenty_per_cent_loss() {
    for seed in 0..12 {
        let conditions = Shared::new(
            Conditions {
                delay_ms: 10,
                loss: 0.2,
                ..Conditions::default()
            }
            .into(),
        );
        let route = route(&conditions, seed);
        let (mut one, mut two) = pair(loopback(), loopback(), Some(route)).await;
        one.peer.add_track(Kind::Audio).await.unwrap();
        one.ready();
        one.reaches(ConnectionState::Connected).await;
        two.reaches(ConnectionState::Connected).await;
        one.close().await;
        two.close().await;
    }
}
