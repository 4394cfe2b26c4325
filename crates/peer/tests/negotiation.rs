//! Two peers on loopback that negotiate again: colliding offers, later sections, ICE restarts, no common codec.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use maru_peer::{ConnectionState, Error, Kind, Message};
use support::{channel, edited_pair, frame, index_of, loopback, outgoing, pair, soon, write};

#[tokio::test]
async fn of_two_colliding_offers_the_polite_peer_rolls_its_own_back() {
    for _ in 0..5 {
        let (mut one, mut two) = pair(loopback(), loopback(), None).await;
        let camera = one.peer.add_track(Kind::Video).await.unwrap();
        let other = two.peer.add_track(Kind::Video).await.unwrap();
        one.ready();
        two.ready();
        one.reaches(ConnectionState::Connected).await;
        two.reaches(ConnectionState::Connected).await;
        write(&camera, frame(0, true, 500), 0).await;
        write(&other, frame(0, true, 500), 0).await;
        soon("their track", two.tracks.recv()).await.unwrap();
        soon("our track", one.tracks.recv()).await.unwrap();
    }
}

#[tokio::test]
async fn either_peer_can_add_a_second_video_section_later() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    write(&camera, frame(0, true, 500), 0).await;
    soon("the camera", two.tracks.recv()).await.unwrap();
    two.ready();
    let screen = one.peer.add_track(Kind::Video).await.unwrap();
    write(&screen, frame(0, true, 500), 0).await;
    let shown = soon("the screen", two.tracks.recv()).await.unwrap();
    assert_eq!(Some(shown.mid().to_owned()), screen.mid());
    assert_ne!(screen.mid(), camera.mid());
    let answer = two.peer.add_track(Kind::Video).await.unwrap();
    write(&answer, frame(0, true, 500), 0).await;
    let shown = soon("their camera", one.tracks.recv()).await.unwrap();
    assert_eq!(Some(shown.mid().to_owned()), answer.mid());
}

#[tokio::test]
async fn each_peer_has_a_send_only_section_of_its_own() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let ours = one.peer.add_send_only_track(Kind::Video).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    write(&ours, frame(0, true, 500), 0).await;
    let shown = soon("one's screen", two.tracks.recv()).await.unwrap();
    assert_eq!(Some(shown.mid().to_owned()), ours.mid());
    two.ready();
    let theirs = two.peer.add_send_only_track(Kind::Video).await.unwrap();
    write(&theirs, frame(0, true, 500), 0).await;
    let mut shown = soon("two's screen", one.tracks.recv()).await.unwrap();
    let mid = Some(shown.mid().to_owned());
    assert_eq!(theirs.mid(), mid);
    assert_ne!(ours.mid(), mid);
    soon("a frame", shown.recv()).await.unwrap();

    // Stopped and resumed, in the same section.
    for turn in 1..3 {
        let video = outgoing(frame(turn, true, 500), turn * 3000);
        two.peer.set_sending(&theirs, false).await.unwrap();
        let refused = theirs.write(video.clone()).await;
        assert!(matches!(refused, Err(Error::NotNegotiated)), "{refused:?}");
        let offers = *two.offers.borrow();
        two.ready();
        soon("the offer", two.offers.wait_for(|count| *count > offers))
            .await
            .unwrap();
        two.peer.set_sending(&theirs, true).await.unwrap();
        soon("another offer", async {
            while theirs.write(video.clone()).await.is_err() {
                two.ready();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        let seen = soon("a frame", shown.recv()).await.unwrap();
        assert_eq!((index_of(&seen.data), theirs.mid()), (turn, mid.clone()));
    }
}

#[tokio::test]
async fn an_ice_restart_by_either_peer_keeps_the_channel() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let ours = one.peer.create_channel(channel("maru")).await.unwrap();
    one.ready();
    soon("the channel", ours.opened()).await.unwrap();
    two.ready();
    let mut theirs = soon("the channel", two.channels.recv()).await.unwrap();
    for round in 0..2 {
        let side = if round == 0 { &mut one } else { &mut two };
        let before = *side.offers.borrow();
        side.restart_ice();
        soon("the offer", side.offers.wait_for(|count| *count > before))
            .await
            .unwrap();
        ours.send(Message::Text(format!("round {round}")))
            .await
            .unwrap();
        assert_eq!(
            soon("a message", theirs.recv()).await,
            Some(Message::Text(format!("round {round}")))
        );
        one.reaches(ConnectionState::Connected).await;
        two.reaches(ConnectionState::Connected).await;
    }
}

/// Each peer's description lists only H.264 for video. The video section is the first, with which the others are bundled.
#[tokio::test]
async fn without_a_common_video_codec_audio_and_data_work() {
    let edit = |sdp: String| sdp.replace("VP8/90000", "H264/90000");
    let (mut one, mut two) = edited_pair(loopback(), loopback(), None, edit).await;
    let mut cameras = Vec::new();
    let mut microphones = Vec::new();
    for side in [&one, &two] {
        cameras.push(side.peer.add_track(Kind::Video).await.unwrap());
        microphones.push(side.peer.add_track(Kind::Audio).await.unwrap());
    }
    let ours = one.peer.create_channel(channel("maru")).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    soon("the channel", ours.opened()).await.unwrap();
    let mut theirs = soon("the channel", two.channels.recv()).await.unwrap();
    write(&microphones[0], frame(0, true, 80), 0).await;
    write(&microphones[1], frame(0, true, 80), 0).await;
    let mut audio = [
        soon("audio", two.tracks.recv()).await.unwrap(),
        soon("audio", one.tracks.recv()).await.unwrap(),
    ];
    two.ready();
    for round in 1..4 {
        for (side, camera) in [&one, &two].into_iter().zip(&cameras) {
            assert!(side.peer.lacks_codec(Kind::Video).await);
            assert!(!side.peer.lacks_codec(Kind::Audio).await);
            let video = outgoing(frame(0, true, 500), 0);
            assert_eq!(camera.write(video).await, Err(Error::NotNegotiated));
        }
        for (microphone, audio) in microphones.iter().zip(&mut audio) {
            // Packets on their way while the path changes may be lost.
            soon("audio", async {
                let mut newest = None;
                while newest != Some(round) {
                    write(microphone, frame(round, true, 80), 960 * round).await;
                    let next = tokio::time::timeout(Duration::from_millis(100), audio.recv());
                    newest = next.await.ok().flatten().map(|got| index_of(&got.data));
                }
            })
            .await;
        }
        ours.send(Message::Text("hi".into())).await.unwrap();
        assert!(soon("a message", theirs.recv()).await.is_some());
        // The next round follows another exchange, offered by either peer.
        let side = if round == 1 { &mut one } else { &mut two };
        let before = *side.offers.borrow();
        side.restart_ice();
        soon("an offer", side.offers.wait_for(|count| *count > before))
            .await
            .unwrap();
    }
    one.close().await;
    two.close().await;
}
