//! The list of transfers, with links that are only a queue of commands.

use maru_peer::Bind;
use maru_protocol::{Connection, PeerSignal};
use maru_transfer::{
    control::{Code, Secret},
    endpoint::{Offer, Outcome, Pauses, Progress, State},
    resume::Role,
};

use super::*;
use crate::config::ConnectionLimits;
use crate::link::LinkCommand;
use crate::view::{Direction, TransferState};

fn config() -> FilesConfig {
    FilesConfig {
        records: PathBuf::new(),
        signal: Box::new(|_, _, _| {}),
        bind: Bind::Addresses(Vec::new()),
        limits: ConnectionLimits::default(),
    }
}

fn transfers() -> Transfers {
    let (commands, _) = mpsc::unbounded_channel();
    let (link_events, _) = mpsc::channel(1);
    Transfers::new(config(), None, commands, link_events)
}

fn add_link(transfers: &mut Transfers, number: u64) -> (LinkId, mpsc::Receiver<LinkCommand>) {
    let (commands, received) = mpsc::channel(10_000);
    let link = Link {
        handle: LinkHandle { commands },
        participant: None,
        relayed: None,
        works: true,
        offers: Link::offers(),
    };
    transfers.links.insert(LinkId(number), link);
    (LinkId(number), received)
}

fn id_of(number: u16) -> TransferId {
    let mut id = [0; 16];
    id[..2].copy_from_slice(&number.to_be_bytes());
    TransferId(id)
}

fn offer(number: u16) -> Offer {
    Offer {
        id: id_of(number),
        number,
        files: 1,
        folders: 0,
        bytes: 1,
        names: Vec::new(),
        skipped: 0,
        secret: Secret([1; 32]),
    }
}

/// A transfer that was accepted goes over a link, or waits.
fn add_received(transfers: &mut Transfers, number: u16, link: Option<LinkId>) -> Key {
    let record = Record {
        own_secret: Secret([2; 32]),
        partner_secret: Some(Secret([1; 32])),
        ..super::offers::received_record(&offer(number), String::new())
    };
    let mut transfer = transfers.transfer(&record, TransferState::Active);
    transfer.link = link;
    let key = (record.id, Direction::Receive);
    transfers.transfers.insert(key, transfer);
    key
}

fn ended(number: u16, outcome: Outcome) -> LinkEvent {
    LinkEvent::Ended(id_of(number), Role::Receiver, outcome, None)
}

fn withdrawn(number: u16) -> LinkEvent {
    let code = Code::Cancelled.into();
    let by_partner = true;
    ended(number, Outcome::Cancelled { by_partner, code })
}

#[test]
fn a_partner_that_offers_and_withdraws_for_ever_fills_no_list() {
    let mut transfers = transfers();
    let (link, mut commands) = add_link(&mut transfers, 1);
    let done = add_received(&mut transfers, 5_000, Some(link));
    transfers.on_link_event(link, ended(5_000, Outcome::Done));
    for number in 0..1_000 {
        transfers.on_link_event(link, LinkEvent::Offered(offer(number)));
        transfers.on_link_event(link, withdrawn(number));
        assert!(transfers.transfers.len() <= 20);
    }
    assert!(
        transfers.transfers.contains_key(&done),
        "what was received stays"
    );
    let mut declined = 0;
    while let Ok(command) = commands.try_recv() {
        assert!(matches!(command, LinkCommand::Decline(_, Code::Limit)));
        declined += 1;
    }
    // It takes some a second.
    assert!(declined > 900, "{declined}");
}

#[test]
fn of_the_transfers_that_are_over_the_last_stay() {
    let mut transfers = transfers();
    let (link, _commands) = add_link(&mut transfers, 1);
    // The first one takes longer than the others.
    let first = add_received(&mut transfers, 0, Some(link));
    for number in 1..=200 {
        add_received(&mut transfers, number, Some(link));
        transfers.on_link_event(link, ended(number, Outcome::Done));
    }
    assert_eq!(transfers.transfers.len(), 65);
    transfers.on_link_event(link, ended(0, Outcome::Done));
    assert_eq!(transfers.transfers.len(), 64);
    assert!(transfers.transfers.contains_key(&first));
}

#[test]
fn an_offer_that_is_repeated_on_another_link_outlives_the_first() {
    let mut transfers = transfers();
    let (old, _old_commands) = add_link(&mut transfers, 1);
    let (new, _new_commands) = add_link(&mut transfers, 2);
    let (other, _other_commands) = add_link(&mut transfers, 3);
    transfers.on_link_event(old, LinkEvent::Offered(offer(1)));
    transfers.on_link_event(new, LinkEvent::Offered(offer(1)));
    let hostile = Offer {
        secret: Secret([9; 32]),
        ..offer(1)
    };
    transfers.on_link_event(other, LinkEvent::Offered(hostile));
    transfers.on_link_event(old, LinkEvent::Closed);
    let key = (id_of(1), Direction::Receive);
    let of = transfers.transfers.get(&key).expect("it stays");
    assert_eq!(
        (of.link, of.view.state),
        (Some(new), TransferState::Offered)
    );
}

#[test]
fn a_link_says_nothing_of_the_transfers_of_another() {
    let mut transfers = transfers();
    let (link, _commands) = add_link(&mut transfers, 1);
    let (other, _other_commands) = add_link(&mut transfers, 2);
    let key = add_received(&mut transfers, 1, Some(link));
    transfers.on_link_event(other, withdrawn(1));
    let progress = Progress {
        state: State::Paused,
        pauses: Pauses::default(),
        transferred: 1,
        files_done: 1,
        files_failed: 0,
        files_present: 0,
        bytes_present: 0,
        bytes_left: 0,
    };
    let progress = vec![(id_of(1), Role::Receiver, progress)];
    transfers.on_link_event(other, LinkEvent::Progress(progress.clone()));
    let shown = |transfers: &Transfers| {
        let view = &transfers.transfers[&key].view;
        (view.state, view.transferred)
    };
    assert_eq!(shown(&transfers), (TransferState::Active, 0));
    transfers.on_link_event(other, LinkEvent::Present(id_of(1), Role::Receiver, 1));
    assert_eq!(transfers.transfers[&key].view.files_present, 0);
    transfers.on_link_event(link, LinkEvent::Progress(progress));
    assert_eq!(shown(&transfers), (TransferState::Paused, 1));
}

#[test]
fn a_partner_that_comes_back_while_the_disk_is_looked_for_is_found() {
    let mut transfers = transfers();
    let (link, _commands) = add_link(&mut transfers, 1);
    let key = add_received(&mut transfers, 1, None);
    if let Some(of) = transfers.transfers.get_mut(&key) {
        of.is_loading = true;
    }
    transfers.on_link_event(link, LinkEvent::Found(id_of(1), Role::Receiver));
    assert_eq!(transfers.transfers[&key].link, Some(link));
}

#[test]
fn signals_leave_room_for_what_the_person_asks_for() {
    let mut transfers = transfers();
    let (link, _commands) = add_link(&mut transfers, 1);
    let signal = || {
        LinkCommand::Receive(PeerSignal::Candidate {
            connection: Connection::Files.into(),
            candidate: None,
        })
    };
    let taken = (0..20_000).filter(|_| transfers.command(link, signal()));
    assert_eq!(taken.count(), 5_000);
    assert!(transfers.command(link, LinkCommand::NetworkChanged));
}

/// The link of a partner that sends one signal after the other takes no more.
#[tokio::test]
async fn an_offer_that_its_link_does_not_take_has_failed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(&folder.path().join("records")).unwrap());
    let (commands, mut received) = mpsc::unbounded_channel();
    let (link_events, _) = mpsc::channel(1);
    let mut transfers = Transfers::new(config(), Some(store), commands, link_events);
    let (link, _commands) = add_link(&mut transfers, 1);
    let partner: ParticipantId =
        serde_json::from_str("\"00000000-0000-4000-8000-000000000002\"").unwrap();
    transfers.room.replace(vec![(partner, "Ann".into())]);
    if let Some(link) = transfers.links.get_mut(&link) {
        link.participant = Some(partner);
    }
    while transfers.command(link, LinkCommand::NetworkChanged) {}
    let file = folder.path().join("file");
    std::fs::write(&file, b"x").unwrap();
    transfers.offer(&[partner], &[file]);
    let shown = |transfers: &Transfers| {
        let views = transfers.transfers.values().map(|of| &of.view);
        views.map(|view| (view.state, view.code.clone())).collect()
    };
    let before: Vec<_> = shown(&transfers);
    assert_eq!(before, [(TransferState::Preparing, None)]);
    let scanned = received.recv().await.unwrap();
    transfers.on_command(scanned);
    let code = Some(Code::Limit.into());
    assert_eq!(shown(&transfers), [(TransferState::Failed, code)]);
}
