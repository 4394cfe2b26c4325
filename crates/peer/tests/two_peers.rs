//! Two peers on loopback: media, keyframes, channels, statistics.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use maru_peer::{Channel, ConnectionState, Error, Kind, Message};
use support::{channel, frame, index_of, loopback, negotiated, pair, soon, write};

#[tokio::test]
async fn media_goes_both_ways_whole_and_in_order() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let microphone = one.peer.add_track(Kind::Audio).await.unwrap();
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    let (other_microphone, other_camera) = (
        two.peer.add_track(Kind::Audio).await.unwrap(),
        two.peer.add_track(Kind::Video).await.unwrap(),
    );
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    for (side, microphone, camera) in [
        (&mut two, &microphone, &camera),
        (&mut one, &other_microphone, &other_camera),
    ] {
        write(microphone, frame(0, true, 80), 960).await;
        write(camera, frame(0, true, 20_000), 3000).await;
        let [mut audio, mut video] = side.audio_and_video().await;
        assert_eq!(
            (audio.kind(), Some(audio.mid().to_owned())),
            (Kind::Audio, microphone.mid())
        );
        assert_eq!(
            (video.kind(), Some(video.mid().to_owned())),
            (Kind::Video, camera.mid())
        );
        let first = soon("audio", audio.recv()).await.unwrap();
        assert_eq!((first.timestamp, &first.data), (960, &frame(0, true, 80)));
        let first = soon("video", video.recv()).await.unwrap();
        assert_eq!(
            (first.timestamp, first.keyframe, first.data),
            (3000, true, frame(0, true, 20_000))
        );
        for index in 1..60 {
            write(camera, frame(index, false, 3000), 3000 * (index + 1)).await;
            let got = soon("video", video.recv()).await.unwrap();
            assert_eq!(
                (index_of(&got.data), got.keyframe, got.timestamp),
                (index, false, 3000 * (index + 1))
            );
        }
    }
    one.close().await;
    two.close().await;
}

#[tokio::test]
async fn keyframes_are_requested_by_track() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    // A stream that begins with a delta frame requests one by itself.
    write(&camera, frame(1, false, 500), 0).await;
    let mid = soon("a request", one.keyframes.recv()).await.unwrap();
    assert_eq!(Some(mid), camera.mid());
    write(&camera, frame(2, true, 500), 3000).await;
    let mut video = soon("the track", two.tracks.recv()).await.unwrap();
    assert!(soon("the keyframe", video.recv()).await.unwrap().keyframe);
    // Requests that follow each other closely are merged into one.
    let mid = soon("a request", async {
        loop {
            video.request_keyframe();
            let request = tokio::time::timeout(Duration::from_millis(20), one.keyframes.recv());
            if let Ok(mid) = request.await {
                return mid;
            }
        }
    });
    assert_eq!(mid.await, camera.mid());
}

#[tokio::test]
async fn a_channel_carries_text_and_bytes_both_ways() {
    let (one, mut two) = pair(loopback(), loopback(), None).await;
    let mut ours = one.peer.create_channel(channel("maru")).await.unwrap();
    one.ready();
    soon("the channel", ours.opened()).await.unwrap();
    let mut theirs = soon("the channel", two.channels.recv()).await.unwrap();
    assert_eq!(theirs.label(), "maru");
    soon("the channel", theirs.opened()).await.unwrap();
    for message in [
        Message::Text("안녕".into()),
        Message::Binary(vec![7; 200_000].into()),
        Message::Text(String::new()),
    ] {
        ours.send(message.clone()).await.unwrap();
        assert_eq!(soon("a message", theirs.recv()).await.unwrap(), message);
        theirs.send(message.clone()).await.unwrap();
        assert_eq!(soon("a message", ours.recv()).await.unwrap(), message);
    }
    let large = Message::Binary(vec![0; Channel::MAX_MESSAGE + 1].into());
    assert_eq!(
        ours.send(large).await,
        Err(Error::MessageSize(Channel::MAX_MESSAGE + 1))
    );
    one.close().await;
    assert_eq!(soon("the end", ours.recv()).await, None);
}

#[tokio::test]
async fn a_negotiated_channel_opens_once() {
    let (one, two) = pair(loopback(), loopback(), None).await;
    let known = negotiated(0, true);
    let (ours, mut theirs) = (
        one.peer.create_channel(known.clone()).await.unwrap(),
        two.peer.create_channel(known).await.unwrap(),
    );
    one.ready();
    soon("ours", ours.opened()).await.unwrap();
    soon("theirs", theirs.opened()).await.unwrap();
    ours.send(Message::Text("hello".into())).await.unwrap();
    assert_eq!(
        soon("hello", theirs.recv()).await,
        Some(Message::Text("hello".into()))
    );
}

#[tokio::test]
async fn statistics_contain_the_path_and_the_tracks() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    write(&camera, frame(0, true, 5000), 0).await;
    let mut video = soon("the track", two.tracks.recv()).await.unwrap();
    soon("the frame", video.recv()).await.unwrap();
    let (sent, received) = (one.peer.stats().await, two.peer.stats().await);
    assert_eq!(sent.path.local_candidate.as_deref(), Some("host"));
    assert_eq!((sent.tracks[0].frames, sent.tracks[0].sent), (1, true));
    assert_eq!(
        (received.tracks[0].frames, received.tracks[0].sent),
        (1, false)
    );
    assert_eq!(Some(&received.tracks[0].mid), camera.mid().as_ref());
    assert!(sent.tracks[0].bytes >= 5000);
}
