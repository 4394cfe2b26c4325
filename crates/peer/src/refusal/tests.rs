use super::*;
use crate::sdp;

/// Picture first and H.264 alone, as Chromium words it; what else sections may have is left out.
const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=group:BUNDLE 0 1 2\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 103 104\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=setup:actpass\r\n\
    a=mid:0\r\na=extmap:3 urn:x\r\na=sendrecv\r\na=msid:s t\r\na=rtcp-mux\r\na=rtpmap:103 H264/90000\r\n\
    a=rtpmap:104 rtx/90000\r\na=fmtp:104 apt=103\r\na=ssrc:7 cname:c\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=sendrecv\r\na=rtpmap:96 opus/48000/2\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

/// What the stack answers to that.
const ANSWER: &str = "v=0\r\na=group:BUNDLE 0 1 2\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:0\r\na=sendrecv\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n\
    a=end-of-candidates\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 opus/48000/2\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

/// `sdp` with port zero in the picture's section.
fn rejecting(sdp: &str) -> String {
    sdp.replace("m=video 9", "m=video 0")
}

fn with_vp8(sdp: &str) -> String {
    sdp.replace("H264/90000", "VP8/90000")
}

fn none() -> Refusals {
    Refusals::default()
}

#[test]
fn what_has_a_codec_in_common_passes_as_it_is() {
    let offer = with_vp8(OFFER);
    let refused = none().after_offer(&offer);
    assert_eq!(refused, none());
    assert_eq!(refused.for_stack(DescriptionKind::Offer, &offer), offer);
    assert_eq!(refused.for_them(ANSWER), ANSWER);
}

#[test]
fn the_stack_gets_a_section_it_can_answer_with_the_same_transport() {
    let refused = none().after_offer(OFFER);
    assert!(refused.contains("0") && !refused.contains("1"));
    assert!(refused.lacks_codec(Kind::Video) && !refused.lacks_codec(Kind::Audio));
    let given = refused.for_stack(DescriptionKind::Offer, OFFER);
    let section = sdp::section(&given, "0").unwrap();
    assert!(section.has_codec(Kind::Video));
    let lines: Vec<&str> = section.lines().collect();
    // 96 is the voice's: of all in a bundle one table of payload types is made.
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
fn they_get_port_zero_out_of_the_bundle_and_lose_no_candidate() {
    let answer = none().after_offer(OFFER).for_them(ANSWER);
    assert_eq!(
        answer,
        "v=0\r\na=group:BUNDLE 1 2\r\nm=video 0 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:0\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 opus/48000/2\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n\
        a=end-of-candidates\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n"
    );
    assert_eq!(first_in_use(&answer), Some(("1".into(), 1)));
    assert_eq!(first_in_use(ANSWER), Some(("0".into(), 0)));
    assert_eq!(first_in_use("v=0\r\n"), None);
}

#[test]
fn a_section_they_refuse_stays_refused_in_our_offers() {
    let refused = none().after_answer(&rejecting(OFFER));
    assert!(refused.contains("0") && refused.lacks_codec(Kind::Video));
    let given = refused.for_stack(DescriptionKind::Answer, &rejecting(OFFER));
    let section = sdp::section(&given, "0").unwrap();
    assert!(section.has_codec(Kind::Video) && !section.is_rejected());
    assert!(section.lines().any(|line| line == "a=inactive"));
    // The stack offers it again with all the others; nobody hears of that, and no answer brings it back.
    let offered = refused.for_them(ANSWER);
    assert!(sdp::section(&offered, "0").unwrap().is_rejected());
    assert_eq!(refused.after_answer(&offered), refused);
    assert_eq!(refused.after_answer(&with_vp8(OFFER)), refused);
    // An offer of theirs does.
    assert_eq!(refused.after_offer(&with_vp8(OFFER)), none());
}

#[test]
fn what_they_put_away_themselves_is_no_lack() {
    let refused = none().after_offer(&rejecting(&with_vp8(OFFER)));
    assert!(refused.contains("0") && !refused.lacks_codec(Kind::Video));
    assert!(
        none()
            .after_offer(OFFER)
            .after_offer(&rejecting(OFFER))
            .lacks_codec(Kind::Video),
        "it was one before"
    );
    let bundled = rejecting(&with_vp8(OFFER)).replace("a=mid:0", "a=mid:0\r\na=bundle-only");
    assert_eq!(none().after_offer(&bundled), none());
}

#[test]
fn a_section_put_in_the_place_of_another_is_judged_by_itself() {
    let refused = none().after_offer(OFFER);
    let other = with_vp8(OFFER).replace("a=mid:0", "a=mid:3");
    let after = refused.after_offer(&other);
    assert!(
        after.contains("0"),
        "the stack still has it, and would offer it again"
    );
    assert!(!after.contains("3") && !after.lacks_codec(Kind::Video));
}

#[test]
fn what_others_put_in_the_place_of_another_does_not_add_up() {
    let mut refused = none();
    for round in 0..1000 {
        refused = refused.after_offer(&OFFER.replace("a=mid:0", &format!("a=mid:x{round}")));
    }
    assert!(refused.contains("x999"));
    assert_eq!(refused.sections.len(), MAX_REPLACED + 1);
}

#[test]
fn a_refused_section_need_not_say_its_name() {
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
fn without_opus_the_voice_is_refused_and_the_rest_stays() {
    let offer = with_vp8(OFFER).replace("opus/48000/2", "PCMU/8000");
    let refused = none().after_offer(&offer);
    assert!(refused.lacks_codec(Kind::Audio) && !refused.lacks_codec(Kind::Video));
    assert!(
        refused
            .for_stack(DescriptionKind::Offer, &offer)
            .contains("a=rtpmap:96 opus/48000/2")
    );
    assert!(
        refused
            .for_them(ANSWER)
            .contains("a=group:BUNDLE 0 2\r\nm=video 9")
    );
}
