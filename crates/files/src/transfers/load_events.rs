//! What the threads that load report.

use std::sync::Arc;
use std::time::Duration;

use maru_disk::Record;
use maru_protocol::Open as OpenCode;
use maru_transfer::{
    control::{Code, Secret, TransferId},
    endpoint::{Incoming, Offer, Outgoing},
};

use super::{
    Command, Key, Transfer, Transfers,
    loaded::{Loaded, OpenedSource, Scanned},
    offers::name_view,
};
use crate::link::LinkCommand;
use crate::link_id::LinkId;
use crate::view::{Direction, TransferState};

/// How often a folder that is not there is looked for again.
const RETRY: Duration = Duration::from_secs(3);

impl Transfers {
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
                    // The record can be removed only when nothing has it open.
                    if let Ok(open) = outcome {
                        let _ = open.destination.discard();
                    }
                    return self.saver.remove(key);
                };
                of.is_loading = false;
                match (outcome, of.link, of.view.state) {
                    (Ok(open), Some(link), TransferState::Offered) => {
                        let secret = record.own_secret;
                        of.record = Some(*record);
                        of.offer = None;
                        self.command(link, LinkCommand::Accept(id, secret, open));
                    }
                    (Err(code), _, _) => {
                        of.view.code = Some(OpenCode::Known(code));
                        of.view.code_here = true;
                    }
                    // It was withdrawn meanwhile.
                    (Ok(open), _, _) => {
                        let _ = open.destination.discard();
                        self.saver.remove(key);
                    }
                }
            }
            Loaded::Hashed(id, hash) => {
                let key = (id, Direction::Send);
                if let Some(of) = self.transfers.get_mut(&key) {
                    of.view.hash = hash;
                    self.save(key);
                }
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
                            failed: record.failed.clone(),
                        };
                        self.command(link, LinkCommand::Send(outgoing, Box::new(source), shared));
                    }
                    Err(code) => self.fail(key, code),
                }
            }
            Loaded::Destination(id, outcome) => {
                let key = (id, Direction::Receive);
                if let Err(code) = outcome
                    && code.can_be_mended()
                {
                    return self.wait_for_disk(key, code);
                }
                let Some((link, record)) = self.after_loading(key) else {
                    let is_over = |of: &Transfer| of.view.state.is_over();
                    if let (Ok(opened), true) =
                        (outcome, self.transfers.get(&key).is_none_or(is_over))
                    {
                        // It was cancelled meanwhile.
                        let _ = opened.0.destination.discard();
                    }
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
                        self.command(
                            link,
                            LinkCommand::Resume(Box::new(incoming), Box::new(open)),
                        );
                    }
                    (Err(code), _) => self.fail(key, code),
                    (Ok(_), None) => self.fail(key, Code::Corrupt),
                }
            }
        }
    }

    /// The folder of a transfer that was found is not there, or cannot be written: it pauses, and goes on when that is mended.
    fn wait_for_disk(&mut self, key: Key, code: Code) {
        let link = self.transfers.get(&key).and_then(|of| of.link);
        let link = link.filter(|link| self.links.contains_key(link));
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        let is_over = of.record.as_ref().is_none_or(|record| record.end.is_some());
        let (Some(link), false) = (link, is_over) else {
            // It is over, or is found again on the next link.
            of.is_loading = false;
            of.link = link;
            return of.end_wait();
        };
        of.is_loading = true;
        of.waits_for_disk = Some(code);
        of.view.state = TransferState::Paused;
        of.view.paused.problem = Some(OpenCode::Known(code));
        of.view.paused.problem_here = true;
        // The endpoint tells it to the partner once.
        self.command(link, LinkCommand::DiskProblem(key.0, code));
        let commands = self.commands.clone();
        tokio::spawn(async move {
            tokio::time::sleep(RETRY).await;
            // Fails when the application ends.
            let _ = commands.send(Command::LoadAgain(key));
        });
    }

    pub(super) fn load_again(&mut self, key: Key) {
        let Some(of) = self.transfers.get_mut(&key) else {
            return;
        };
        let record = of.record.clone().filter(|record| record.end.is_none());
        match record {
            Some(record) if of.link.is_some() => self.load(key, record),
            // It is found again on the next link.
            _ => {
                of.is_loading = false;
                of.end_wait();
            }
        }
    }

    fn after_loading(&mut self, key: Key) -> Option<(LinkId, Record)> {
        let of = self.transfers.get_mut(&key)?;
        of.is_loading = false;
        of.end_wait();
        let record = of.record.clone().filter(|record| record.end.is_none())?;
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
            self.saver.remove(key);
            return None;
        }
        self.transfers.get_mut(&key)
    }

    fn on_not_scanned(&mut self, key: Key, code: Code) {
        let Some(of) = self.after_scanning(key) else {
            return;
        };
        if let Some(earlier) = of.retry_of {
            self.on_retry_failed(earlier);
        }
        self.fail(key, code);
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
            of.view.skipped_names.clone_from(&scanned.skipped_names);
            of.view.state = TransferState::Offered;
            of.record = Some(record.clone());
            let (to, shared) = (of.to, Arc::clone(&of.shared));
            let is_here = to.filter(|to| self.room.names.contains_key(to));
            let link = is_here.and_then(|to| self.link_of(to, true));
            let Some(link) = link else {
                self.fail_as_left(key);
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
                failed: maru_transfer::FailedEntries::default(),
            };
            let source = Box::new(scanned.opened.source.share());
            let is_taken = self.command(link, LinkCommand::Send(outgoing, source, shared));
            if !is_taken && self.is_open(link) {
                self.fail(key, Code::Limit);
            }
        }
    }
}

impl Transfer {
    /// Its disk is there, or not looked for any more.
    fn end_wait(&mut self) {
        if self.waits_for_disk.take().is_some() {
            self.view.paused.problem = None;
            self.view.paused.problem_here = false;
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
