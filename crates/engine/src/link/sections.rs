//! Which section of the other side's description carries what. Pure.

use std::collections::{BTreeMap, BTreeSet};

use maru_protocol::{Open, Source};

/// Sections read at most: a screen that is shared again keeps its own.
const MAX_SECTIONS: usize = 64;

/// What their sections carry, by `a=mid` (RFC 9143).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sections {
    /// Of a source that a later version added, nothing is shown.
    sources: BTreeMap<String, Open<Source>>,
    sending: BTreeSet<String>,
}

impl Sections {
    /// Notes a description of theirs that took effect. Without `tracks`, the first section of a kind is the
    /// person and the second the screen (decision 0005).
    pub(super) fn described(&mut self, sdp: &str, tracks: Option<&BTreeMap<String, Open<Source>>>) {
        let read = read(sdp);
        if let Some(tracks) = tracks {
            for (mid, source) in tracks.iter().take(MAX_SECTIONS) {
                self.sources.insert(mid.clone(), source.clone());
            }
        } else {
            for (kind, order) in [
                ("audio", [Source::Microphone, Source::ScreenAudio]),
                ("video", [Source::Camera, Source::Screen]),
            ] {
                let of_kind = read.iter().filter(|section| section.kind == kind);
                for (section, source) in of_kind.zip(order) {
                    self.sources
                        .entry(section.mid.clone())
                        .or_insert(Open::Known(source));
                }
            }
        }
        self.sources
            .retain(|mid, _| read.iter().any(|section| section.mid == *mid));
        self.sending = read
            .into_iter()
            .filter(|section| section.sends)
            .map(|section| section.mid)
            .collect();
    }

    /// What a section carries, while they send in it.
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

fn read(sdp: &str) -> Vec<Section> {
    sdp.split("\nm=")
        .skip(1)
        .take(MAX_SECTIONS)
        .filter_map(|section| {
            let lines = || section.lines().map(str::trim_end);
            let kind = section.split(' ').next()?.to_owned();
            let mid = lines()
                .find_map(|line| line.strip_prefix("a=mid:"))?
                .to_owned();
            let silent = lines().any(|line| line == "a=recvonly" || line == "a=inactive");
            let bundle_only = lines().any(|line| line == "a=bundle-only");
            let refused = section.split(' ').nth(1) == Some("0") && !bundle_only;
            Some(Section {
                kind,
                mid,
                sends: !silent && !refused,
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
    fn without_a_word_order_decides() {
        let mut sections = Sections::default();
        sections.described(CALL, None);
        assert_eq!(sections.source("0"), Some(Source::Microphone));
        assert_eq!(sections.source("1"), Some(Source::Camera));
        assert_eq!(sections.source("2"), None);
        assert_eq!(sections.source("3"), Some(Source::Screen));
    }

    #[test]
    fn a_screen_that_is_put_away_is_gone_and_comes_back_as_itself() {
        let mut sections = Sections::default();
        let tracks = BTreeMap::from([("3".to_owned(), Open::Known(Source::Screen))]);
        sections.described(CALL, Some(&tracks));
        assert_eq!(sections.source("3"), Some(Source::Screen));
        sections.described(&CALL.replace("sendonly", "inactive"), None);
        assert_eq!(sections.source("3"), None);
        sections.described(CALL, None);
        assert_eq!(sections.source("3"), Some(Source::Screen));
    }

    #[test]
    fn a_source_of_a_later_version_is_not_taken_for_what_order_says() {
        let mut sections = Sections::default();
        let tracks = BTreeMap::from([
            ("1".to_owned(), Open::Other("whiteboard".into())),
            ("3".to_owned(), Open::Known(Source::Camera)),
        ]);
        sections.described(CALL, Some(&tracks));
        assert_eq!(sections.source("1"), None);
        assert_eq!(sections.source("3"), Some(Source::Camera));
        sections.described(CALL, None);
        assert_eq!(sections.source("1"), None);
    }
}
