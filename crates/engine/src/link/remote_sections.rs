//! What each media section of the remote description carries (no I/O).

use std::collections::{BTreeMap, BTreeSet};

use maru_protocol::{Open, Source};

/// Most sections that are read. A call has four: a screen that is shared again keeps its section.
const MAX_SECTIONS: usize = 64;

/// The remote participant's media sections, by `a=mid` (RFC 9143).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RemoteSections {
    /// Sources of later versions are kept, and not shown.
    sources: BTreeMap<String, Open<Source>>,
    sending: BTreeSet<String>,
}

impl RemoteSections {
    /// A remote description took effect. `tracks` is complete and replaces the last one. Without it, the first section of
    /// a kind is microphone or camera and the second the screen (decision 0005).
    pub(super) fn on_description(
        &mut self,
        sdp: &str,
        tracks: Option<&BTreeMap<String, Open<Source>>>,
    ) {
        let parsed = parse(sdp);
        if let Some(tracks) = tracks {
            let listed = tracks.iter().take(MAX_SECTIONS);
            self.sources = listed
                .map(|(mid, source)| (mid.clone(), source.clone()))
                .collect();
        } else {
            for (kind, sources) in [
                ("audio", [Source::Microphone, Source::ScreenAudio]),
                ("video", [Source::Camera, Source::Screen]),
            ] {
                let of_kind = parsed.iter().filter(|section| section.kind == kind);
                for (section, source) in of_kind.zip(sources) {
                    self.sources
                        .entry(section.mid.clone())
                        .or_insert(Open::Known(source));
                }
            }
        }
        self.sources
            .retain(|mid, _| parsed.iter().any(|section| section.mid == *mid));
        self.sending = parsed
            .into_iter()
            .filter(|section| section.sends)
            .map(|section| section.mid)
            .collect();
    }

    /// What a section carries; `None` while nothing is sent in it.
    pub(super) fn source(&self, mid: &str) -> Option<Source> {
        if self.sending.contains(mid) {
            self.sources.get(mid).and_then(Open::known).copied()
        } else {
            None
        }
    }
}

struct Section {
    kind: String,
    mid: String,
    sends: bool,
}

fn parse(sdp: &str) -> Vec<Section> {
    sdp.split("\nm=")
        .skip(1)
        .take(MAX_SECTIONS)
        .filter_map(|section| {
            let lines = || section.lines().map(str::trim_end);
            let kind = section.split(' ').next()?.to_owned();
            let mid = lines()
                .find_map(|line| line.strip_prefix("a=mid:"))?
                .to_owned();
            let inactive = lines().any(|line| line == "a=recvonly" || line == "a=inactive");
            let bundle_only = lines().any(|line| line == "a=bundle-only");
            let rejected = section.split(' ').nth(1) == Some("0") && !bundle_only;
            Some(Section {
                kind,
                mid,
                sends: !inactive && !rejected,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "v=0\r\no=- 42 2 IN IP4 127.0.0.1\r\nm=audio 9 X 111\r\na=mid:0\r\na=sendrecv\r\n\
        m=video 9 X 96\r\na=mid:1\r\na=sendrecv\r\nm=application 9 X\r\na=mid:2\r\n\
        m=video 9 X 96\r\na=mid:3\r\na=sendonly\r\n";

    #[test]
    fn without_tracks_the_order_of_sections_decides() {
        let mut sections = RemoteSections::default();
        sections.on_description(CALL, None);
        assert_eq!(sections.source("0"), Some(Source::Microphone));
        assert_eq!(sections.source("1"), Some(Source::Camera));
        assert_eq!(sections.source("2"), None);
        assert_eq!(sections.source("3"), Some(Source::Screen));
    }

    #[test]
    fn a_screen_that_is_stopped_has_no_source_and_is_a_screen_again_when_resumed() {
        let mut sections = RemoteSections::default();
        let tracks = BTreeMap::from([("3".to_owned(), Open::Known(Source::Screen))]);
        sections.on_description(CALL, Some(&tracks));
        assert_eq!(sections.source("3"), Some(Source::Screen));
        sections.on_description(&CALL.replace("sendonly", "inactive"), None);
        assert_eq!(sections.source("3"), None);
        sections.on_description(CALL, None);
        assert_eq!(sections.source("3"), Some(Source::Screen));
    }

    #[test]
    fn a_source_of_a_later_version_is_not_replaced_by_the_source_its_order_suggests() {
        let mut sections = RemoteSections::default();
        let tracks = BTreeMap::from([
            ("1".to_owned(), Open::Other("whiteboard".into())),
            ("3".to_owned(), Open::Known(Source::Camera)),
        ]);
        sections.on_description(CALL, Some(&tracks));
        assert_eq!(sections.source("1"), None);
        assert_eq!(sections.source("3"), Some(Source::Camera));
        sections.on_description(CALL, None);
        assert_eq!(sections.source("1"), None);
    }

    #[test]
    fn tracks_replace_those_of_the_description_before() {
        let mut sections = RemoteSections::default();
        let tracks = BTreeMap::from([("3".to_owned(), Open::Known(Source::Screen))]);
        sections.on_description(CALL, Some(&tracks));
        sections.on_description(CALL, Some(&BTreeMap::new()));
        assert_eq!(sections.source("3"), None);
    }
}
