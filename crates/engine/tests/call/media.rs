//! What flows between two connected pages.

use std::time::Duration;

use maru_engine::{EngineEvent, LinkProblem, LinkStatus};
use maru_protocol::Source;

use crate::support::{CAMERA, LINK, Page, TIMEOUT, connect, exchange_until, exchange_until_track};

#[tokio::test]
async fn video_audio_and_messages_flow_in_both_directions() {
    let (mut one, mut two) = Page::pair().await;
    for page in [&one, &two] {
        page.send_camera(CAMERA);
        page.send_microphone().await;
    }
    connect(&mut one, &mut two).await;

    let stream = exchange_until_track(&mut one, &mut two, Source::Camera, CAMERA).await;
    let frame = one
        .send_frames_until_received(CAMERA, &mut two, stream)
        .await;
    assert!(frame.keyframe, "a stream begins with a keyframe");
    let stream = exchange_until_track(&mut two, &mut one, Source::Camera, CAMERA).await;
    two.send_frames_until_received(CAMERA, &mut one, stream)
        .await;

    for page in [&mut one, &mut two] {
        page.wait_for_audible_audio().await;
    }

    one.send_message("안녕");
    let message = two
        .wait_for(|event| matches!(event, EngineEvent::Message { .. }))
        .await;
    assert_eq!(
        message,
        EngineEvent::Message {
            link: LINK,
            text: "안녕".into()
        }
    );
}

#[tokio::test]
async fn without_a_common_video_codec_audio_and_messages_flow() {
    let (mut one, mut two) = Page::pair().await;
    for page in [&mut one, &mut two] {
        page.rewrite_sdp = |sdp| sdp.replace("VP8/90000", "H264/90000");
        page.send_camera(CAMERA);
        page.send_microphone().await;
    }
    connect(&mut one, &mut two).await;
    for page in [&mut one, &mut two] {
        let problems = page
            .wait_for(|event| matches!(event, EngineEvent::Problems { .. }))
            .await;
        assert_eq!(
            problems,
            EngineEvent::Problems {
                link: LINK,
                problems: vec![LinkProblem::NoVideoCodec]
            }
        );
        page.wait_for_audible_audio().await;
    }
    two.send_message("안녕");
    one.wait_for(|event| matches!(event, EngineEvent::Message { text, .. } if text == "안녕"))
        .await;
    for page in [&one, &two] {
        assert!(!page.has_received(|event| matches!(
            event,
            EngineEvent::Status {
                status: LinkStatus::Failed,
                ..
            }
        )));
    }
}

#[tokio::test]
async fn a_screen_is_a_stream_of_its_own_and_can_be_stopped_and_shared_again() {
    let (mut one, mut two) = Page::pair().await;
    one.send_camera(CAMERA);
    connect(&mut one, &mut two).await;
    for stream in [CAMERA + 1, CAMERA + 2] {
        one.share_screen(Some(stream));
        let screen = exchange_until_track(&mut one, &mut two, Source::Screen, stream).await;
        let frame = one
            .send_frames_until_received(stream, &mut two, screen)
            .await;
        assert_eq!((frame.stream, frame.keyframe), (screen, true));
        one.share_screen(None);
        two.received.clear();
        exchange_until(&mut one, &mut two, |_, two| {
            two.has_received(|event| match event {
                EngineEvent::Tracks { tracks, .. } => {
                    tracks.iter().all(|track| track.source != Source::Screen)
                }
                _ => false,
            })
        })
        .await;
        // The next share has the same remote stream.
        two.worker.discard_frames().await;
    }
}

#[tokio::test]
async fn both_pages_can_share_a_screen_at_once() {
    let (mut one, mut two) = Page::pair().await;
    connect(&mut one, &mut two).await;
    let (screen_of_one, screen_of_two) = (CAMERA + 1, CAMERA + 2);
    one.share_screen(Some(screen_of_one));
    let at_two = exchange_until_track(&mut one, &mut two, Source::Screen, screen_of_one).await;
    two.share_screen(Some(screen_of_two));
    let at_one = exchange_until_track(&mut two, &mut one, Source::Screen, screen_of_two).await;
    one.send_frames_until_received(screen_of_one, &mut two, at_two)
        .await;
    two.send_frames_until_received(screen_of_two, &mut one, at_one)
        .await;
}

#[tokio::test]
async fn a_keyframe_as_large_as_a_cameras_arrives_complete() {
    let (mut one, mut two) = Page::pair().await;
    one.send_camera(CAMERA);
    connect(&mut one, &mut two).await;
    let stream = exchange_until_track(&mut one, &mut two, Source::Camera, CAMERA).await;
    one.send_keyframe_until_received(CAMERA, 60_000, &mut two, stream)
        .await;
}

#[tokio::test]
async fn stats_count_what_was_received() {
    let (mut one, mut two) = Page::pair().await;
    one.send_camera(CAMERA);
    one.send_microphone().await;
    connect(&mut one, &mut two).await;
    let stream = exchange_until_track(&mut one, &mut two, Source::Camera, CAMERA).await;
    one.send_frames_until_received(CAMERA, &mut two, stream)
        .await;
    tokio::time::timeout(TIMEOUT, async {
        loop {
            let stats = two.stats().await.unwrap();
            let mut received = stats
                .media
                .iter()
                .filter(|track| track.direction == "received");
            let video = received
                .clone()
                .any(|track| track.stream == stream && track.frames > 0);
            let audio = received.any(|track| {
                track.source == Source::Microphone && track.packets > 10 && track.delay.is_some()
            });
            if video && audio {
                assert_eq!(stats.local_candidate.as_deref(), Some("host"));
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
}
