//! Checks of remote descriptions, before the connection gets them. The stack applies an invalid one in part and then
//! fails: an answer that failed in part cannot be rolled back, and media sections of an offer that did may never come up.

use std::collections::BTreeSet;
use std::time::Instant;

use rtc::peer_connection::RTCPeerConnectionBuilder;
use webrtc::peer_connection::RTCSessionDescription;

use crate::error::Error;
use crate::sdp::split;
use crate::stack::media_engine;

/// Sections of a description. A call has four, and one more for each side that shares a screen.
const MAX_SECTIONS: usize = 64;
/// Payload types of a section: there are no more. The stack's work grows with their square.
const MAX_FORMATS: usize = 128;

/// Checks what the stack does not: that each section has a `mid` of its own (RFC 5888 §4), that the work is bounded, and
/// that there is no media on a connection without `media`.
///
/// # Errors
///
/// [`Error::Description`].
pub(crate) fn check_sections(sdp: &str, media: bool) -> Result<(), Error> {
    let (_, sections) = split(sdp);
    if sections.is_empty() {
        return Err(invalid("no media section"));
    }
    if sections.len() > MAX_SECTIONS {
        return Err(invalid("too many media sections"));
    }
    let mut mids = BTreeSet::new();
    for section in &sections {
        if !media && section.media() != Some("application") {
            return Err(invalid("a media section on a connection for data only"));
        }
        if section.formats().count() > MAX_FORMATS {
            return Err(invalid("too many payload types"));
        }
        match section.mid() {
            None | Some("") => return Err(invalid("a media section without a mid")),
            Some(mid) if !mids.insert(mid) => {
                return Err(invalid("two media sections with one mid"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Checks that an answer has the media sections of the offer, in the same order (RFC 3264 §6, RFC 9429 §5.11).
///
/// # Errors
///
/// [`Error::Description`].
pub(crate) fn check_answer(offer: &str, answer: &str) -> Result<(), Error> {
    let (_, offered) = split(offer);
    let (_, answered) = split(answer);
    if offered.len() != answered.len() {
        return Err(invalid(
            "another number of media sections than in the offer",
        ));
    }
    for (offered, answered) in offered.iter().zip(&answered) {
        if offered.mid() != answered.mid() || offered.media() != answered.media() {
            return Err(invalid("other media sections than in the offer"));
        }
    }
    Ok(())
}

/// Applies a description, offer or answer, as an offer to a connection that is discarded. Nothing is sent. It takes about
/// a millisecond. The alternative, to repeat the stack's parsers here, would miss what they add. Errors that depend on the
/// tracks of the real connection are not found.
///
/// # Errors
///
/// [`Error::Description`].
pub(crate) fn dry_run(sdp: &str, media: bool) -> Result<(), Error> {
    let run = || -> Result<(), webrtc::error::Error> {
        let now = Instant::now();
        let mut connection = RTCPeerConnectionBuilder::new()
            .with_media_engine(media_engine(media)?)
            .build(now)?;
        let offer = RTCSessionDescription::offer(sdp.to_owned())?;
        connection.set_remote_description(now, offer)?;
        let answer = connection.create_answer(None)?;
        connection.set_local_description(now, answer)
    };
    run().map_err(|error| Error::Description(error.to_string()))
}

fn invalid(problem: &str) -> Error {
    Error::Description(problem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
        a=ice-ufrag:user\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=fingerprint:sha-256 AA:BB\r\na=group:BUNDLE 0 1 2\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=setup:actpass\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\n\
        a=ice-ufrag:user\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=setup:actpass\r\na=sendrecv\r\n\
        a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=setup:actpass\r\na=sctp-port:5000\r\n";

    #[test]
    fn what_the_stack_would_apply_in_part_is_refused() {
        let check = |sdp: &str| check_sections(sdp, true).and_then(|()| dry_run(sdp, true));
        assert_eq!(check(VALID), Ok(()));
        for (valid, invalid) in [
            ("a=ice-pwd:", "a=ice-pw:"),
            ("a=mid:1", "a=mid:0"),
            ("a=mid:2", "a=mid:"),
            ("a=mid:2", "a=mi"),
            ("96 97\r\n", "96 300\r\n"),
            ("96 97\r\n", "96 98\r\n"),
            ("apt=96", "apt=x"),
            ("2\r\na=ice-ufrag:user", "2\r\na=ice-ufrag:other"),
            ("sha-256 AA:BB", "AA:BB"),
            ("urn:ietf:params:rtp-hdrext:ssrc-audio-level", "http://"),
            ("webrtc-datachannel", "webrtc"),
        ] {
            let sdp = VALID.replace(valid, invalid);
            assert_ne!(sdp, VALID);
            assert!(check(&sdp).is_err(), "{invalid}");
        }
    }

    #[test]
    fn a_connection_for_data_only_takes_one_section() {
        let check = |sdp: &str| check_sections(sdp, false).and_then(|()| dry_run(sdp, false));
        assert!(check(VALID).is_err());
        let (session, _) = VALID.split_once("m=").unwrap();
        let (_, data) = VALID.split_once("m=application").unwrap();
        let sdp = format!("{session}m=application{data}").replace("BUNDLE 0 1 2", "BUNDLE 2");
        assert_eq!(check(&sdp), Ok(()));
        for (valid, invalid) in [
            ("a=ice-pwd:", "a=ice-pw:"),
            ("a=mid:2", "a=mi"),
            ("sha-256 AA:BB", "AA:BB"),
            ("webrtc-datachannel", "webrtc"),
            ("m=application", "m=audio"),
            ("m=application", "m=text"),
        ] {
            let broken = sdp.replace(valid, invalid);
            assert_ne!(broken, sdp);
            assert!(check(&broken).is_err(), "{invalid}");
        }
    }

    #[test]
    fn the_work_is_bounded() {
        let sections = |count: usize| -> String {
            (0..count)
                .map(|mid| format!("m=audio 9 X 0\r\na=mid:{mid}\r\n"))
                .collect()
        };
        assert_eq!(check_sections(&sections(MAX_SECTIONS), true), Ok(()));
        assert!(check_sections(&sections(MAX_SECTIONS + 1), true).is_err());
        let formats = |count| format!("m=audio 9 X{}\r\na=mid:0\r\n", " 1".repeat(count));
        assert_eq!(check_sections(&formats(MAX_FORMATS), true), Ok(()));
        assert!(check_sections(&formats(MAX_FORMATS + 1), true).is_err());
    }

    #[test]
    fn an_answer_has_the_sections_of_the_offer() {
        assert_eq!(check_answer(VALID, VALID), Ok(()));
        let (shorter, _) = VALID.split_once("m=application").unwrap();
        assert!(check_answer(VALID, shorter).is_err());
        for (valid, invalid) in [("a=mid:1", "a=mid:7"), ("m=video", "m=audio")] {
            assert!(check_answer(VALID, &VALID.replace(valid, invalid)).is_err());
        }
    }
}
