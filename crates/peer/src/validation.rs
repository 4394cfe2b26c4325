//! Checks of remote descriptions, before the stack gets them: it applies an invalid one in part and then fails. An answer
//! that failed in part cannot be rolled back, and media sections of an offer that did may never come up. No I/O.

use std::collections::BTreeSet;

use crate::sdp::{Section, split};

/// Checks for what every description of a browser has and the stack relies on.
///
/// # Errors
///
/// What is missing or wrong, for the error's text.
pub(crate) fn check(sdp: &str) -> Result<(), &'static str> {
    let (session, sections) = split(sdp);
    if sections.is_empty() {
        return Err("no media section");
    }
    let mut mids = BTreeSet::new();
    for section in &sections {
        match section.mid() {
            None | Some("") => return Err("a media section without a mid"),
            Some(mid) if !mids.insert(mid) => return Err("two media sections with one mid"),
            Some(_) => {}
        }
        check_formats(section)?;
    }
    // One transport carries all sections (BUNDLE).
    let on_transport: Vec<_> = sections
        .iter()
        .filter(|section| !section.is_rejected() && !section.is_inactive())
        .copied()
        .collect();
    // The stack uses the credentials of an inactive section if there are no others.
    let on_transport = if on_transport.is_empty() {
        &sections
    } else {
        &on_transport
    };
    single(session, on_transport, "a=ice-ufrag:").map_err(|count| match count {
        Count::None => "no ICE user name",
        Count::Several => "several ICE user names",
    })?;
    single(session, on_transport, "a=ice-pwd:").map_err(|count| match count {
        Count::None => "no ICE password",
        Count::Several => "several ICE passwords",
    })?;
    let fingerprint =
        single(session, &sections, "a=fingerprint:").map_err(|count| match count {
            Count::None => "no fingerprint",
            Count::Several => "several fingerprints",
        })?;
    if fingerprint.split(' ').count() != 2 {
        return Err("an invalid fingerprint");
    }
    Ok(())
}

/// Checks that an answer has the media sections of the offer, in the same order (RFC 3264 §6, RFC 9429 §5.11).
///
/// # Errors
///
/// What differs, for the error's text.
pub(crate) fn check_answer(offer: &str, answer: &str) -> Result<(), &'static str> {
    let (_, offered) = split(offer);
    let (_, answered) = split(answer);
    if offered.len() != answered.len() {
        return Err("another number of media sections than in the offer");
    }
    for (offered, answered) in offered.iter().zip(&answered) {
        if offered.mid() != answered.mid() || offered.media() != answered.media() {
            return Err("other media sections than in the offer");
        }
    }
    Ok(())
}

/// Payload types are numbers with a codec each (RFC 8866 §6.6).
fn check_formats(section: &Section<'_>) -> Result<(), &'static str> {
    let Some(_) = section.kind().filter(|_| !section.is_rejected()) else {
        return Ok(());
    };
    let is_payload_type = |text: &str| text.parse::<u8>().is_ok();
    for format in section.formats() {
        let mapped = || section.rtpmaps().any(|(mapped, _)| mapped == format);
        if !is_payload_type(format) || (format != "0" && !mapped()) {
            return Err("a payload type without a codec");
        }
    }
    let mut associated = section
        .lines()
        .filter_map(|line| Some(line.strip_prefix("a=fmtp:")?.split_once(' ')?.1))
        .flat_map(|parameters| parameters.split(';'))
        .map(|parameter| {
            parameter
                .trim()
                .split_once('=')
                .unwrap_or((parameter.trim(), ""))
        })
        .filter(|(name, _)| name.eq_ignore_ascii_case("apt"))
        .map(|(_, payload_type)| payload_type);
    if !associated.all(is_payload_type) {
        return Err("an invalid associated payload type");
    }
    Ok(())
}

enum Count {
    None,
    Several,
}

/// The one value of an attribute of the session or its sections.
fn single<'a>(
    session: &'a str,
    sections: &[Section<'a>],
    prefix: &'static str,
) -> Result<&'a str, Count> {
    let of_sections = sections.iter().flat_map(Section::lines);
    let mut values = session
        .lines()
        .map(str::trim_end)
        .chain(of_sections)
        .filter_map(|line| line.strip_prefix(prefix));
    let first = values.next().ok_or(Count::None)?;
    if values.all(|value| value == first) {
        Ok(first)
    } else {
        Err(Count::Several)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "v=0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=fingerprint:sha-256 AA:BB\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\na=ice-ufrag:u\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n\
        a=fmtp:97 apt=96\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

    #[test]
    fn a_description_without_what_the_stack_relies_on_is_refused() {
        assert_eq!(check(VALID), Ok(()));
        for (valid, invalid) in [
            ("a=ice-pwd:p", "a=ice-pw:p"),
            ("a=mid:1", "a=mid:0"),
            ("a=mid:2", "a=mid:"),
            ("a=mid:2", "a=mi"),
            ("96 97\r\n", "96 300\r\n"),
            ("96 97\r\n", "96 98\r\n"),
            ("apt=96", "apt=x"),
            ("apt=96", "x=1; APT"),
            (
                "opus/48000/2\r\na=ice-ufrag:u",
                "opus/48000/2\r\na=ice-ufrag:v",
            ),
            ("sha-256 AA:BB", "AA:BB"),
        ] {
            let sdp = VALID.replace(valid, invalid);
            assert_ne!(sdp, VALID);
            assert!(check(&sdp).is_err(), "{invalid}");
        }
        let rejected = VALID.replace("m=video 9 UDP/TLS/RTP/SAVPF 96 97", "m=video 0 x 300");
        assert_eq!(check(&rejected), Ok(()), "a rejected section has no codecs");
        // Chromium's answers.
        let rejected =
            rejected.replace("a=mid:1", "a=mid:1\r\na=ice-ufrag:other\r\na=ice-pwd:other");
        assert_eq!(
            check(&rejected),
            Ok(()),
            "a rejected section has no transport"
        );
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
