//! Reads descriptions (RFC 8866), media section by media section, as text. No I/O.

use crate::candidate::Candidate;
use crate::kind::Kind;

/// Offer or answer (RFC 3264).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SdpType {
    Offer,
    Answer,
}

/// One media section, from its `m=` line to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Section<'a> {
    pub(crate) text: &'a str,
}

/// Splits a description into the session part and the media sections.
pub(crate) fn split(sdp: &str) -> (&str, Vec<Section<'_>>) {
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in sdp.split_inclusive('\n') {
        if line.starts_with("m=") {
            starts.push(offset);
        }
        offset += line.len();
    }
    let session = &sdp[..starts.first().copied().unwrap_or(sdp.len())];
    let ends = starts.iter().skip(1).copied().chain([sdp.len()]);
    let sections = starts
        .iter()
        .zip(ends)
        .map(|(start, end)| Section {
            text: &sdp[*start..end],
        })
        .collect();
    (session, sections)
}

/// Takes the candidates out of a description: they can be added one by one, so that an invalid one costs a path only.
pub(crate) fn take_candidates(sdp: &str) -> (String, Vec<Candidate>) {
    let (session, sections) = split(sdp);
    let mut without = String::with_capacity(sdp.len());
    without.push_str(session);
    let mut candidates = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        for line in section.text.split_inclusive('\n') {
            match line.trim_end().strip_prefix("a=") {
                Some(candidate) if candidate.starts_with("candidate:") => {
                    candidates.push(Candidate {
                        candidate: candidate.to_owned(),
                        mid: section.mid().map(str::to_owned),
                        line: u16::try_from(index).ok(),
                    });
                }
                _ => without.push_str(line),
            }
        }
    }
    (without, candidates)
}

/// The media section with this `mid`.
pub(crate) fn section<'a>(sdp: &'a str, mid: &str) -> Option<Section<'a>> {
    let (_, sections) = split(sdp);
    sections
        .into_iter()
        .find(|section| section.mid() == Some(mid))
}

/// The ICE user name fragment (RFC 8839 §5.4). It changes with every ICE restart.
pub(crate) fn ice_ufrag(sdp: &str) -> Option<&str> {
    sdp.lines()
        .find_map(|line| line.strip_prefix("a=ice-ufrag:"))
}

impl<'a> Section<'a> {
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text.lines().map(str::trim_end)
    }

    /// The words of `m=<media> <port> <proto> <fmt> ...`.
    fn media_line(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let line = self.lines().next().unwrap_or_default();
        line.trim_start_matches("m=").split_ascii_whitespace()
    }

    /// Its media type: `audio`, `video` or `application`, if it is valid.
    pub(crate) fn media(&self) -> Option<&'a str> {
        self.media_line().next()
    }

    /// `None` for sections that are neither audio nor video.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self.media()? {
            "audio" => Some(Kind::Audio),
            "video" => Some(Kind::Video),
            _ => None,
        }
    }

    /// Payload types.
    pub(crate) fn formats(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.media_line().skip(3)
    }

    /// The values of all attributes with this name.
    fn attributes(self, name: &'static str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.lines().filter_map(move |line| {
            line.strip_prefix("a=")?
                .strip_prefix(name)?
                .strip_prefix(':')
        })
    }

    /// Its identification tag (RFC 5888).
    pub(crate) fn mid(&self) -> Option<&'a str> {
        self.attributes("mid").next()
    }

    /// Whether its port is zero (RFC 3264 §6), except where that only means that it has no transport of its own
    /// (`bundle-only`, RFC 9143 §6).
    pub(crate) fn is_rejected(&self) -> bool {
        self.media_line().nth(1) == Some("0") && !self.lines().any(|line| line == "a=bundle-only")
    }

    /// Payload types with their codecs, `<encoding name>/<clock rate>[/<channels>]`.
    fn rtpmaps(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.attributes("rtpmap")
            .filter_map(|map| map.split_once(' '))
    }

    /// Whether it lists the one codec we support for this kind.
    pub(crate) fn has_codec(&self, kind: Kind) -> bool {
        self.rtpmaps().any(|(format, codec)| {
            let mut codec = codec.trim().split('/');
            let (name, clock) = (codec.next().unwrap_or_default(), codec.next());
            let (our_name, our_clock) = match kind {
                Kind::Audio => ("opus", "48000"),
                Kind::Video => ("VP8", "90000"),
            };
            name.eq_ignore_ascii_case(our_name)
                && clock == Some(our_clock)
                && self.formats().any(|listed| listed == format)
        })
    }

    /// The ID under which its author receives this RTP header extension (RFC 8285 §5), if that fits a one-byte header.
    pub(crate) fn received_extension(&self, uri: &str) -> Option<u8> {
        self.attributes("extmap").find_map(|map| {
            let mut words = map.split_ascii_whitespace();
            let id = words.next()?;
            if words.next() != Some(uri) {
                return None;
            }
            let (id, direction) = id.split_once('/').unwrap_or((id, "sendrecv"));
            let id = id.parse().ok().filter(|id| (1..=14).contains(id))?;
            matches!(direction, "sendrecv" | "recvonly").then_some(id)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\na=group:BUNDLE 0 1 2\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n\
        a=extmap:3/recvonly urn:one vad=on\r\na=extmap:4/sendonly urn:two\r\na=extmap:15 urn:three\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 97\r\na=mid:1\r\na=bundle-only\r\na=rtpmap:96 VP8/90000\r\n\
        a=rtpmap:97 H264/90000\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";

    #[test]
    fn sections_are_read() {
        let (session, sections) = split(OFFER);
        assert_eq!(session, "v=0\r\na=group:BUNDLE 0 1 2\r\n");
        let kinds: Vec<_> = sections.iter().map(Section::kind).collect();
        assert_eq!(kinds, [Some(Kind::Audio), Some(Kind::Video), None]);
        let mids: Vec<_> = sections.iter().filter_map(Section::mid).collect();
        assert_eq!(mids, ["0", "1", "2"]);
        assert!(!sections.iter().any(Section::is_rejected));
        let plain = OFFER.replace("a=bundle-only\r\n", "");
        assert!(section(&plain, "1").is_some_and(|video| video.is_rejected()));
        assert!(split("v=0").1.is_empty());
    }

    #[test]
    fn candidates_are_taken_out_of_their_sections() {
        let line = "candidate:1 1 udp 1 10.0.0.1 9 typ host";
        let with = OFFER.replace("a=mid:1\r\n", &format!("a=mid:1\r\na={line}\r\n"));
        let (without, candidates) = take_candidates(&with);
        assert_eq!(without, OFFER);
        let expected = Candidate {
            candidate: line.into(),
            mid: Some("1".into()),
            line: Some(1),
        };
        assert_eq!(candidates, [expected]);
    }

    #[test]
    fn a_codec_counts_only_if_its_payload_type_is_listed() {
        let has =
            |sdp: &str, mid, kind| section(sdp, mid).is_some_and(|section| section.has_codec(kind));
        assert!(has(OFFER, "0", Kind::Audio));
        assert!(!has(OFFER, "1", Kind::Video), "96 is not among its formats");
        assert!(has(
            &OFFER.replace("SAVPF 97", "SAVPF 97 96"),
            "1",
            Kind::Video
        ));
        let other_clock = OFFER.replace("opus/48000/2", "opus/16000");
        assert!(!has(&other_clock, "0", Kind::Audio));
    }

    #[test]
    fn an_extension_counts_if_it_is_received_and_its_id_fits() {
        let audio = section(OFFER, "0").unwrap();
        let id = |uri| audio.received_extension(uri);
        assert_eq!(id("urn:one"), Some(3));
        assert_eq!(id("urn:two"), None, "only sent");
        assert_eq!(id("urn:three"), None, "15 is reserved (RFC 8285 §4.2)");
        assert_eq!(id("urn:four"), None);
    }
}
