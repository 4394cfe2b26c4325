//! The worker's connection.

use maru_protocol::Source;

use crate::support::{CAMERA, Page, connect, exchange_until_track};

#[tokio::test]
async fn a_worker_without_the_token_or_of_another_origin_is_refused() {
    let page = Page::open().await;
    assert!(!page.accepts_worker("").await);
    assert!(!page.accepts_worker("0123456789abcdef").await);
    assert!(
        !page
            .accepts_worker_from("https://example.org", &page.token())
            .await
    );
}

#[tokio::test]
async fn a_worker_that_reconnects_receives_a_keyframe_first() {
    let (mut one, mut two) = Page::pair().await;
    one.send_camera(CAMERA);
    connect(&mut one, &mut two).await;
    let stream = exchange_until_track(&mut one, &mut two, Source::Camera, CAMERA).await;
    one.send_frames_until_received(CAMERA, &mut two, stream)
        .await;
    two.reconnect_worker().await;
    let frame = one
        .send_frames_until_received(CAMERA, &mut two, stream)
        .await;
    assert!(frame.keyframe);
}

#[tokio::test]
async fn invalid_messages_are_ignored() {
    let (mut one, mut two) = Page::pair().await;
    one.send_camera(CAMERA);
    connect(&mut one, &mut two).await;
    for message in [vec![], vec![1], vec![0; 64], vec![1; 16], vec![255; 4096]] {
        one.worker.send_binary(message).await;
    }
    one.worker
        .send_text("{\"type\":\"keyframe\",\"stream\":99}")
        .await;
    one.worker.send_text("not json").await;
    let stream = exchange_until_track(&mut one, &mut two, Source::Camera, CAMERA).await;
    one.send_frames_until_received(CAMERA, &mut two, stream)
        .await;
}
