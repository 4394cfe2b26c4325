//! The few lines of SDP (RFC 8866) that say whose description it is.

/// User name and session ID of the `o=` line, which stay the same for one connection (RFC 3264 §8, RFC 8829 §5.2.2):
/// another session is another connection. Of texts as their author wrote them: browsers change the line in what they
/// give back.
#[must_use]
pub fn session(sdp: &str) -> Option<String> {
    let origin = sdp.lines().find_map(|line| line.strip_prefix("o="))?;
    let mut words = origin.split_whitespace();
    Some(format!("{} {}", words.next()?, words.next()?))
}

/// Firefox names itself in the `o=` line.
#[must_use]
pub fn is_of_firefox(sdp: &str) -> bool {
    session(sdp).is_some_and(|session| session.starts_with("mozilla"))
}

/// The first ICE user name fragment (RFC 8839 §5.4): another one after every ICE restart.
#[must_use]
pub fn ice_ufrag(sdp: &str) -> Option<&str> {
    attribute(sdp, "a=ice-ufrag:")
}

/// The first DTLS certificate fingerprint (RFC 8122 §5).
#[must_use]
pub fn fingerprint(sdp: &str) -> Option<&str> {
    attribute(sdp, "a=fingerprint:")
}

/// `sdp` without what changes while its author gathers candidates: those, and the default one's address and ports
/// (RFC 8829 §5.2.1). A description that is sent again is the same but for these.
#[must_use]
pub fn without_candidates(sdp: &str) -> String {
    let of_candidates = ["c=", "a=candidate:", "a=end-of-candidates", "a=rtcp:"];
    let mut kept = String::with_capacity(sdp.len());
    for line in sdp.lines() {
        if of_candidates.iter().any(|prefix| line.starts_with(prefix)) {
            continue;
        }
        match media_line(line) {
            Some((kind, rest)) => {
                kept.push_str(kind);
                kept.push_str(" 9 ");
                kept.push_str(rest);
            }
            None => kept.push_str(line),
        }
        kept.push('\n');
    }
    kept
}

/// Kind and formats of an `m=` line that has a port; port zero refuses the section and stays.
fn media_line(line: &str) -> Option<(&str, &str)> {
    let mut words = line.splitn(3, ' ');
    let (kind, port, rest) = (words.next()?, words.next()?, words.next()?);
    (kind.starts_with("m=") && port != "0").then_some((kind, rest))
}

fn attribute<'a>(sdp: &'a str, prefix: &str) -> Option<&'a str> {
    sdp.lines().find_map(|line| line.strip_prefix(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 42 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 AB:CD\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=mid:0\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n";

    #[test]
    fn a_session_is_its_name_and_number_not_its_version() {
        assert_eq!(session(OFFER).as_deref(), Some("- 42"));
        assert_eq!(session(OFFER), session(&OFFER.replace(" 2 IN", " 3 IN")));
        assert_ne!(session(OFFER), session(&OFFER.replace("- 42", "- 43")));
        let firefox =
            "v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 7612946916446685582 0 IN IP4 0.0.0.0\r\n";
        assert!(session(firefox).is_some());
        assert!(is_of_firefox(firefox));
        assert!(!is_of_firefox(OFFER));
        assert_eq!(
            session(firefox),
            session(&firefox.replace(" 0 IN", " 1 IN"))
        );
        assert_eq!(session("v=0"), None);
    }

    #[test]
    fn credentials_and_certificate_are_read() {
        assert_eq!(ice_ufrag(OFFER), Some("abcd"));
        assert_eq!(fingerprint(OFFER), Some("sha-256 AB:CD"));
        assert_eq!(ice_ufrag("v=0\r\n"), None);
    }

    #[test]
    fn an_offer_sent_again_with_its_candidates_is_the_same_offer() {
        let gathered = OFFER
            .replace("m=audio 9 ", "m=audio 40404 ")
            .replace("c=IN IP4 0.0.0.0", "c=IN IP4 192.0.2.7")
            .replace(
                "a=mid:0\r\n",
                "a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.7 40404 typ host\r\na=end-of-candidates\r\n",
            );
        assert_eq!(without_candidates(OFFER), without_candidates(&gathered));
        // A section that is refused is another description.
        let refused = OFFER.replace("m=audio 9 ", "m=audio 0 ");
        assert_ne!(without_candidates(OFFER), without_candidates(&refused));
    }
}
