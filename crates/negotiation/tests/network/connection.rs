//! The least that a peer connection does: sections, credentials, one pending offer, and an SDP text that says all of it.

use std::collections::BTreeSet;

use maru_negotiation::{SessionDescription, sdp};

#[derive(Debug, Clone)]
pub(crate) struct Connection {
    session: u32,
    generation: u32,
    offers: u32,
    wanted: BTreeSet<&'static str>,
    /// Ours that the other side knows of, in sections agreed on.
    agreed: BTreeSet<&'static str>,
    /// Our offer that waits: its number, and its tracks.
    pending_offer: Option<(u32, BTreeSet<&'static str>, u32)>,
    theirs: Vec<String>,
    /// User name fragments that this end uses and expects.
    local_ufrag: Option<String>,
    remote_ufrag: Option<String>,
    /// An answer was applied to an offer that it was not for.
    pub(crate) misapplied: bool,
}

impl Connection {
    pub(crate) fn new(session: u32) -> Self {
        Self {
            session,
            generation: 0,
            offers: 0,
            wanted: BTreeSet::new(),
            agreed: BTreeSet::new(),
            pending_offer: None,
            theirs: Vec::new(),
            local_ufrag: None,
            remote_ufrag: None,
            misapplied: false,
        }
    }

    pub(crate) fn session(&self) -> u32 {
        self.session
    }

    pub(crate) fn wanted(&self) -> BTreeSet<&'static str> {
        self.wanted.clone()
    }

    pub(crate) fn remote_tracks(&self) -> BTreeSet<&str> {
        self.theirs.iter().map(String::as_str).collect()
    }

    pub(crate) fn has_pending_offer(&self) -> bool {
        self.pending_offer.is_some()
    }

    /// True where that changed something.
    pub(crate) fn set_track(&mut self, track: &'static str, on: bool) -> bool {
        if on {
            self.wanted.insert(track)
        } else {
            self.wanted.remove(track)
        }
    }

    pub(crate) fn needs_offer(&self) -> bool {
        self.wanted != self.agreed
    }

    fn text(&self, offer: u32, generation: u32, tracks: &BTreeSet<&'static str>) -> String {
        let Self { session, .. } = self;
        let mut text = format!(
            "v=0\r\no=- {session} {offer} IN IP4 127.0.0.1\r\na=fingerprint:sha-256 {session}\r\n\
             a=x-offer:{offer}\r\na=ice-ufrag:{session}.{generation}\r\n"
        );
        for track in tracks {
            text.push_str(&format!("m=audio 9 X 0\r\na=x-track:{track}\r\n"));
        }
        text
    }

    pub(crate) fn create_offer(&mut self, ice_restart: bool) -> SessionDescription {
        assert!(self.pending_offer.is_none(), "two offers at once");
        self.offers += 1;
        let number = self.session * 1_000 + self.offers;
        let generation = self.generation + u32::from(ice_restart && self.local_ufrag.is_some());
        let sdp = self.text(number, generation, &self.wanted);
        self.pending_offer = Some((number, self.wanted.clone(), generation));
        description(sdp)
    }

    pub(crate) fn apply_offer(&mut self, offer: &str) -> Result<SessionDescription, String> {
        let number = number_of(offer).ok_or("no number")?;
        let theirs = sdp::ice_ufrag(offer).ok_or("no credentials")?.to_owned();
        self.pending_offer = None;
        if self
            .remote_ufrag
            .as_ref()
            .is_some_and(|known| *known != theirs)
        {
            self.generation += 1;
        }
        self.remote_ufrag = Some(theirs);
        self.local_ufrag = Some(self.ufrag());
        self.theirs = tracks_of(offer);
        // Only what they offered a section for; more takes an offer of ours.
        let sections = self.theirs.len();
        self.agreed = self.wanted.iter().copied().take(sections).collect();
        let sdp = self.text(number, self.generation, &self.agreed);
        Ok(description(sdp))
    }

    pub(crate) fn apply_answer(&mut self, answer: &str) -> Result<(), String> {
        let (number, tracks, generation) =
            self.pending_offer.take().ok_or("no offer is pending")?;
        let for_offer = number_of(answer).ok_or("no number")?;
        let theirs = sdp::ice_ufrag(answer).ok_or("no credentials")?.to_owned();
        self.misapplied |= for_offer != number;
        self.generation = generation;
        self.local_ufrag = Some(self.ufrag());
        self.remote_ufrag = Some(theirs);
        self.theirs = tracks_of(answer);
        self.agreed = tracks;
        Ok(())
    }

    fn ufrag(&self) -> String {
        format!("{}.{}", self.session, self.generation)
    }

    /// Each knows the credentials that the other uses.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        self.local_ufrag.is_some()
            && self.local_ufrag == other.remote_ufrag
            && other.local_ufrag == self.remote_ufrag
    }
}

pub(crate) fn number_of(text: &str) -> Option<u32> {
    text.lines()
        .find_map(|line| line.strip_prefix("a=x-offer:"))?
        .parse()
        .ok()
}

fn tracks_of(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("a=x-track:"))
        .map(str::to_owned)
        .collect()
}

pub(crate) fn description(sdp: String) -> SessionDescription {
    SessionDescription {
        sdp,
        tracks: None,
        offer_id: None,
    }
}
