//! Sections that one side refuses, each by itself: no codec in common costs the picture and not the call
//! (RFC 3264 §6, RFC 9429 §5.3.1). Pure.
//!
//! The stack fails at a section without a codec it has, and at every later offer after one was refused. So it never
//! sees such a section: it is given one that it can speak of in its place, and what it says of that is put back to
//! port zero on the way out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::events::DescriptionKind;
use crate::sdp::{Section, split};
use crate::tracks::Kind;

/// Refused sections remembered that their descriptions do not have any more (RFC 9429 §5.2.2 lets an offer put
/// another in the place of one). Without them ours would be offered again, and refused again.
const MAX_REPLACED: usize = 64;

/// Which sections are refused, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Refusals {
    sections: BTreeMap<String, Refusal>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refusal {
    kind: Kind,
    /// For want of a codec; others were put away by who offered them.
    lacks_codec: bool,
}

impl Refusals {
    /// What is refused once their offer is answered.
    pub(crate) fn after_offer(&self, offer: &str) -> Self {
        self.after(offer, |section, kind, before| {
            if section.is_rejected() {
                Some(before.is_some_and(|refusal| refusal.lacks_codec))
            } else {
                (!section.has_codec(kind)).then_some(true)
            }
        })
    }

    /// What is refused after their answer. What our offer refused already, no answer brings back.
    pub(crate) fn after_answer(&self, answer: &str) -> Self {
        self.after(answer, |section, kind, before| {
            let before = before.map(|refusal| refusal.lacks_codec);
            before.or_else(|| (section.is_rejected() || !section.has_codec(kind)).then_some(true))
        })
    }

    /// `refused` says of a section with whatever it was before whether it is, and if for want of a codec.
    fn after(
        &self,
        sdp: &str,
        refused: impl Fn(&Section<'_>, Kind, Option<&Refusal>) -> Option<bool>,
    ) -> Self {
        let (_, described) = split(sdp);
        let mut sections = BTreeMap::new();
        for section in &described {
            let (Some(kind), Some(mid)) = (section.kind(), section.mid()) else {
                continue;
            };
            if let Some(lacks_codec) = refused(section, kind, self.sections.get(mid)) {
                sections.insert(mid.to_owned(), Refusal { kind, lacks_codec });
            }
        }
        let is_described = |mid: &str| described.iter().any(|section| section.mid() == Some(mid));
        let replaced = self.sections.iter().filter(|(mid, _)| !is_described(mid));
        sections.extend(replaced.take(MAX_REPLACED).map(|(mid, refusal)| {
            let refusal = Refusal {
                lacks_codec: false,
                ..*refusal
            };
            (mid.clone(), refusal)
        }));
        Self { sections }
    }

    pub(crate) fn contains(&self, mid: &str) -> bool {
        self.sections.contains_key(mid)
    }

    /// Whether a section of this kind is refused for want of a codec.
    pub(crate) fn lacks_codec(&self, kind: Kind) -> bool {
        self.sections
            .values()
            .any(|refusal| refusal.kind == kind && refusal.lacks_codec)
    }

    /// Their description as the stack gets it.
    pub(crate) fn for_stack(&self, kind: DescriptionKind, sdp: &str) -> String {
        let (session, sections) = split(sdp);
        let mut written = String::with_capacity(sdp.len());
        written.push_str(session);
        for section in &sections {
            match section.mid().and_then(|mid| self.sections.get(mid)) {
                Some(refusal) => {
                    let format = free_format(section, &sections);
                    stand_in(&mut written, section, kind, refusal.kind, &format);
                }
                None => written.push_str(section.text),
            }
        }
        written
    }

    /// The stack's description as they get it.
    pub(crate) fn for_them(&self, sdp: &str) -> String {
        let (session, sections) = split(sdp);
        if !sections
            .iter()
            .any(|section| self.refused(section).is_some())
        {
            return sdp.to_owned();
        }
        let mut written = String::with_capacity(sdp.len());
        for line in session.split_inclusive('\n') {
            match line.trim_end().strip_prefix("a=group:BUNDLE") {
                Some(mids) => self.bundle(&mut written, mids),
                None => written.push_str(line),
            }
        }
        // The stack writes candidates into the first section, be it refused or not.
        let is_candidate =
            |line: &&str| line.starts_with("a=candidate:") || *line == "a=end-of-candidates";
        let mut candidates: Vec<&str> = sections
            .iter()
            .filter(|section| self.refused(section).is_some())
            .flat_map(Section::lines)
            .filter(is_candidate)
            .collect();
        for section in &sections {
            if let Some(mid) = self.refused(section) {
                let kind = name(section.kind().unwrap_or(Kind::Video));
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

    /// The name of a section that is.
    fn refused<'a>(&self, section: &Section<'a>) -> Option<&'a str> {
        section.mid().filter(|mid| self.contains(mid))
    }

    /// The group without what is refused (RFC 9143 §7.3.3).
    fn bundle(&self, written: &mut String, mids: &str) {
        let kept: Vec<&str> = mids
            .split_ascii_whitespace()
            .filter(|mid| !self.contains(mid))
            .collect();
        if !kept.is_empty() {
            let _ = write!(written, "a=group:BUNDLE {}\r\n", kept.join(" "));
        }
    }
}

/// The first section that is not refused, by name and position: the one that candidates are told for.
pub(crate) fn first_in_use(sdp: &str) -> Option<(String, u16)> {
    let (_, sections) = split(sdp);
    let (index, section) = sections
        .iter()
        .enumerate()
        .find(|(_, section)| !section.is_rejected())?;
    Some((section.mid()?.to_owned(), u16::try_from(index).ok()?))
}

/// `answer` with the name of the offered section in each that has none: a refused one need not say it.
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

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Audio => "audio",
        Kind::Video => "video",
    }
}

/// A payload type that no other section has: of all in a bundle one table is made. 96 is what browsers give VP8.
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

/// A section with our codec in the place of `section`, with its transport and without its media.
fn stand_in(
    written: &mut String,
    section: &Section<'_>,
    description: DescriptionKind,
    kind: Kind,
    format: &str,
) {
    const TRANSPORT: [&str; 8] = [
        "a=mid:",
        "a=ice-",
        "a=fingerprint:",
        "a=setup:",
        "a=rtcp-mux",
        "a=candidate:",
        "a=end-of-candidates",
        "c=",
    ];
    let direction = match description {
        // As offered, so that a track of ours takes its place in it and is not offered again by itself.
        DescriptionKind::Offer => section
            .lines()
            .find(|line| {
                matches!(
                    *line,
                    "a=sendrecv" | "a=sendonly" | "a=recvonly" | "a=inactive"
                )
            })
            .unwrap_or("a=sendrecv"),
        DescriptionKind::Answer => "a=inactive",
    };
    let codec = match kind {
        Kind::Audio => "opus/48000/2",
        Kind::Video => "VP8/90000",
    };
    let kind = name(kind);
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
