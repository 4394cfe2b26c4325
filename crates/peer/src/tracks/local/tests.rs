use super::*;
use crate::pace::pacer::MAX_QUEUED;
use crate::rtp::assembler::MAX_PACKETS;

fn track(kind: Kind) -> (LocalTrack, watch::Sender<ConnectionState>) {
    let (events, _) = tokio::sync::mpsc::channel(1);
    let (sender, state) = watch::channel(ConnectionState::Connecting);
    let chain = Arc::new(ChainState::new(events, 0));
    (LocalTrack::new(kind, chain, state), sender)
}

#[test]
fn the_largest_frame_fits_into_the_pacer_and_the_assembler() {
    let frame = Bytes::from(vec![0; MAX_FRAME]);
    let packets = vp8::packetize(&frame, 0, MAX_PAYLOAD).len();
    assert!(packets <= MAX_QUEUED.min(MAX_PACKETS), "{packets}");
}

#[tokio::test]
async fn nothing_is_sent_once_no_path_works() {
    let (track, state) = track(Kind::Audio);
    track.set_negotiated(Negotiated {
        payload_type: 111,
        sending: true,
        level_id: None,
    });
    let frame = || OutgoingFrame {
        data: Bytes::from_static(&[1]),
        timestamp: 0,
        after_silence: false,
        level: None,
    };
    for (now, sends) in [
        (ConnectionState::Connected, true),
        (ConnectionState::Reconnecting, true),
        (ConnectionState::Failed, false),
    ] {
        state.send_replace(now);
        assert_eq!(track.is_connected(), sends, "{now:?}");
        let written = track.write(frame()).await;
        assert_eq!(written == Err(Error::NotConnected), !sends, "{now:?}");
    }
}

#[test]
fn ssrcs_are_even_so_that_the_rtx_stream_can_have_the_next_one() {
    for _ in 0..64 {
        let ssrc = track(Kind::Video).0.ssrc();
        assert!(ssrc != 0 && ssrc.is_multiple_of(2), "{ssrc}");
    }
}
