use super::*;
use crate::sdp;

/// A shortened offer of Chromium: video first, with H.264 only.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=group:BUNDLE 0 1 2\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 103 104\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=setup:actpass\r\n\
    a=mid:0\r\na=extmap:3 urn:x\r\na=sendrecv\r\na=msid:s t\r\na=rtcp-mux\r\na=rtpmap:103 H264/90000\r\n\
    a=rtpmap:104 rtx/90000\r\na=fmtp:104 apt=103\r\na=ssrc:7 cname:c\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=sendrecv\r\na=rtpmap:96 opus/48000/2\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

/// The stack's answer to it.
const ANSWER: &str = "v=0\r\na=group:BUNDLE 0 1 2\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:0\r\na=sendrecv\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n\
    a=end-of-candidates\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 opus/48000/2\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

/// `sdp` with port zero in the video section.
fn rejecting(sdp: &str) -> String {
    sdp.replace("m=video 9", "m=video 0")
}

fn with_vp8(sdp: &str) -> String {
    sdp.replace("H264/90000", "VP8/90000")
}

fn none() -> RejectedSections {
    RejectedSections::default()
}

#[test]
fn sections_with_a_common_codec_are_unchanged() {
    let offer = with_vp8(OFFER);
    let rejected = none().after_offer(&offer);
    assert_eq!(rejected, none());
    assert_eq!(rejected.to_stack(SdpType::Offer, &offer), offer);
    assert_eq!(rejected.to_remote(ANSWER), ANSWER);
}

#[test]
fn the_stack_gets_a_placeholder_with_the_same_transport() {
    let rejected = none().after_offer(OFFER);
    assert!(rejected.contains("0") && !rejected.contains("1"));
    assert!(rejected.lacks_codec(Kind::Video) && !rejected.lacks_codec(Kind::Audio));
    let given = rejected.to_stack(SdpType::Offer, OFFER);
    let section = sdp::section(&given, "0").unwrap();
    assert!(section.has_codec(Kind::Video));
    let lines: Vec<&str> = section.lines().collect();
    // 96 is taken by audio: bundled sections share one table of payload types.
    assert_eq!(
        lines,
        [
            "m=video 9 UDP/TLS/RTP/SAVPF 97",
            "c=IN IP4 0.0.0.0",
            "a=ice-ufrag:u",
            "a=ice-pwd:p",
            "a=setup:actpass",
            "a=mid:0",
            "a=rtcp-mux",
            "a=sendrecv",
            "a=rtpmap:97 VP8/90000"
        ]
    );
    let (at, rest) = (OFFER.find("m=video").unwrap(), "m=audio");
    assert_eq!(given[..at], OFFER[..at]);
    assert_eq!(
        given[given.find(rest).unwrap()..],
        OFFER[OFFER.find(rest).unwrap()..]
    );
}

#[test]
fn the_remote_gets_port_zero_outside_the_bundle_and_all_candidates() {
    let answer = none().after_offer(OFFER).to_remote(ANSWER);
    assert_eq!(
        answer,
        "v=0\r\na=group:BUNDLE 1 2\r\nm=video 0 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:0\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 opus/48000/2\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n\
        a=end-of-candidates\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n"
    );
    assert_eq!(first_accepted(&answer), Some(("1".into(), 1)));
    assert_eq!(first_accepted(ANSWER), Some(("0".into(), 0)));
    assert_eq!(first_accepted("v=0\r\n"), None);
}

#[test]
fn a_section_rejected_by_an_answer_stays_rejected_in_later_offers() {
    let rejected = none().after_answer(&rejecting(OFFER));
    assert!(rejected.contains("0") && rejected.lacks_codec(Kind::Video));
    let given = rejected.to_stack(SdpType::Answer, &rejecting(OFFER));
    let section = sdp::section(&given, "0").unwrap();
    assert!(section.has_codec(Kind::Video) && !section.is_rejected());
    assert!(section.lines().any(|line| line == "a=inactive"));
    // The stack offers it again. That is not sent, and no answer restores the section.
    let offered = rejected.to_remote(ANSWER);
    assert!(sdp::section(&offered, "0").unwrap().is_rejected());
    assert_eq!(rejected.after_answer(&offered), rejected);
    assert_eq!(rejected.after_answer(&with_vp8(OFFER)), rejected);
    // A remote offer does.
    assert_eq!(rejected.after_offer(&with_vp8(OFFER)), none());
}

#[test]
fn a_section_stopped_by_its_offerer_does_not_lack_a_codec() {
    let rejected = none().after_offer(&rejecting(&with_vp8(OFFER)));
    assert!(rejected.contains("0") && !rejected.lacks_codec(Kind::Video));
    assert!(
        none()
            .after_offer(OFFER)
            .after_offer(&rejecting(OFFER))
            .lacks_codec(Kind::Video),
        "it lacked one before"
    );
    let bundled = rejecting(&with_vp8(OFFER)).replace("a=mid:0", "a=mid:0\r\na=bundle-only");
    assert_eq!(none().after_offer(&bundled), none());
}

#[test]
fn a_section_that_recycles_the_position_of_another_is_judged_by_itself() {
    let rejected = none().after_offer(OFFER);
    let other = with_vp8(OFFER).replace("a=mid:0", "a=mid:3");
    let after = rejected.after_offer(&other);
    assert!(
        after.contains("0"),
        "the stack still has the section and would offer it again"
    );
    assert!(!after.contains("3") && !after.lacks_codec(Kind::Video));
}

#[test]
fn recycled_sections_are_bounded() {
    let mut rejected = none();
    for round in 0..1000 {
        rejected = rejected.after_offer(&OFFER.replace("a=mid:0", &format!("a=mid:x{round}")));
    }
    assert!(rejected.contains("x999"));
    assert_eq!(rejected.sections.len(), MAX_RECYCLED + 1);
}

#[test]
fn a_rejected_section_may_lack_its_mid() {
    let answer = rejecting(OFFER).replace("a=mid:0\r\n", "");
    let named = with_mids(&answer, OFFER);
    assert_eq!(
        sdp::section(&named, "0").map(|it| it.kind()),
        Some(Some(Kind::Video))
    );
    assert!(none().after_answer(&named).contains("0"));
    assert_eq!(with_mids(OFFER, OFFER), OFFER);
}

#[test]
fn without_opus_only_audio_is_rejected() {
    let offer = with_vp8(OFFER).replace("opus/48000/2", "PCMU/8000");
    let rejected = none().after_offer(&offer);
    assert!(rejected.lacks_codec(Kind::Audio) && !rejected.lacks_codec(Kind::Video));
    assert!(
        rejected
            .to_stack(SdpType::Offer, &offer)
            .contains("a=rtpmap:96 opus/48000/2")
    );
    assert!(
        rejected
            .to_remote(ANSWER)
            .contains("a=group:BUNDLE 0 2\r\nm=video 9")
    );
}
