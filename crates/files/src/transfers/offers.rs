//! Offering and accepting.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, atomic::AtomicBool};
use std::time::Instant;

use maru_disk::Record;
use maru_protocol::ParticipantId;
use maru_transfer::{
    control::{Code, Entry, EntryKind, Secret, TransferId},
    endpoint::Offer,
    resume::Role,
};

use super::{
    Key, Transfer, Transfers,
    loading::Selection,
    records::{now, random},
    scanning::Scanning,
};
use crate::disk::SharedReads;
use crate::link::LinkCommand;
use crate::link_id::LinkId;
use crate::rate::Rate;
use crate::view::{Direction, NameView, Paused, TransferState, TransferView};

impl Transfers {
    pub(super) fn offer(&mut self, to: &[ParticipantId], paths: &[PathBuf]) {
        let names = paths.iter().take(8).map(|path| name_of(path)).collect();
        let selection = Selection::Paths(paths.to_vec());
        self.offer_selection(to, selection, names, paths.first().cloned(), None);
    }

    /// `names` are shown until it is scanned.
    pub(super) fn offer_selection(
        &mut self,
        to: &[ParticipantId],
        selection: Selection,
        names: Vec<NameView>,
        location: Option<PathBuf>,
        retry_of: Option<Key>,
    ) {
        let is_here = |to: &&ParticipantId| self.room.names.contains_key(to);
        let shared = SharedReads::new(self.memory.clone());
        let scanning = Arc::new(Scanning::new(to.iter().filter(is_here).count()));
        let batch = (to.len() > 1).then(|| TransferId(random()));
        let mut records = Vec::with_capacity(to.len());
        for participant in to.iter().copied() {
            let partner = self.room.name_of(participant).to_owned();
            let is_here = self.room.names.contains_key(&participant);
            let record = self.new_record(partner);
            let key = (record.id, Direction::Send);
            let mut transfer = self.transfer(&record, TransferState::Preparing);
            // The thread that scans has it.
            transfer.record = None;
            transfer.view.batch = batch;
            transfer.view.names.clone_from(&names);
            transfer.view.can_open = location.is_some();
            transfer.location.clone_from(&location);
            transfer.is_loading = true;
            transfer.to = Some(participant);
            transfer.retry_of = retry_of;
            transfer.shared = Arc::clone(&shared);
            if is_here {
                transfer.scanning = Some(Arc::clone(&scanning));
                self.transfers.insert(key, transfer);
                records.push(record);
            } else {
                // While a dialog was open, for example.
                transfer.is_loading = false;
                self.transfers.insert(key, transfer);
                self.fail_as_left(key);
            }
        }
        if !records.is_empty() {
            self.scan(records, selection, scanning);
        }
    }

    fn new_record(&mut self, partner: String) -> Record {
        let taken: BTreeSet<u16> = self
            .transfers
            .iter()
            .filter(|((_, direction), _)| *direction == Direction::Send)
            .filter_map(|(_, of)| of.record.as_ref())
            .filter(|record| record.end.is_none())
            .map(|record| record.number)
            .collect();
        // Not the lowest that is free: bulk messages of a transfer that was over lately may still arrive. Fewer than 65,536
        // are unfinished, as each has a folder.
        let mut number = self.next_number;
        while taken.contains(&number) {
            number = number.wrapping_add(1);
        }
        self.next_number = number.wrapping_add(1);
        let (id, secret) = (TransferId(random()), Secret(random()));
        Record::new(id, Role::Sender, number, partner, secret, now())
    }

    pub(super) fn transfer(&mut self, record: &Record, state: TransferState) -> Transfer {
        let order = self.next_order;
        self.next_order += 1;
        Transfer {
            view: TransferView {
                id: record.id,
                direction: record.role.into(),
                batch: None,
                participant: None,
                partner: record.partner.clone(),
                names: record.names.iter().map(name_view).collect(),
                files: record.files,
                folders: record.folders,
                bytes: record.bytes,
                skipped: record.skipped,
                skipped_names: Vec::new(),
                state,
                paused: Paused::default(),
                code: None,
                code_here: false,
                transferred: record.progress.transferred,
                files_done: record.progress.files_done,
                files_failed: record.progress.files_failed,
                files_present: record.progress.files_present,
                rate: None,
                seconds_left: None,
                relayed: None,
                hash: record.hash,
                can_open: record.location.is_some(),
                can_retry: false,
            },
            shown: None,
            order,
            end: None,
            link: None,
            record: Some(record.clone()),
            version: 0,
            saved_at: None,
            is_unsaved: false,
            released: None,
            retry_of: None,
            is_forgotten: false,
            rate: Rate::default(),
            location: record.location.clone(),
            shared: SharedReads::new(self.memory.clone()),
            scanning: None,
            cancelled: Arc::new(AtomicBool::new(false)),
            sent_hash: None,
            offer: None,
            is_loading: false,
            waits_for_disk: None,
            to: None,
        }
    }

    /// Somebody offers something.
    pub(super) fn on_offered(&mut self, link: LinkId, offer: Offer) {
        let key = (offer.id, Direction::Receive);
        if let Some(of) = self.transfers.get_mut(&key) {
            // Its sender had another link, which this side had not closed yet.
            let is_same = |of: &Offer| of.secret == offer.secret;
            if of.offer.as_ref().is_some_and(is_same) {
                of.link = Some(link);
            }
            return;
        }
        let from = self.links.get_mut(&link);
        if from.is_some_and(|link| !link.offers.allow(Instant::now())) {
            self.command(link, LinkCommand::Decline(offer.id, Code::Limit));
            return;
        }
        let partner = self
            .links
            .get(&link)
            .and_then(|link| link.participant)
            .and_then(|participant| self.room.names.get(&participant))
            .cloned()
            .unwrap_or_default();
        let record = received_record(&offer, partner);
        let mut transfer = self.transfer(&record, TransferState::Offered);
        transfer.record = None;
        transfer.link = Some(link);
        transfer.offer = Some(offer);
        self.transfers.insert(key, transfer);
    }

    pub(super) fn accept(&mut self, id: TransferId, folder: PathBuf, is_by_rule: bool) {
        let key = (id, Direction::Receive);
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        let Some(offer) = of.offer.as_ref().filter(|_| !of.is_loading) else {
            return;
        };
        let record = Record {
            partner_secret: Some(offer.secret),
            folder: Some(folder.clone()),
            is_by_rule,
            ..received_record(offer, of.view.partner.clone())
        };
        let largest = smallest_file(offer);
        of.is_loading = true;
        of.view.code = None;
        of.view.code_here = false;
        self.prepare(record, folder, largest);
    }
}

/// Of an offer of somebody else, which nobody has answered.
pub(super) fn received_record(offer: &Offer, partner: String) -> Record {
    let (id, number, secret) = (offer.id, offer.number, Secret(random()));
    Record {
        files: offer.files,
        folders: offer.folders,
        bytes: offer.bytes,
        skipped: offer.skipped,
        names: offer.names.clone(),
        ..Record::new(id, Role::Receiver, number, partner, secret, now())
    }
}

/// What the folder has to have room for in one file. If all files are known, one of them fits if the smallest does, and the
/// others fail alone. Otherwise only the manifest says.
fn smallest_file(offer: &Offer) -> u64 {
    if offer.files == 1 {
        return offer.bytes;
    }
    let sizes = offer.names.iter().filter_map(|entry| match entry.kind {
        EntryKind::File { size } => Some(size),
        EntryKind::Folder => None,
    });
    let are_all = usize::try_from(offer.files).is_ok_and(|files| sizes.clone().count() == files);
    sizes.min().filter(|_| are_all).unwrap_or(0)
}

pub(super) fn name_view(entry: &Entry) -> NameView {
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
