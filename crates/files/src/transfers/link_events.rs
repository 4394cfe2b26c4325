//! What the links report.

use std::time::Instant;

use maru_protocol::Open;
use maru_transfer::{
    control::TransferId,
    endpoint::{Progress, State},
    resume::{ResumeKey, Role},
};

use super::{Key, Transfers};
use crate::link::{LinkCommand, LinkEvent};
use crate::link_id::LinkId;
use crate::view::{Direction, Paused, TransferState};

impl Transfers {
    pub(super) fn on_link_event(&mut self, id: LinkId, event: LinkEvent) {
        // A partner can offer what has the ID of a transfer with somebody else.
        if let Some((transfer, role)) = event.transfer()
            && !self.is_of((transfer, role.into()), id)
        {
            return;
        }
        match event {
            LinkEvent::Signal(signal) => {
                let participant = self.links.get(&id).and_then(|link| link.participant);
                if let (Some(me), Some(to)) = (self.room.me, participant)
                    && let Ok(data) = serde_json::value::to_raw_value(&signal)
                {
                    // Signaling may lose messages: they are sent again.
                    (self.config.signal)(me.participant, to, &data);
                }
            }
            LinkEvent::Hello(participant, incarnation) => {
                let is_here = self.room.names.contains_key(&participant)
                    && self.room.me.is_some_and(|me| me.incarnation == incarnation);
                let has_link = self
                    .links
                    .values()
                    .any(|link| link.participant == Some(participant));
                // Only after a server restart: before, the server says whose signals made the link. Otherwise somebody could
                // name another participant, with whom there is no link yet, and get what is offered to them.
                if is_here
                    && !has_link
                    && let Some(link) = self.links.get_mut(&id)
                    && link.participant.is_none()
                {
                    link.participant = Some(participant);
                    let polite = self.room.is_polite(participant);
                    self.command(id, LinkCommand::SetPolite(polite));
                }
            }
            LinkEvent::Connected(relayed) => {
                if let Some(link) = self.links.get_mut(&id) {
                    link.relayed = relayed;
                }
                self.on_path(id, relayed.is_some());
            }
            LinkEvent::Path(works) => self.on_path(id, works),
            LinkEvent::Offered(offer) => self.on_offered(id, offer),
            LinkEvent::Accepted(transfer, secret) => {
                let key = (transfer, Direction::Send);
                if let Some(record) = self
                    .transfers
                    .get_mut(&key)
                    .and_then(|of| of.record.as_mut())
                {
                    record.partner_secret = Some(secret);
                    self.save(key);
                }
            }
            LinkEvent::Found(transfer, role) => self.on_found(id, transfer, role),
            LinkEvent::Progress(progress) => {
                for (transfer, role, progress) in progress {
                    let key = (transfer, role.into());
                    if self.is_of(key, id) {
                        self.on_progress(key, progress);
                    }
                }
            }
            LinkEvent::EntryFailed(transfer, role, entry, code) => {
                if let Some(of) = self.transfers.get_mut(&(transfer, role.into()))
                    && let Some(record) = &mut of.record
                {
                    record.failed.insert(entry, &code);
                    of.is_unsaved = true;
                    of.view.files_failed = of.view.files_failed.max(record.failed.count());
                    of.view.code = Some(code);
                    of.view.code_here = false;
                }
            }
            LinkEvent::Hash(transfer, role, hash) => {
                if let Some(of) = self.transfers.get_mut(&(transfer, role.into())) {
                    match role {
                        Role::Receiver => of.view.hash = Some(hash),
                        // Shown when the receiver has verified all of it.
                        Role::Sender => of.sent_hash = Some(hash),
                    }
                }
            }
            LinkEvent::Present(transfer, role, files) => {
                if let Some(of) = self.transfers.get_mut(&(transfer, role.into())) {
                    of.view.files_present = files;
                }
            }
            LinkEvent::Placed(transfer, paths) => {
                if let Some(of) = self.transfers.get_mut(&(transfer, Direction::Receive)) {
                    of.location = paths.into_iter().next();
                    of.view.can_open = of.location.is_some();
                }
            }
            LinkEvent::Ended(transfer, role, outcome, released) => {
                self.on_ended(id, (transfer, role.into()), outcome, released);
            }
            LinkEvent::Failed => {}
            LinkEvent::Idle => {
                if !self.transfers.values().any(|of| of.link == Some(id)) {
                    self.close_link(id);
                }
            }
            LinkEvent::Closed => self.on_closed(id),
        }
    }

    /// Whether a transfer goes over this link.
    fn is_of(&self, key: Key, link: LinkId) -> bool {
        self.transfers
            .get(&key)
            .is_some_and(|of| of.link == Some(link))
    }

    fn on_progress(&mut self, key: Key, progress: Progress) {
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        if of.view.state.is_over() {
            return;
        }
        let view = &mut of.view;
        view.state = match progress.state {
            State::Offered => TransferState::Offered,
            State::Waiting => TransferState::Waiting,
            State::Active => TransferState::Active,
            State::Paused => TransferState::Paused,
        };
        let here = progress.pauses.problem_here.map(Open::Known);
        view.paused = Paused {
            here: progress.pauses.here,
            there: progress.pauses.there,
            problem_here: here.is_some(),
            problem: here.or(progress.pauses.problem_there),
        };
        view.transferred = view.transferred.max(progress.transferred);
        view.files_done = view.files_done.max(progress.files_done);
        view.files_failed = view.files_failed.max(progress.files_failed);
        view.files_present = progress.files_present;
        if progress.state == State::Active {
            // What is there already says nothing about the path.
            let moved = progress.transferred.saturating_sub(progress.bytes_present);
            of.rate.update(moved, Instant::now());
        } else {
            of.rate.reset();
        }
        view.rate = of.rate.bytes_per_second();
        view.seconds_left = of.rate.seconds_for(progress.bytes_left);
        self.save_progress(key);
    }

    /// The link is gone. What was accepted goes on with the next one on which the partner is found.
    fn on_closed(&mut self, id: LinkId) {
        self.links.remove(&id);
        let keys: Vec<Key> = self
            .transfers
            .iter()
            .filter(|(_, of)| of.link == Some(id))
            .map(|(key, _)| *key)
            .collect();
        for key in keys {
            let Some(of) = self.transfers.get_mut(&key) else {
                continue;
            };
            of.link = None;
            of.rate.reset();
            of.view.rate = None;
            of.view.seconds_left = None;
            let resume_key = of.record.as_ref().and_then(super::records::resume_key);
            match (resume_key, key.1) {
                (Some(resume_key), _) => {
                    of.view.state = TransferState::Waiting;
                    self.save(key);
                    self.add_candidate(key, &resume_key);
                }
                // Nobody is there any more who could answer, or whom to answer.
                (None, Direction::Send) => self.fail_as_left(key),
                (None, Direction::Receive) => self.remove(key),
            }
        }
        self.look_for_partners();
    }

    /// Every link announces it, now or when it is connected: its partner may be connected already.
    fn add_candidate(&self, (id, direction): Key, key: &ResumeKey) {
        let role = direction.into();
        self.candidates.add(id, role, key.clone());
        for link in self.links.keys() {
            self.command(*link, LinkCommand::AddCandidate(id, role, key.clone()));
        }
    }

    fn on_found(&mut self, link: LinkId, id: TransferId, role: Role) {
        let key = (id, Direction::from(role));
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        if of.view.state.is_over() {
            return;
        }
        if of.link.is_some() {
            // Again, on another connection of the same link.
            if let Some(code) = of.waits_for_disk.filter(|_| of.link == Some(link)) {
                self.command(link, LinkCommand::DiskProblem(id, code));
            }
            return;
        }
        let Some(record) = of.record.clone() else {
            return;
        };
        of.link = Some(link);
        if of.is_loading {
            // Since an earlier link, which is gone.
            if let Some(code) = of.waits_for_disk {
                of.view.state = TransferState::Paused;
                self.command(link, LinkCommand::DiskProblem(id, code));
            }
            return;
        }
        of.is_loading = true;
        self.load(key, record);
    }
}
