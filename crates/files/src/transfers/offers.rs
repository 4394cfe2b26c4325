//! Offering, accepting and going on.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, atomic::AtomicBool};

use maru_disk::Record;
use maru_protocol::{Open as OpenCode, ParticipantId};
use maru_transfer::{
    control::{Code, Entry, EntryKind, Secret, TransferId},
    endpoint::{Incoming, Offer, Outgoing},
    resume::Role,
};

use super::{
    Key, Transfer, Transfers,
    loaded::{Loaded, OpenedSource, Scanned},
    records::{now, random, resume_key},
    scanning::Scanning,
};
use crate::disk::SharedReads;
use crate::link::{LinkCommand, LinkId};
use crate::rate::Rate;
use crate::view::{Direction, NameView, Paused, TransferState, TransferView};

impl Transfers {
    pub(super) fn offer(&mut self, to: &[ParticipantId], paths: &[PathBuf]) {
        let to: Vec<(ParticipantId, String)> = to
            .iter()
            .filter_map(|to| Some((*to, self.room.names.get(to)?.clone())))
            .collect();
        let shared = SharedReads::new(self.memory.clone());
        let scanning = Arc::new(Scanning::new(to.len()));
        let mut records = Vec::with_capacity(to.len());
        for (participant, partner) in to {
            let record = self.new_record(partner);
            let key = (record.id, Direction::Send);
            let mut transfer = self.transfer(&record, TransferState::Preparing);
            transfer.view.names = paths.iter().take(8).map(|path| name_of(path)).collect();
            transfer.location = paths.first().cloned();
            transfer.view.can_open = true;
            transfer.is_loading = true;
            transfer.to = Some(participant);
            transfer.shared = Arc::clone(&shared);
            transfer.scanning = Some(Arc::clone(&scanning));
            self.transfers.insert(key, transfer);
            records.push(record);
        }
        if !records.is_empty() {
            self.scan(records, paths.to_vec(), scanning);
        }
    }

    fn new_record(&mut self, partner: String) -> Record {
        let taken: BTreeSet<u16> = self
            .transfers
            .iter()
            .filter(|((_, direction), _)| *direction == Direction::Send)
            .filter_map(|(_, of)| Some(of.record.as_ref()?.number))
            .collect();
        // Not the lowest that is free: bulk messages of a transfer that was over lately may still arrive. Fewer than 65,536
        // are unfinished, as each has a folder.
        let mut number = self.next_number;
        while taken.contains(&number) {
            number = number.wrapping_add(1);
        }
        self.next_number = number.wrapping_add(1);
        Record {
            id: TransferId(random()),
            role: Role::Sender,
            number,
            partner,
            files: 0,
            folders: 0,
            bytes: 0,
            skipped: 0,
            names: Vec::new(),
            own_secret: Secret(random()),
            partner_secret: None,
            created: now(),
            updated: now(),
            folder: None,
            paused: false,
        }
    }

    fn transfer(&mut self, record: &Record, state: TransferState) -> Transfer {
        let order = self.next_order;
        self.next_order += 1;
        Transfer {
            view: TransferView {
                id: record.id,
                direction: record.role.into(),
                participant: None,
                partner: record.partner.clone(),
                names: record.names.iter().map(name_view).collect(),
                files: record.files,
                folders: record.folders,
                bytes: record.bytes,
                skipped: record.skipped,
                state,
                paused: Paused::default(),
                code: None,
                transferred: 0,
                files_done: 0,
                files_failed: 0,
                rate: None,
                seconds_left: None,
                relayed: None,
                hash: None,
                can_open: false,
            },
            shown: None,
            order,
            link: None,
            record: Some(record.clone()),
            rate: Rate::default(),
            location: None,
            shared: SharedReads::new(self.memory.clone()),
            scanning: None,
            cancelled: Arc::new(AtomicBool::new(false)),
            sent_hash: None,
            offer: None,
            is_loading: false,
            to: None,
            failed: BTreeSet::new(),
            retry: Vec::new(),
        }
    }

    /// Lists the transfers of earlier runs.
    pub(super) fn remember_unfinished(&mut self, records: Vec<Record>) {
        let sent = records.iter().filter(|record| record.role == Role::Sender);
        self.next_number = sent
            .map(|record| record.number.wrapping_add(1))
            .max()
            .unwrap_or_default();
        for record in records {
            let key = (record.id, Direction::from(record.role));
            match resume_key(&record) {
                Some(resume_key) => {
                    self.candidates.add(record.id, record.role, resume_key);
                    let mut transfer = self.transfer(&record, TransferState::Waiting);
                    transfer.view.paused.here = record.paused;
                    self.transfers.insert(key, transfer);
                }
                // It was not accepted before the end of that run.
                None => self.forget_record(key),
            }
        }
    }

    /// Somebody offers something.
    pub(super) fn on_offered(&mut self, link: LinkId, offer: Offer) {
        let key = (offer.id, Direction::Receive);
        if self.transfers.contains_key(&key) {
            return;
        }
        let partner = self
            .links
            .get(&link)
            .and_then(|link| link.participant)
            .and_then(|participant| self.room.names.get(&participant))
            .cloned()
            .unwrap_or_default();
        let record = Record {
            id: offer.id,
            role: Role::Receiver,
            number: offer.number,
            partner,
            files: offer.files,
            folders: offer.folders,
            bytes: offer.bytes,
            skipped: offer.skipped,
            names: offer.names.clone(),
            own_secret: Secret(random()),
            partner_secret: None,
            created: now(),
            updated: now(),
            folder: None,
            paused: false,
        };
        let mut transfer = self.transfer(&record, TransferState::Offered);
        transfer.record = None;
        transfer.link = Some(link);
        transfer.offer = Some(offer);
        self.transfers.insert(key, transfer);
    }

    pub(super) fn accept(&mut self, id: TransferId, folder: PathBuf) {
        let key = (id, Direction::Receive);
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        let Some(offer) = of.offer.as_ref().filter(|_| !of.is_loading) else {
            return;
        };
        let record = Record {
            id,
            role: Role::Receiver,
            number: offer.number,
            partner: of.view.partner.clone(),
            files: offer.files,
            folders: offer.folders,
            bytes: offer.bytes,
            skipped: offer.skipped,
            names: offer.names.clone(),
            own_secret: Secret(random()),
            partner_secret: Some(offer.secret),
            created: now(),
            updated: now(),
            folder: Some(folder.clone()),
            paused: false,
        };
        // The manifest has the sizes of all files; of one file the offer has.
        let largest = if offer.files == 1 { offer.bytes } else { 0 };
        of.is_loading = true;
        of.view.code = None;
        self.prepare(record, folder, largest);
    }

    pub(super) fn on_loaded(&mut self, loaded: Loaded) {
        match loaded {
            Loaded::Scanned(ids, Ok(scanned)) => self.on_scanned(&ids, &scanned),
            Loaded::Scanned(ids, Err(code)) => {
                for id in ids {
                    self.on_not_scanned((id, Direction::Send), code);
                }
            }
            Loaded::Prepared(id, record, outcome) => {
                let key = (id, Direction::Receive);
                let Some(of) = self.transfers.get_mut(&key) else {
                    return self.forget_record(key);
                };
                of.is_loading = false;
                match (outcome, of.link, of.view.state) {
                    (Ok(open), Some(link), TransferState::Offered) => {
                        let secret = record.own_secret;
                        of.record = Some(*record);
                        of.offer = None;
                        self.command(link, LinkCommand::Accept(id, secret, open));
                    }
                    (Err(code), _, _) => of.view.code = Some(OpenCode::Known(code)),
                    // It was withdrawn meanwhile.
                    (Ok(open), _, _) => {
                        let _ = open.destination.discard();
                        self.forget_record(key);
                    }
                }
            }
            Loaded::Failed(id, paths) => {
                let key = (id, Direction::Send);
                if let Some(of) = self.transfers.get_mut(&key) {
                    of.retry = paths;
                }
                self.forget_record(key);
            }
            Loaded::Hashed(id, hash) => {
                let key = (id, Direction::Send);
                if let Some(of) = self.transfers.get_mut(&key) {
                    of.view.hash = hash;
                }
                self.forget_record(key);
            }
            Loaded::Source(id, outcome) => {
                let key = (id, Direction::Send);
                let Some((link, record)) = self.after_loading(key) else {
                    return;
                };
                match outcome {
                    Ok(opened) => {
                        let OpenedSource { source, sizes } = *opened;
                        let Some(of) = self.transfers.get(&key) else {
                            return;
                        };
                        let shared = Arc::clone(&of.shared);
                        let outgoing = Outgoing {
                            offer: offer_of(&record, record.own_secret),
                            sizes,
                            partner_secret: record.partner_secret,
                            paused: record.paused,
                        };
                        self.command(link, LinkCommand::Send(outgoing, Box::new(source), shared));
                    }
                    Err(code) => self.fail(key, code),
                }
            }
            Loaded::Destination(id, outcome) => {
                let key = (id, Direction::Receive);
                let Some((link, record)) = self.after_loading(key) else {
                    return;
                };
                match (outcome, record.partner_secret) {
                    (Ok(opened), Some(partner)) => {
                        let (open, restored) = *opened;
                        let incoming = Incoming {
                            offer: offer_of(&record, partner),
                            secret: record.own_secret,
                            restored,
                            paused: record.paused,
                        };
                        self.command(link, LinkCommand::Resume(incoming, Box::new(open)));
                    }
                    (Err(code), _) => self.fail(key, code),
                    (Ok(_), None) => self.fail(key, Code::Corrupt),
                }
            }
        }
    }

    fn after_loading(&mut self, key: Key) -> Option<(LinkId, Record)> {
        let of = self.transfers.get_mut(&key)?;
        of.is_loading = false;
        let record = of.record.clone()?;
        let link = of.link.filter(|link| self.links.contains_key(link));
        if link.is_none() {
            of.link = None;
        } else {
            // A link that connects meanwhile announces it: only now it is the endpoint's.
            self.candidates.remove(record.id, record.role);
        }
        Some((link?, record))
    }

    /// The transfer of a scan that is done, unless it is over.
    fn after_scanning(&mut self, key: Key) -> Option<&mut Transfer> {
        let is_wanted = self.transfers.get_mut(&key).is_some_and(|of| {
            of.is_loading = false;
            of.scanning = None;
            !of.view.state.is_over()
        });
        if !is_wanted {
            self.forget_record(key);
            return None;
        }
        self.transfers.get_mut(&key)
    }

    fn on_not_scanned(&mut self, key: Key, code: Code) {
        if self.after_scanning(key).is_some() {
            self.fail(key, code);
        }
    }

    fn on_scanned(&mut self, ids: &[TransferId], scanned: &Scanned) {
        for (id, record) in ids.iter().zip(&scanned.records) {
            let key = (*id, Direction::Send);
            let Some(of) = self.after_scanning(key) else {
                continue;
            };
            of.view.names = record.names.iter().map(name_view).collect();
            of.view.files = record.files;
            of.view.folders = record.folders;
            of.view.bytes = record.bytes;
            of.view.skipped = record.skipped;
            of.view.state = TransferState::Offered;
            of.record = Some(record.clone());
            let (to, shared) = (of.to, Arc::clone(&of.shared));
            let is_here = to.filter(|to| self.room.names.contains_key(to));
            let link = is_here.and_then(|to| self.link_of(to, true));
            let Some(link) = link else {
                self.fail(key, Code::Missing);
                continue;
            };
            if let Some(of) = self.transfers.get_mut(&key) {
                of.link = Some(link);
            }
            let outgoing = Outgoing {
                offer: offer_of(record, record.own_secret),
                sizes: Arc::clone(&scanned.opened.sizes),
                partner_secret: None,
                paused: false,
            };
            let source = Box::new(scanned.opened.source.share());
            self.command(link, LinkCommand::Send(outgoing, source, shared));
        }
    }

    pub(super) fn fail(&mut self, key: Key, code: Code) {
        if let Some(of) = self.transfers.get_mut(&key) {
            of.view.state = TransferState::Failed;
            of.view.code = Some(OpenCode::Known(code));
            of.link = None;
            of.record = None;
            self.forget_record(key);
        }
    }
}

fn offer_of(record: &Record, secret: Secret) -> Offer {
    Offer {
        id: record.id,
        number: record.number,
        files: record.files,
        folders: record.folders,
        bytes: record.bytes,
        names: record.names.clone(),
        skipped: record.skipped,
        secret,
    }
}

fn name_view(entry: &Entry) -> NameView {
    let (folder, size) = match entry.kind {
        EntryKind::File { size } => (false, size),
        EntryKind::Folder => (true, 0),
    };
    NameView {
        name: entry.path.as_str().to_owned(),
        folder,
        size,
    }
}

/// Before the scan.
fn name_of(path: &std::path::Path) -> NameView {
    let name = path.file_name().unwrap_or(path.as_os_str());
    NameView {
        name: name.to_string_lossy().into_owned(),
        folder: false,
        size: 0,
    }
}
