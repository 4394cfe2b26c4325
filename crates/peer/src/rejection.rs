//! Rejected media sections (RFC 3264 §6, RFC 9429 §5.3.1): without a common video codec a call has audio only. No I/O.
//!
//! The stack fails on a section without a supported codec, and on every later offer once a section was rejected. It
//! therefore never sees a rejected section: it gets a placeholder with a supported codec instead, and in descriptions of
//! ours the placeholder is replaced by a section with port zero.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::kind::Kind;
use crate::sdp::{SdpType, Section, split};

/// Rejected sections that are remembered although remote descriptions no longer have them (RFC 9429 §5.2.2: an offer may
/// recycle the position of a rejected section). The stack would offer a forgotten one again.
const MAX_RECYCLED: usize = 64;

/// The rejected sections, by `mid`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RejectedSections {
    sections: BTreeMap<String, Rejection>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rejection {
    kind: Kind,
    /// Rejected because there is no common codec; otherwise the offerer itself stopped it.
    lacks_codec: bool,
}

impl RejectedSections {
    /// The rejected sections once this remote offer is answered.
    pub(crate) fn after_offer(&self, offer: &str) -> Self {
        self.after(offer, |section, kind, before| {
            if section.is_rejected() {
                Some(before.is_some_and(|rejection| rejection.lacks_codec))
            } else {
                (!section.has_codec(kind)).then_some(true)
            }
        })
    }

    /// The rejected sections after this remote answer. A section that our offer rejected stays rejected.
    pub(crate) fn after_answer(&self, answer: &str) -> Self {
        self.after(answer, |section, kind, before| {
            let before = before.map(|rejection| rejection.lacks_codec);
            before.or_else(|| (section.is_rejected() || !section.has_codec(kind)).then_some(true))
        })
    }

    /// `lacks_codec` returns `None` for a section that is not rejected, given its earlier rejection, if any.
    fn after(
        &self,
        sdp: &str,
        lacks_codec: impl Fn(&Section<'_>, Kind, Option<&Rejection>) -> Option<bool>,
    ) -> Self {
        let (_, described) = split(sdp);
        let mut sections = BTreeMap::new();
        for section in &described {
            let (Some(kind), Some(mid)) = (section.kind(), section.mid()) else {
                continue;
            };
            if let Some(lacks_codec) = lacks_codec(section, kind, self.sections.get(mid)) {
                sections.insert(mid.to_owned(), Rejection { kind, lacks_codec });
            }
        }
        let is_described = |mid: &str| described.iter().any(|section| section.mid() == Some(mid));
        let recycled = self.sections.iter().filter(|(mid, _)| !is_described(mid));
        sections.extend(recycled.take(MAX_RECYCLED).map(|(mid, rejection)| {
            let rejection = Rejection {
                lacks_codec: false,
                ..*rejection
            };
            (mid.clone(), rejection)
        }));
        Self { sections }
    }

    pub(crate) fn contains(&self, mid: &str) -> bool {
        self.sections.contains_key(mid)
    }

    /// Whether a section of this kind is rejected because there is no common codec.
    pub(crate) fn lacks_codec(&self, kind: Kind) -> bool {
        self.sections
            .values()
            .any(|rejection| rejection.kind == kind && rejection.lacks_codec)
    }

    /// Converts a remote description for the stack: with placeholders for rejected sections.
    pub(crate) fn to_stack(&self, sdp_type: SdpType, sdp: &str) -> String {
        let (session, sections) = split(sdp);
        let mut written = String::with_capacity(sdp.len());
        written.push_str(session);
        for section in &sections {
            match section.mid().and_then(|mid| self.sections.get(mid)) {
                Some(rejection) => {
                    let format = free_format(section, &sections);
                    write_placeholder(&mut written, section, sdp_type, rejection.kind, &format);
                }
                None => written.push_str(section.text),
            }
        }
        written
    }

    /// Converts a description of the stack for the remote peer: rejected sections get port zero.
    pub(crate) fn to_remote(&self, sdp: &str) -> String {
        let (session, sections) = split(sdp);
        if !sections
            .iter()
            .any(|section| self.rejected_mid(section).is_some())
        {
            return sdp.to_owned();
        }
        let mut written = String::with_capacity(sdp.len());
        for line in session.split_inclusive('\n') {
            match line.trim_end().strip_prefix("a=group:BUNDLE") {
                Some(mids) => self.write_bundle(&mut written, mids),
                None => written.push_str(line),
            }
        }
        // The stack writes candidates into the first section, even if that one is rejected.
        let is_candidate =
            |line: &&str| line.starts_with("a=candidate:") || *line == "a=end-of-candidates";
        let mut candidates: Vec<&str> = sections
            .iter()
            .filter(|section| self.rejected_mid(section).is_some())
            .flat_map(Section::lines)
            .filter(is_candidate)
            .collect();
        for section in &sections {
            if let Some(mid) = self.rejected_mid(section) {
                let kind = section.kind().unwrap_or(Kind::Video).media_type();
                let _ = write!(
                    written,
                    "m={kind} 0 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\na=mid:{mid}\r\n"
                );
            } else {
                written.push_str(section.text);
                for line in candidates.drain(..) {
                    let _ = write!(written, "{line}\r\n");
                }
            }
        }
        written
    }

    /// The `mid` of a section that is rejected.
    fn rejected_mid<'a>(&self, section: &Section<'a>) -> Option<&'a str> {
        section.mid().filter(|mid| self.contains(mid))
    }

    /// The BUNDLE group without the rejected sections (RFC 9143 §7.3.3).
    fn write_bundle(&self, written: &mut String, mids: &str) {
        let kept: Vec<&str> = mids
            .split_ascii_whitespace()
            .filter(|mid| !self.contains(mid))
            .collect();
        if !kept.is_empty() {
            let _ = write!(written, "a=group:BUNDLE {}\r\n", kept.join(" "));
        }
    }
}

/// `mid` and index of the first section that is not rejected: trickled candidates are sent for it.
pub(crate) fn first_accepted(sdp: &str) -> Option<(String, u16)> {
    let (_, sections) = split(sdp);
    let (index, section) = sections
        .iter()
        .enumerate()
        .find(|(_, section)| !section.is_rejected())?;
    Some((section.mid()?.to_owned(), u16::try_from(index).ok()?))
}

/// Adds the `mid` of the offered section to each section of `answer` that has none: a rejected one need not have it.
pub(crate) fn with_mids(answer: &str, offered: &str) -> String {
    let (session, sections) = split(answer);
    let (_, offered) = split(offered);
    let mut written = session.to_owned();
    for (index, section) in sections.iter().enumerate() {
        written.push_str(section.text);
        if let (None, Some(mid)) = (
            section.mid(),
            offered.get(index).and_then(|section| section.mid()),
        ) {
            if !written.ends_with('\n') {
                written.push_str("\r\n");
            }
            let _ = write!(written, "a=mid:{mid}\r\n");
        }
    }
    written
}

/// A payload type that no other section has, as bundled sections share one table of them. 96 is the browsers' choice
/// for VP8.
fn free_format(section: &Section<'_>, all: &[Section<'_>]) -> String {
    let own = section.formats().map(str::to_owned);
    let taken = |format: &String| {
        all.iter()
            .filter(|other| other.text != section.text)
            .any(|other| other.formats().any(|listed| listed == format))
    };
    let numbers = (96..=127u8).map(|number| number.to_string());
    let mut candidates = numbers.chain(own.filter(|own| own.parse().is_ok_and(|it: u8| it < 128)));
    candidates
        .find(|format| !taken(format))
        .unwrap_or_else(|| "96".into())
}

/// Writes a placeholder for `section`: the same transport, with our codec as its only one.
fn write_placeholder(
    written: &mut String,
    section: &Section<'_>,
    sdp_type: SdpType,
    kind: Kind,
    format: &str,
) {
    const TRANSPORT: [&str; 6] = [
        "a=mid:",
        "a=ice-",
        "a=fingerprint:",
        "a=setup:",
        "a=rtcp-mux",
        "c=",
    ];
    let direction = match sdp_type {
        // As offered, so that the stack puts a local track here instead of offering another section for it.
        SdpType::Offer => section
            .lines()
            .find(|line| {
                matches!(
                    *line,
                    "a=sendrecv" | "a=sendonly" | "a=recvonly" | "a=inactive"
                )
            })
            .unwrap_or("a=sendrecv"),
        SdpType::Answer => "a=inactive",
    };
    let codec = match kind {
        Kind::Audio => "opus/48000/2",
        Kind::Video => "VP8/90000",
    };
    let kind = kind.media_type();
    let _ = write!(written, "m={kind} 9 UDP/TLS/RTP/SAVPF {format}\r\n");
    for line in section.lines() {
        if TRANSPORT.iter().any(|prefix| line.starts_with(prefix)) {
            let _ = write!(written, "{line}\r\n");
        }
    }
    let _ = write!(written, "{direction}\r\na=rtpmap:{format} {codec}\r\n");
}

#[cfg(test)]
mod tests;
