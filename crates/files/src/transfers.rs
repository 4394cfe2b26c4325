//! The task that knows the room, the links and all transfers.

mod commands;
mod concluded;
mod ending;
mod entries;
mod hashing;
mod key;
mod link_events;
mod links;
mod listing;
mod load_events;
mod loaded;
mod loading;
mod offers;
mod records;
mod remembering;
mod retrying;
mod room_events;
mod saving;
mod scanning;
#[cfg(test)]
mod tests;
mod views;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Instant;

use maru_disk::{Record, Store};
use maru_protocol::ParticipantId;
use maru_transfer::{
    control::{Code, TransferId},
    hash::FileHash,
};
use tokio::sync::{mpsc, oneshot};

use self::key::Key;
use self::listing::StoredEntries;
use self::loaded::Loaded;
use self::saving::Saver;
use self::scanning::Scanning;
use crate::candidates::Candidates;
use crate::config::FilesConfig;
use crate::disk::SharedReads;
use crate::ended::EndedTransfers;
use crate::link::{LinkEvent, LinkHandle};
use crate::link_id::LinkId;
use crate::memory::SharedMemory;
use crate::rate::Rate;
use crate::room::{Room, RoomEvent};
use crate::token_bucket::TokenBucket;
use crate::view::{EntryView, FilesEvent, TransferView};

/// Receives every event; `Break` ends it. Must not block.
pub(crate) type Subscriber = Box<dyn FnMut(FilesEvent) -> ControlFlow<()> + Send>;

/// What the application and the tasks of this crate ask for.
pub(crate) enum Command {
    Subscribe(Subscriber),
    Unsubscribe,
    Observe(Subscriber),
    Room(RoomEvent),
    Offer(Vec<ParticipantId>, Vec<PathBuf>),
    Accept {
        id: TransferId,
        folder: PathBuf,
        is_by_rule: bool,
    },
    Decline(TransferId),
    SetPaused(Key, bool),
    Cancel(Key),
    Retry(Key),
    Forget(Key),
    CallActive(bool),
    NetworkChanged,
    Entries(Key, std::ops::Range<u32>, oneshot::Sender<Vec<EntryView>>),
    Location(Key, oneshot::Sender<Option<PathBuf>>),
    Shutdown(oneshot::Sender<()>),
    /// A thread has done what takes long.
    Loaded(Loaded),
    /// The disk of a transfer that was found may be there now.
    LoadAgain(Key),
}

/// One transfer.
struct Transfer {
    view: TransferView,
    /// As last sent to the subscribers.
    shown: Option<TransferView>,
    /// Where it is in the list.
    order: u64,
    /// Where it is among those that are over.
    end: Option<u64>,
    link: Option<LinkId>,
    /// What is remembered of it, unless it is being scanned, or an offer to be answered here.
    record: Option<Record>,
    /// Of the record and what belongs to it, as far as entries are listed by it.
    version: u64,
    /// When its progress was saved.
    saved_at: Option<Instant>,
    /// The record has changed since it was saved.
    is_unsaved: bool,
    /// The destination is closed, once it is over.
    released: Option<oneshot::Receiver<()>>,
    /// It is another try of what failed of that one.
    retry_of: Option<Key>,
    /// To be taken off the list when it is over.
    is_forgotten: bool,
    rate: Rate,
    /// To show in its folder.
    location: Option<PathBuf>,
    /// The scan of what is offered, while it goes on.
    scanning: Option<Arc<Scanning>>,
    /// Ends the hashing of what was sent.
    cancelled: Arc<AtomicBool>,
    /// Of the only file, of which all was sent.
    sent_hash: Option<FileHash>,
    /// The offer, as long as it is to be answered here.
    offer: Option<maru_transfer::endpoint::Offer>,
    /// A thread prepares or loads it.
    is_loading: bool,
    /// It was found, and this keeps it from being loaded.
    waits_for_disk: Option<Code>,
    /// What is sent is read together with the other recipients of the offer.
    shared: Arc<SharedReads>,
    /// To whom it is, or was last, sent.
    to: Option<ParticipantId>,
}

/// A link, and whose it is.
struct Link {
    handle: LinkHandle,
    /// `None` after a server restart, until the other side says who it is.
    participant: Option<ParticipantId>,
    relayed: Option<bool>,
    /// There is a connection, and its path works.
    works: bool,
    offers: TokenBucket,
}

pub(crate) struct Transfers {
    config: FilesConfig,
    store: Option<Arc<Store>>,
    saver: Saver,
    stored_entries: StoredEntries,
    room: Room,
    links: BTreeMap<LinkId, Link>,
    next_link: u64,
    transfers: BTreeMap<Key, Transfer>,
    next_order: u64,
    next_end: u64,
    /// The number of the next transfer that is sent, if it is free.
    next_number: u16,
    candidates: Candidates,
    memory: SharedMemory,
    ended: EndedTransfers,
    subscriber: Option<Subscriber>,
    observer: Option<Subscriber>,
    call_active: bool,
    is_busy: Arc<AtomicBool>,
    /// When links for unfinished transfers are made, and those closed that nobody can mend: after a server restart.
    look_at: Option<Instant>,
    commands: mpsc::UnboundedSender<Command>,
    link_events: mpsc::Sender<(LinkId, LinkEvent)>,
    shutting_down: Option<oneshot::Sender<()>>,
}

/// Events of links that wait.
const MAX_LINK_EVENTS: usize = 1_024;

impl Transfers {
    fn new(
        config: FilesConfig,
        store: Option<Arc<Store>>,
        commands: mpsc::UnboundedSender<Command>,
        link_events: mpsc::Sender<(LinkId, LinkEvent)>,
    ) -> Self {
        Self {
            config,
            saver: Saver::new(store.clone()),
            store,
            stored_entries: StoredEntries::default(),
            room: Room::default(),
            links: BTreeMap::new(),
            next_link: 0,
            transfers: BTreeMap::new(),
            next_order: 0,
            next_end: 0,
            next_number: 0,
            candidates: Candidates::default(),
            memory: SharedMemory::new(),
            ended: EndedTransfers::default(),
            subscriber: None,
            observer: None,
            call_active: false,
            is_busy: Arc::default(),
            look_at: None,
            commands,
            link_events,
            shutting_down: None,
        }
    }

    /// Runs until the application is gone, or shuts it down.
    pub(crate) async fn run(
        config: FilesConfig,
        commands: mpsc::UnboundedSender<Command>,
        mut received: mpsc::UnboundedReceiver<Command>,
        is_busy: Arc<AtomicBool>,
    ) {
        let (link_events, mut events) = mpsc::channel(MAX_LINK_EVENTS);
        let root = config.records.clone();
        // Reads small files, and the journals of what is received. Without a store nothing is remembered, and transfers work all the same.
        let opened = tokio::task::spawn_blocking(move || open_store(&root)).await;
        let (store, records) = opened.ok().flatten().unzip();
        let mut transfers = Self::new(config, store, commands, link_events);
        transfers.is_busy = is_busy;
        transfers.remember(records.unwrap_or_default());
        loop {
            let look_at = transfers.look_at;
            let timeout = async {
                match look_at {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                command = received.recv() => match command {
                    Some(command) => transfers.on_command(command),
                    None => return,
                },
                Some((link, event)) = events.recv() => transfers.on_link_event(link, event),
                () = timeout => transfers.on_look_timeout(),
            }
            transfers.show_changes();
            if transfers.links.is_empty()
                && let Some(done) = transfers.shutting_down.take()
            {
                transfers.saver.flush().await;
                let _ = done.send(());
                return;
            }
        }
    }

    fn set_busy(&self) {
        let busy = self.transfers.values().any(|of| of.view.state.is_busy());
        self.is_busy.store(busy, Ordering::Relaxed);
    }
}

/// The store, and the records that are in it. One that cannot be read stays, and is not listed.
fn open_store(root: &std::path::Path) -> Option<(Arc<Store>, Vec<Record>)> {
    let store = Store::open(root).ok()?;
    // What cannot be removed is tried again with the next start.
    let _ = store.remove_expired(records::now());
    let _ = store.limit_ended();
    let mut records = store.list().map(|list| list.records).unwrap_or_default();
    records.sort_by_key(|record| record.created);
    for record in &mut records {
        concluded::end_if_concluded(&store, record);
    }
    Some((Arc::new(store), records))
}
