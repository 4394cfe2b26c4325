//! Descriptions that come late or make no sense, and changes of the network.

use std::time::Duration;

use maru_engine::{Command, LinkStatus};
use maru_protocol::{Connection, Description, PeerSignal, SdpType, Source};

use crate::support::{CAMERA, LINK, Page, TIMEOUT, connect, exchange_until_track, relay_signals};

/// Of another session than any connection of these tests, and no valid description.
const INVALID_SDP: &str = "v=0\r\no=- 4242 1 IN IP4 127.0.0.1\r\nthis is not SDP\r\n";
/// A frame size that no other frame of these tests has.
const LATER_FRAME_BYTES: usize = 10_000;

fn kind_of(signal: &PeerSignal) -> Option<SdpType> {
    match signal {
        PeerSignal::Description { description, .. } => Some(description.kind),
        PeerSignal::Candidate { .. } => None,
    }
}

fn invalid_description(kind: SdpType, offer_id: Option<String>) -> PeerSignal {
    PeerSignal::Description {
        connection: Connection::Media.into(),
        description: Description {
            kind,
            sdp: INVALID_SDP.into(),
        },
        tracks: None,
        offer_id,
    }
}

/// Waits until the page's engine has handled everything before: requests are handled in order.
async fn flush(page: &Page) {
    page.stats().await.unwrap();
}

#[tokio::test]
async fn a_network_change_does_not_restart_ice_on_a_working_path() {
    let (mut one, mut two) = Page::pair().await;
    connect(&mut one, &mut two).await;
    one.take_signals();
    one.network_changed();
    flush(&one).await;
    let descriptions: Vec<_> = one.take_signals().iter().filter_map(kind_of).collect();
    assert_eq!(descriptions, []);
    assert_eq!(one.status(), Some(LinkStatus::Connected));
}

#[tokio::test]
async fn an_invalid_offer_from_another_connection_leaves_a_connected_link_alone() {
    let (mut one, mut two) = Page::pair().await;
    one.send_camera(CAMERA);
    connect(&mut one, &mut two).await;
    let stream = exchange_until_track(&mut one, &mut two, Source::Camera, CAMERA).await;
    exchange_until_settled(&mut one, &mut two).await;
    for page in [&mut one, &mut two] {
        page.received.clear();
        page.receive_signal(invalid_description(SdpType::Offer, None));
        flush(page).await;
        let descriptions: Vec<_> = page.take_signals().iter().filter_map(kind_of).collect();
        assert_eq!(descriptions, [], "it is not answered");
        assert_eq!(page.status(), None, "the status does not change");
    }
    one.send_keyframe_until_received(CAMERA, LATER_FRAME_BYTES, &mut two, stream)
        .await;
}

#[tokio::test]
async fn an_invalid_answer_leaves_a_connected_link_alone_and_another_offer_is_made() {
    const SCREEN: u32 = CAMERA + 1;
    let (mut one, mut two) = Page::pair().await;
    one.send_camera(CAMERA);
    connect(&mut one, &mut two).await;
    let camera = exchange_until_track(&mut one, &mut two, Source::Camera, CAMERA).await;
    exchange_until_settled(&mut one, &mut two).await;
    one.received.clear();

    one.share_screen(Some(SCREEN));
    flush(&one).await;
    for signal in one.take_signals() {
        two.receive_signal(signal);
    }
    flush(&two).await;
    let mut invalid_answers = 0;
    for mut signal in two.take_signals() {
        if let PeerSignal::Description { description, .. } = &mut signal {
            assert_eq!(description.kind, SdpType::Answer);
            description.sdp = description
                .sdp
                .replacen("\r\n", "\r\nthis is not SDP\r\n", 1);
            invalid_answers += 1;
        }
        one.receive_signal(signal);
    }
    assert_eq!(invalid_answers, 1);
    flush(&one).await;
    one.take_signals();
    assert_eq!(one.status(), None, "the status does not change");
    one.send_keyframe_until_received(CAMERA, LATER_FRAME_BYTES, &mut two, camera)
        .await;

    tokio::time::timeout(TIMEOUT, async {
        while !one
            .take_signals()
            .iter()
            .any(|signal| kind_of(signal) == Some(SdpType::Offer))
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("another offer is made");
}

/// Relays signals until no page has sent one for a while: no offer is open.
async fn exchange_until_settled(one: &mut Page, two: &mut Page) {
    let mut quiet = 0;
    tokio::time::timeout(TIMEOUT, async {
        while quiet < 20 {
            flush(one).await;
            flush(two).await;
            let signals = relay_signals(one, two);
            quiet = if signals == 0 { quiet + 1 } else { 0 };
        }
    })
    .await
    .unwrap();
}

/// A copy of the answer to the first offer arrives while a restart's offer is open.
#[tokio::test]
async fn a_late_answer_is_not_taken_for_the_answer_to_a_restart() {
    let (mut one, mut two) = Page::pair().await;
    one.create_link(LINK, true).unwrap();
    two.create_link(LINK, false).unwrap();
    let mut first_answer = None;
    let mut restarted = false;
    let mut answered = false;
    let mut reconnected = false;
    tokio::time::timeout(TIMEOUT, async {
        while !reconnected {
            for signal in one.take_signals() {
                match (kind_of(&signal), restarted) {
                    // One exchange only: later descriptions are lost.
                    (Some(_), true) if answered => continue,
                    (Some(SdpType::Offer), false) => {
                        if let Some(answer) = first_answer.clone() {
                            one.receive_signal(answer);
                            restarted = true;
                        }
                    }
                    _ => {}
                }
                two.receive_signal(signal);
            }
            for signal in two.take_signals() {
                match kind_of(&signal) {
                    Some(SdpType::Offer) if restarted => continue,
                    Some(SdpType::Answer) if restarted => {
                        if std::mem::replace(&mut answered, true) {
                            continue;
                        }
                        two.received.clear();
                    }
                    Some(SdpType::Answer) if first_answer.is_none() => {
                        first_answer = Some(signal.clone());
                    }
                    _ => {}
                }
                one.receive_signal(signal);
            }
            let both = [one.status(), two.status()];
            if !restarted && first_answer.is_some() && both == [Some(LinkStatus::Connected); 2] {
                one.command(Command::RestartIce { link: LINK });
            }
            // The restart ended the second page's path. Only both together can restore it.
            reconnected = answered && two.status() == Some(LinkStatus::Connected);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the restart's answer is applied");
}
