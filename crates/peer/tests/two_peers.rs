//! Two of our peers on loopback: media, channels, glare, restarts.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use maru_peer::{ChannelOptions, ConnectionState, Error, Kind, Message, OutgoingFrame};
use support::{edited_pair, frame, index_of, loopback, pair, soon, write};

fn chat() -> ChannelOptions {
    ChannelOptions {
        label: "maru".into(),
        negotiated: None,
    }
}

#[tokio::test]
async fn media_goes_both_ways_whole_and_in_order() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let voice = one.peer.add_track(Kind::Audio).await.unwrap();
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    let (other_voice, other_camera) = (
        two.peer.add_track(Kind::Audio).await.unwrap(),
        two.peer.add_track(Kind::Video).await.unwrap(),
    );
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    for (side, voice, camera) in [
        (&mut two, &voice, &camera),
        (&mut one, &other_voice, &other_camera),
    ] {
        write(voice, frame(0, true, 80), 960).await;
        write(camera, frame(0, true, 20_000), 3000).await;
        let mut tracks = vec![
            soon("a track", side.tracks.recv()).await.unwrap(),
            soon("a track", side.tracks.recv()).await.unwrap(),
        ];
        tracks.sort_by_key(|track| track.kind() == Kind::Video);
        let [mut audio, mut video] = <[_; 2]>::try_from(tracks).unwrap();
        assert_eq!(
            (audio.kind(), Some(audio.mid().to_owned())),
            (Kind::Audio, voice.mid())
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
async fn a_keyframe_is_asked_for_by_track() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let camera = one.peer.add_track(Kind::Video).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    // Joining in the middle asks by itself.
    write(&camera, frame(1, false, 500), 0).await;
    let mid = soon("a request", one.keyframes.recv()).await.unwrap();
    assert_eq!(Some(mid), camera.mid());
    write(&camera, frame(2, true, 500), 3000).await;
    let mut video = soon("the track", two.tracks.recv()).await.unwrap();
    assert!(soon("the keyframe", video.recv()).await.unwrap().keyframe);
    tokio::time::sleep(Duration::from_millis(400)).await;
    video.request_keyframe();
    assert_eq!(soon("a request", one.keyframes.recv()).await, camera.mid());
}

#[tokio::test]
async fn a_channel_carries_text_and_bytes_both_ways() {
    let (one, mut two) = pair(loopback(), loopback(), None).await;
    let mut ours = one.peer.create_channel(chat()).await.unwrap();
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
    let large = Message::Binary(vec![0; maru_peer::Channel::MAX_MESSAGE + 1].into());
    assert_eq!(
        ours.send(large).await,
        Err(maru_peer::Error::MessageSize(
            maru_peer::Channel::MAX_MESSAGE + 1
        ))
    );
    one.close().await;
    assert_eq!(soon("the end", ours.recv()).await, None);
}

#[tokio::test]
async fn a_channel_known_to_both_opens_once() {
    let (one, two) = pair(loopback(), loopback(), None).await;
    let known = ChannelOptions {
        label: "maru".into(),
        negotiated: Some(0),
    };
    let (mut ours, mut theirs) = (
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
async fn a_glare_is_settled_by_the_polite_side() {
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
async fn a_second_video_section_is_added_later_from_either_side() {
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
async fn each_side_has_a_section_of_its_own_for_what_only_it_sends() {
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

    // Put away and shared again, in the same section.
    for turn in 1..3 {
        let picture = OutgoingFrame {
            data: frame(turn, true, 500),
            timestamp: turn * 3000,
            after_silence: false,
            level: None,
        };
        two.peer.set_sending(&theirs, false).await.unwrap();
        let refused = theirs.write(picture.clone()).await;
        assert!(matches!(refused, Err(Error::NotNegotiated)), "{refused:?}");
        let offers = *two.offers.borrow();
        two.ready();
        soon("the offer", two.offers.wait_for(|count| *count > offers))
            .await
            .unwrap();
        two.peer.set_sending(&theirs, true).await.unwrap();
        soon("another offer", async {
            while theirs.write(picture.clone()).await.is_err() {
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
async fn an_ice_restart_from_either_side_keeps_the_channel() {
    let (mut one, mut two) = pair(loopback(), loopback(), None).await;
    let mut ours = one.peer.create_channel(chat()).await.unwrap();
    one.ready();
    soon("the channel", ours.opened()).await.unwrap();
    two.ready();
    let mut theirs = soon("the channel", two.channels.recv()).await.unwrap();
    for round in 0..2 {
        let side = if round == 0 { &mut one } else { &mut two };
        let before = *side.offers.borrow();
        side.peer.restart_ice().await;
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

#[tokio::test]
async fn figures_tell_the_path_and_the_tracks() {
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
    assert!(sent.tracks[0].octets >= 5000);
}

/// Each hears of the other that it has H.264 alone. The section stands first: the others are bundled with it.
#[tokio::test]
async fn a_picture_without_a_codec_costs_nothing_else() {
    let edit = |sdp: String| sdp.replace("VP8/90000", "H264/90000");
    let (mut one, mut two) = edited_pair(loopback(), loopback(), None, edit).await;
    let mut cameras = Vec::new();
    let mut voices = Vec::new();
    for side in [&one, &two] {
        cameras.push(side.peer.add_track(Kind::Video).await.unwrap());
        voices.push(side.peer.add_track(Kind::Audio).await.unwrap());
    }
    let mut ours = one.peer.create_channel(chat()).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    two.reaches(ConnectionState::Connected).await;
    soon("the channel", ours.opened()).await.unwrap();
    let mut theirs = soon("the channel", two.channels.recv()).await.unwrap();
    write(&voices[0], frame(0, true, 80), 0).await;
    write(&voices[1], frame(0, true, 80), 0).await;
    let mut heard = [
        soon("a voice", two.tracks.recv()).await.unwrap(),
        soon("a voice", one.tracks.recv()).await.unwrap(),
    ];
    two.ready();
    for round in 1..4 {
        for (side, camera) in [&one, &two].into_iter().zip(&cameras) {
            assert!(side.peer.lacks_codec(Kind::Video).await);
            assert!(!side.peer.lacks_codec(Kind::Audio).await);
            let picture = maru_peer::OutgoingFrame {
                data: frame(0, true, 500),
                timestamp: 0,
                after_silence: false,
                level: None,
            };
            assert_eq!(
                camera.write(picture).await,
                Err(maru_peer::Error::NotNegotiated)
            );
        }
        for (voice, heard) in voices.iter().zip(&mut heard) {
            // What is on the way while the path changes may be lost.
            soon("sound", async {
                let mut newest = None;
                while newest != Some(round) {
                    write(voice, frame(round, true, 80), 960 * round).await;
                    let next = tokio::time::timeout(Duration::from_millis(100), heard.recv());
                    newest = next.await.ok().flatten().map(|got| index_of(&got.data));
                }
            })
            .await;
        }
        ours.send(Message::Text("hi".into())).await.unwrap();
        assert!(soon("a text", theirs.recv()).await.is_some());
        // The next round is after another exchange, begun by either side.
        let side = if round == 1 { &mut one } else { &mut two };
        let before = *side.offers.borrow();
        side.peer.restart_ice().await;
        soon("an offer", side.offers.wait_for(|count| *count > before))
            .await
            .unwrap();
    }
    one.close().await;
    two.close().await;
}
