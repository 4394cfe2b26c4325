//! Calls over bad paths, in virtual time: what a person would see and hear.

mod support;

use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{ConnectionState, Kind};
use support::call::{Call, Path};
use support::path::{Shared, route};
use support::{loopback, pair};

#[tokio::test(start_paused = true)]
async fn five_per_cent_of_loss_freezes_nothing_for_half_a_second() {
    let mut call = Call::over(Path {
        delay: 10,
        loss: 50,
        ..Path::default()
    })
    .await;
    call.run(5).await;
    let seen = call.run(20).await;
    assert!(seen.longest_gap < Duration::from_millis(500), "{seen:?}");
    assert!(seen.frames_per_second > 28.0, "{seen:?}");
    assert!(seen.sound_in_time > 0.92, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn sound_is_never_starved_by_a_narrow_path() {
    let mut call = Call::over(Path {
        rate: 700_000,
        delay: 10,
        ..Path::default()
    })
    .await;
    call.run(5).await;
    let seen = call.run(20).await;
    assert!(seen.sound_in_time > 0.99, "{seen:?}");
    assert!(seen.kilobits_per_second > 350.0, "{seen:?}");
    assert!(seen.longest_gap < Duration::from_millis(500), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn jitter_alone_costs_no_quality() {
    let mut call = Call::over(Path {
        delay: 10,
        jitter: 80,
        ..Path::default()
    })
    .await;
    call.run(10).await;
    let seen = call.run(10).await;
    assert!(seen.kilobits_per_second > 1200.0, "{seen:?}");
    assert!(seen.longest_gap < Duration::from_millis(300), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cut_is_followed_and_its_end_is_found() {
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
    // The queue of the narrow link holds 300 ms; within three seconds the encoder fits it.
    call.run(3).await;
    let narrow = call.run(10).await;
    assert!(
        narrow.estimate.iter().all(|bits| *bits < 700_000),
        "{narrow:?}"
    );
    assert!(narrow.sound_in_time > 0.97, "{narrow:?}");
    call.path(wide);
    let after = call.run(3).await;
    assert!(after.longest_gap < Duration::from_millis(500), "{after:?}");
    assert!(
        after.estimate.last().is_some_and(|bits| *bits > 1_500_000),
        "{after:?}"
    );
}

/// The picture of a small camera, which uses less than half of what the path was believed to carry.
#[tokio::test(start_paused = true)]
async fn a_cut_by_a_third_hardly_shows() {
    for phase in 0..4 {
        let wide = Path {
            rate: 3_000_000,
            delay: 10,
            ..Path::default()
        };
        let mut call = Call::over(wide).await;
        call.most = 650_000.0;
        call.run(8).await;
        tokio::time::sleep(Duration::from_millis(37 * phase)).await;
        call.run(1).await;
        call.path(Path {
            rate: 500_000,
            ..wide
        });
        let seen = call.run(10).await;
        assert!(seen.longest_gap < Duration::from_millis(350), "{seen:?}");
        assert!(seen.sound_in_time > 0.86, "{seen:?}");
        assert!(seen.keyframes_asked <= 2, "{seen:?}");
        call.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fifth_of_loss_keeps_nobody_from_a_call() {
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
