//! Links: which there are, and whose they are.

use std::time::{Duration, Instant};

use maru_protocol::ParticipantId;

use super::{Link, Transfers};
use crate::link::{self, LinkCommand, LinkConfig};
use crate::link_id::LinkId;
use crate::token_bucket::TokenBucket;

/// After a server restart, how long a link that goes on may take to say whose it is (docs/protocol.md).
const MAX_UNLABELLED: Duration = Duration::from_secs(3);

/// So many offers may follow each other at once: a person drops one file after the other. Each is shown, with a sound, also if
/// it is withdrawn at once.
const OFFERS_BURST: u32 = 32;
/// Afterwards, one in this time.
const OFFERS_INTERVAL: Duration = Duration::from_secs(1);

impl Link {
    /// What a link may offer.
    pub(super) const fn offers() -> TokenBucket {
        TokenBucket::new(OFFERS_BURST, OFFERS_INTERVAL)
    }

    /// Without a path, and without somebody to whom its signals could go.
    fn is_lost(&self) -> bool {
        self.participant.is_none() && !self.works && !self.handle.commands.is_closed()
    }
}

impl Transfers {
    /// The link of a participant. `None` outside a room.
    pub(super) fn link_of(
        &mut self,
        participant: ParticipantId,
        offer_first: bool,
    ) -> Option<LinkId> {
        let known = self
            .links
            .iter()
            .find(|(_, link)| link.participant == Some(participant))
            .map(|(id, _)| *id);
        if known.is_some() {
            return known;
        }
        let id = LinkId(self.next_link);
        self.next_link += 1;
        let config = LinkConfig {
            link: id,
            identity: self.room.me?,
            ice_servers: self.room.ice_servers.clone(),
            polite: self.room.is_polite(participant),
            offer_first,
            yields: self.call_active,
            bind: self.config.bind.clone(),
            limits: self.config.limits,
            candidates: self.candidates.clone(),
            memory: self.memory.clone(),
            ended: self.ended.clone(),
        };
        let link = Link {
            handle: link::spawn(config, self.link_events.clone()),
            participant: Some(participant),
            relayed: None,
            works: false,
            offers: Link::offers(),
        };
        self.links.insert(id, link);
        Some(id)
    }

    /// False if the link is gone, or takes no more commands.
    pub(super) fn command(&self, link: LinkId, command: LinkCommand) -> bool {
        let Some(Link { handle, .. }) = self.links.get(&link) else {
            return false;
        };
        // A partner that sends one signal after the other leaves room for what the person asks for.
        let is_signal = matches!(command, LinkCommand::Receive(_));
        if is_signal && handle.commands.capacity() <= handle.commands.max_capacity() / 2 {
            return false;
        }
        handle.commands.try_send(command).is_ok()
    }

    /// False if the link is gone, or will report that it is.
    pub(super) fn is_open(&self, link: LinkId) -> bool {
        self.links
            .get(&link)
            .is_some_and(|link| !link.handle.commands.is_closed())
    }

    /// The link closes when its handle is dropped; `LinkEvent::Closed` follows.
    pub(super) fn close_link(&mut self, id: LinkId) {
        if let Some(link) = self.links.get_mut(&id) {
            let (commands, _) = tokio::sync::mpsc::channel(1);
            link.handle.commands = commands;
            link.participant = None;
        }
    }

    /// A link has a path, or none.
    pub(super) fn on_path(&mut self, id: LinkId, works: bool) {
        let Some(link) = self.links.get_mut(&id) else {
            return;
        };
        link.works = works;
        if link.is_lost() {
            self.look_at
                .get_or_insert_with(|| Instant::now() + MAX_UNLABELLED);
        }
    }

    /// The other side can neither say who it is, nor be asked for another path. Closing the link releases its transfers.
    fn close_lost_links(&mut self) {
        let lost: Vec<LinkId> = self
            .links
            .iter()
            .filter(|(_, link)| link.is_lost())
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            self.close_link(id);
        }
    }

    /// Whether a link waits for the other side to say who it is.
    fn has_unlabelled_links(&self) -> bool {
        self.links
            .values()
            .any(|link| link.participant.is_none() && !link.handle.commands.is_closed())
    }

    /// Connects with those in the room who may be the partner of an unfinished transfer; after a server restart when the
    /// links that go on have had the time to say whose they are.
    pub(super) fn look_for_partners(&mut self) {
        if self.has_unlabelled_links() {
            self.look_at
                .get_or_insert_with(|| Instant::now() + MAX_UNLABELLED);
        } else {
            self.connect_with_partners();
        }
    }

    /// They have had it.
    pub(super) fn on_look_timeout(&mut self) {
        self.look_at = None;
        self.close_lost_links();
        self.connect_with_partners();
    }

    fn connect_with_partners(&mut self) {
        if self.candidates.is_empty() || self.shutting_down.is_some() {
            return;
        }
        let participants: Vec<ParticipantId> = self.room.names.keys().copied().collect();
        for participant in participants {
            self.link_of(participant, false);
        }
    }
}
