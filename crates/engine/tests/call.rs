//! Two engines in one process, each with a page of its own: what the interface and its worker see of a call.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod page;

use std::time::Duration;

use maru_engine::{Command, EngineEvent, LinkProblem, LinkStatus};
use maru_protocol::{PeerSignal, SdpType, Source};
use page::{Page, connect, frame};

const LINK: u32 = 1;
/// The first stream a page makes up.
const CAMERA: u32 = 7;

#[tokio::test]
async fn pictures_voices_and_texts_go_both_ways() {
    let (mut one, mut two) = Page::pair().await;
    for page in [&one, &two] {
        page.give_camera(LINK, CAMERA);
        page.give_microphone(LINK).await;
    }
    connect(&mut one, &mut two, LINK).await;

    let stream = two.camera_of_after(&mut one, LINK, CAMERA).await;
    let sent = one.send_until_seen(CAMERA, &mut two, stream).await;
    assert!(
        sent.keyframe,
        "a page that begins to look begins with a keyframe"
    );
    let stream = one.camera_of_after(&mut two, LINK, CAMERA).await;
    two.send_until_seen(CAMERA, &mut one, stream).await;

    for page in [&mut one, &mut two] {
        // Somebody is heard who speaks: the made-up voice is far above the floor.
        page.until(|event| match event {
            EngineEvent::Levels { remote, .. } => remote.iter().any(|voice| voice.level > -40.0),
            _ => false,
        })
        .await;
    }

    one.say(LINK, "안녕").await;
    let heard = two
        .until(|event| matches!(event, EngineEvent::Message { .. }))
        .await;
    assert_eq!(
        heard,
        EngineEvent::Message {
            link: LINK,
            text: "안녕".into()
        }
    );
}

#[tokio::test]
async fn without_a_video_codec_in_common_people_hear_and_read_each_other() {
    let (mut one, mut two) = Page::pair().await;
    for page in [&mut one, &mut two] {
        page.edit = |sdp| sdp.replace("VP8/90000", "H264/90000");
        page.give_camera(LINK, CAMERA);
        page.give_microphone(LINK).await;
    }
    connect(&mut one, &mut two, LINK).await;
    for page in [&mut one, &mut two] {
        let told = page
            .until(|event| matches!(event, EngineEvent::Problems { .. }))
            .await;
        assert_eq!(
            told,
            EngineEvent::Problems {
                link: LINK,
                problems: vec![LinkProblem::NoVideoCodec]
            }
        );
        page.until(|event| match event {
            EngineEvent::Levels { remote, .. } => remote.iter().any(|voice| voice.level > -40.0),
            _ => false,
        })
        .await;
    }
    two.say(LINK, "안녕").await;
    one.until(|event| matches!(event, EngineEvent::Message { text, .. } if text == "안녕"))
        .await;
    for page in [&one, &two] {
        assert!(!page.heard(|event| matches!(
            event,
            EngineEvent::Status {
                status: LinkStatus::Failed,
                ..
            }
        )));
    }
}

#[tokio::test]
async fn a_screen_is_a_stream_of_its_own_and_goes_and_comes_again() {
    let (mut one, mut two) = Page::pair().await;
    one.give_camera(LINK, CAMERA);
    connect(&mut one, &mut two, LINK).await;
    for stream in [CAMERA + 1, CAMERA + 2] {
        one.share(LINK, Some(stream));
        let screen = one
            .exchange_until_track(&mut two, LINK, Source::Screen, stream)
            .await;
        let seen = one.send_until_seen(stream, &mut two, screen).await;
        assert_eq!((seen.stream, seen.keyframe), (screen, true));
        one.share(LINK, None);
        one.exchange(&mut two, LINK, |event| match event {
            EngineEvent::Tracks { tracks, .. } => {
                tracks.iter().all(|track| track.source != Source::Screen)
            }
            _ => false,
        })
        .await;
    }
}

#[tokio::test]
async fn both_share_a_screen_and_each_sees_the_others() {
    let (mut one, mut two) = Page::pair().await;
    connect(&mut one, &mut two, LINK).await;
    let (ours, theirs) = (CAMERA + 1, CAMERA + 2);
    one.share(LINK, Some(ours));
    let at_two = one
        .exchange_until_track(&mut two, LINK, Source::Screen, ours)
        .await;
    two.share(LINK, Some(theirs));
    let at_one = two
        .exchange_until_track(&mut one, LINK, Source::Screen, theirs)
        .await;
    one.send_until_seen(ours, &mut two, at_two).await;
    two.send_until_seen(theirs, &mut one, at_one).await;
}

#[tokio::test]
async fn a_page_that_comes_back_to_the_socket_sees_a_keyframe_first() {
    let (mut one, mut two) = Page::pair().await;
    one.give_camera(LINK, CAMERA);
    connect(&mut one, &mut two, LINK).await;
    let stream = two.camera_of_after(&mut one, LINK, CAMERA).await;
    one.send_until_seen(CAMERA, &mut two, stream).await;
    two.reconnect_worker().await;
    assert!(one.send_until_seen(CAMERA, &mut two, stream).await.keyframe);
}

#[tokio::test]
async fn a_page_that_opens_ends_the_one_before() {
    let (mut one, mut two) = Page::pair().await;
    connect(&mut one, &mut two, LINK).await;
    let old = one.token();
    one.reopen();
    // The connection of the page before is closed, which the other side notices by its silence.
    two.until(|event| {
        matches!(
            event,
            EngineEvent::Status {
                status: LinkStatus::Reconnecting | LinkStatus::Failed,
                ..
            }
        )
    })
    .await;
    assert!(!one.admits(&old).await);
    assert!(one.admits(&one.token()).await);
}

#[tokio::test]
async fn strangers_are_not_let_in() {
    let page = Page::open().await;
    assert!(!page.admits("").await);
    assert!(!page.admits("0123456789abcdef").await);
    assert!(!page.admits_from("https://example.org", &page.token()).await);
}

#[tokio::test]
async fn junk_on_the_socket_disturbs_nobody() {
    let (mut one, mut two) = Page::pair().await;
    one.give_camera(LINK, CAMERA);
    connect(&mut one, &mut two, LINK).await;
    for junk in [vec![], vec![1], vec![0; 64], vec![1; 16], vec![255; 4096]] {
        one.send_raw(junk).await;
    }
    one.send_text("{\"type\":\"keyframe\",\"stream\":99}").await;
    one.send_text("not json").await;
    let stream = two.camera_of_after(&mut one, LINK, CAMERA).await;
    one.send_until_seen(CAMERA, &mut two, stream).await;
}

#[tokio::test]
async fn commands_to_nobody_are_harmless_and_links_are_bounded() {
    let page = Page::open().await;
    page.command(Command::RestartIce { link: 99 });
    page.command(Command::CloseLink { link: 99 });
    let made = (0..100)
        .filter(|link| page.try_command(Page::create(*link, false)).is_ok())
        .count();
    assert_eq!(made, 32);
    assert!(page.try_command(Page::create(0, false)).is_err());
}

#[tokio::test]
async fn a_link_that_is_closed_says_so() {
    let (mut one, mut two) = Page::pair().await;
    connect(&mut one, &mut two, LINK).await;
    one.command(Command::CloseLink { link: LINK });
    one.until(|event| {
        matches!(
            event,
            EngineEvent::Status {
                status: LinkStatus::Closed,
                ..
            }
        )
    })
    .await;
    assert!(one.figures(LINK).await.is_none());
}

fn kind_of(signal: &PeerSignal) -> Option<SdpType> {
    match signal {
        PeerSignal::Description { description, .. } => Some(description.kind),
        PeerSignal::Candidate { .. } => None,
    }
}

#[tokio::test]
async fn other_addresses_do_not_disturb_a_path_that_works() {
    let (mut one, mut two) = Page::pair().await;
    connect(&mut one, &mut two, LINK).await;
    one.signals();
    one.network_changed();
    // Requests are worked off in order: when this one is answered, the other is done.
    one.figures(LINK).await.unwrap();
    let said: Vec<_> = one.signals().iter().filter_map(kind_of).collect();
    assert_eq!(said, []);
    assert_eq!(one.status(), Some(LinkStatus::Connected));
}

/// The answer to the first offer comes once more while a restart's offer is open.
#[tokio::test]
async fn a_late_answer_does_not_take_the_place_of_the_one_to_a_restart() {
    let (mut one, mut two) = Page::pair().await;
    for (page, first) in [(&one, true), (&two, false)] {
        page.command(Page::create(LINK, first));
    }
    let mut late = None;
    let mut restart = false;
    let mut answered = false;
    let mut came_back = false;
    tokio::time::timeout(Duration::from_secs(60), async {
        while !came_back {
            for signal in one.signals() {
                match (kind_of(&signal), restart) {
                    // One exchange only: what comes later is lost.
                    (Some(_), true) if answered => continue,
                    (Some(SdpType::Offer), _) if late.is_some() && !restart => {
                        one.receive(LINK, late.clone().unwrap());
                        restart = true;
                    }
                    _ => {}
                }
                two.receive(LINK, signal);
            }
            for signal in two.signals() {
                match kind_of(&signal) {
                    Some(SdpType::Offer) if restart => continue,
                    Some(SdpType::Answer) if restart => {
                        if std::mem::replace(&mut answered, true) {
                            continue;
                        }
                        two.forget();
                    }
                    Some(SdpType::Answer) if late.is_none() => late = Some(signal.clone()),
                    _ => {}
                }
                one.receive(LINK, signal);
            }
            let both = [one.status(), two.status()];
            if !restart && late.is_some() && both == [Some(LinkStatus::Connected); 2] {
                one.command(Command::RestartIce { link: LINK });
            }
            // Answering ended its path: that it has one again is the work of both.
            came_back = answered && two.status() == Some(LinkStatus::Connected);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the restart's own answer to be taken");
}

#[tokio::test]
async fn figures_count_what_went_through() {
    let (mut one, mut two) = Page::pair().await;
    one.give_camera(LINK, CAMERA);
    one.give_microphone(LINK).await;
    connect(&mut one, &mut two, LINK).await;
    let stream = two.camera_of_after(&mut one, LINK, CAMERA).await;
    one.send_until_seen(CAMERA, &mut two, stream).await;
    tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let figures = two.figures(LINK).await.unwrap();
            let voice = figures
                .media
                .iter()
                .find(|media| media.direction == "received" && media.source == Source::Microphone);
            let picture = figures.media.iter().any(|media| {
                media.direction == "received" && media.stream == stream && media.frames > 0
            });
            if picture && voice.is_some_and(|voice| voice.packets > 10 && voice.delay.is_some()) {
                assert_eq!(figures.local_candidate.as_deref(), Some("host"));
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    // A frame as large as any camera makes went through in one piece.
    assert!(frame(true, 60_000).len() > 60_000);
}
