//! What is remembered of transfers across restarts of the programs.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use maru_files::{Direction, EntryState, Paused, TransferState, TransferView};
use maru_protocol::Open;
use maru_transfer::control::Code;
use support::{Person, Server, Wire, copy, pattern, tree};

/// Two people. The first has these files and offers the one named `a` to the second, who accepts it while it is paused.
async fn paused_by_its_sender(
    server: &Server,
    files: &[(&str, &[u8])],
) -> (Person, Person, TransferView) {
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(files);
    a.files.offer(vec![b.id], vec![own.join("a")]);
    let offered = b.wait_for(TransferState::Offered).await;
    a.files.pause(offered.id, Direction::Send);
    b.files.accept(offered.id, b.received());
    a.wait_for(TransferState::Paused).await;
    (a, b, offered)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_does_not_go_back_when_the_programs_start_again() {
    let wire = Arc::new(Wire::default());
    let mut server = Server::default();
    server.wire = Some(Arc::clone(&wire));
    // Otherwise all of it may have arrived before the pause.
    wire.hold_after(8 << 20);
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("a", &pattern(24 << 20, 1)), ("b", b"small")]);
    a.files
        .offer(vec![b.id], vec![own.join("b"), own.join("a")]);
    let offered = b.wait_for(TransferState::Offered).await;
    b.files.accept(offered.id, b.received());
    b.wait(|view| view.transferred > 4 << 20 && view.files_done == 1)
        .await;
    a.files.pause(offered.id, Direction::Send);
    a.wait_for(TransferState::Paused).await;
    wire.release();
    b.wait_for(TransferState::Paused).await;
    server.leave(b.id);
    // The last that was shown.
    let of_a = a.wait_for(TransferState::Waiting).await;
    server.leave(a.id);
    let folder_a = a.stop().await;
    let of_b = b.wait_for(TransferState::Waiting).await;
    let folder_b = b.stop().await;
    let (mut a, mut b) = (server.person_in(3, folder_a), server.person_in(4, folder_b));
    for (person, before) in [(&mut a, &of_a), (&mut b, &of_b)] {
        let waiting = person.wait_for(TransferState::Waiting).await;
        assert!(before.transferred > 0);
        assert!(waiting.transferred >= before.transferred);
        assert!(waiting.files_done >= before.files_done);
    }
    // While they wait, the entries are listed.
    let view = b.views().remove(0);
    let entries = b.entries(&view).await;
    assert_eq!(entries[0], ("b".to_owned(), EntryState::Done, None));
    assert_eq!((entries[1].0.as_str(), entries.len()), ("a", 2));
    let view = a.views().remove(0);
    assert_eq!(a.entries(&view).await.len(), 2);
    server.join(&a);
    server.join(&b);
    a.files.resume(offered.id, Direction::Send);
    // From here on the subscribers check that it never falls.
    b.wait_for(TransferState::Done).await;
    a.wait_for(TransferState::Done).await;
    assert_eq!(tree(&b.received()), tree(&own));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_of_many_pauses_is_remembered() {
    for paused in [true, false] {
        let server = Server::default();
        let (mut a, b, offered) =
            paused_by_its_sender(&server, &[("a", &pattern(1 << 20, 1))]).await;
        server.leave(b.id);
        a.wait_for(TransferState::Waiting).await;
        for _ in 0..100 {
            a.files.pause(offered.id, Direction::Send);
            a.files.resume(offered.id, Direction::Send);
        }
        if paused {
            a.files.pause(offered.id, Direction::Send);
        }
        let folder = a.stop().await;
        let mut a = server.person_in(3, folder);
        let waiting = a.wait_for(TransferState::Waiting).await;
        assert_eq!(waiting.paused.here, paused);
    }
}

/// The connection ends at the moment when the receiver has everything and the sender does not know: a copy of the sender,
/// as it was before, has not got `done`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_did_not_get_done_gets_it_later_also_if_the_receiver_started_again() {
    for (restarts, forgets) in [(false, false), (true, false), (true, true)] {
        let server = Server::default();
        let (a, mut b, offered) =
            paused_by_its_sender(&server, &[("a", &pattern(3 << 20, 1))]).await;
        server.leave(a.id);
        let folder = a.stop().await;
        let before = copy(folder.path());
        let mut a = server.person_in(3, folder);
        server.join(&a);
        a.files.resume(offered.id, Direction::Send);
        b.wait_for(TransferState::Done).await;
        a.wait_for(TransferState::Done).await;
        server.leave(a.id);
        a.stop().await;
        if forgets {
            b.files.forget(offered.id, Direction::Receive);
        }
        let mut b = b;
        if restarts {
            server.leave(b.id);
            b = server.person_in(4, b.stop().await);
            server.join(&b);
        }
        let mut a = server.person_in(5, before);
        let waiting = a.wait(|view| view.id == offered.id).await;
        assert_ne!(waiting.state, TransferState::Done);
        server.join(&a);
        let done = a.wait_for(TransferState::Done).await;
        assert_eq!((done.files_done, done.files_failed), (1, 0));
        assert_eq!(b.views().len(), usize::from(!forgets));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_was_away_learns_of_a_cancellation_also_if_the_sender_started_again() {
    let server = Server::default();
    let (mut a, mut b, offered) =
        paused_by_its_sender(&server, &[("a", &pattern(1 << 20, 1))]).await;
    server.leave(b.id);
    a.wait_for(TransferState::Waiting).await;
    b.wait_for(TransferState::Waiting).await;
    a.files.cancel(offered.id, Direction::Send);
    a.wait_for(TransferState::Cancelled).await;
    server.leave(a.id);
    let a = server.person_in(3, a.stop().await);
    server.join(&a);
    let b_again = server.person_in(4, b.stop().await);
    let mut b = b_again;
    server.join(&b);
    b.wait_for(TransferState::Cancelled).await;
    assert!(
        a.views().is_empty(),
        "what was cancelled is not listed again"
    );
}

/// The program of the sender starts again before the server notices that it was away, so that the receiver has a connection
/// with it when the earlier one ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_goes_on_with_a_partner_who_is_connected_already() {
    let server = Server::default();
    let (a, mut b, offered) =
        paused_by_its_sender(&server, &[("a", &pattern(3 << 20, 1)), ("b", b"small")]).await;
    let own = a.folder.path().join("own");
    let earlier = a.id;
    let mut a = server.person_in(3, a.stop().await);
    server.join(&a);
    // Another transfer shows that the two are connected.
    a.files.offer(vec![b.id], vec![own.join("b")]);
    let other = b.wait_for(TransferState::Offered).await;
    b.files.accept(other.id, b.received());
    b.wait(|view| view.id == other.id && view.state == TransferState::Done)
        .await;
    let waits = b.views().into_iter().find(|view| view.id == offered.id);
    assert_ne!(waits.unwrap().participant, Some(a.id));
    server.leave(earlier);
    a.files.resume(offered.id, Direction::Send);
    b.wait(|view| view.id == offered.id && view.state == TransferState::Done)
        .await;
    a.wait(|view| view.id == offered.id && view.state == TransferState::Done)
        .await;
    assert_eq!(tree(&b.received()), tree(&own));
}

/// The sender knows that the folder of its partner is gone.
fn waits_for_partner(view: &TransferView) -> bool {
    let Paused {
        problem,
        problem_here,
        ..
    } = &view.paused;
    view.state == TransferState::Paused
        && (problem, problem_here) == (&Some(Open::Known(Code::Missing)), &false)
}

/// The drive with what was received is not connected when the program starts, and the partner is found before it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_whose_folder_is_gone_after_a_restart_waits_for_it() {
    for comes_back in [false, true] {
        let server = Server::default();
        let (mut a, b, offered) =
            paused_by_its_sender(&server, &[("a", &pattern(3 << 20, 1))]).await;
        let own = a.folder.path().join("own");
        server.leave(b.id);
        let folder = b.stop().await;
        let (received, away) = (folder.path().join("received"), folder.path().join("away"));
        std::fs::rename(&received, &away).unwrap();
        a.files.resume(offered.id, Direction::Send);
        let mut b = server.person_in(3, folder);
        server.join(&b);
        let paused = b.wait_for(TransferState::Paused).await.paused;
        assert!(paused.problem_here, "{paused:?}");
        assert_eq!(paused.problem, Some(Open::Known(Code::Missing)));
        a.wait(waits_for_partner).await;
        if comes_back {
            server.leave(a.id);
            b.wait_for(TransferState::Waiting).await;
            a = server.person_in(4, a.stop().await);
            server.join(&a);
            a.wait(waits_for_partner).await;
        }
        // There is an empty folder of its name.
        std::fs::remove_dir(&received).unwrap();
        std::fs::rename(&away, &received).unwrap();
        b.wait_for(TransferState::Done).await;
        a.wait_for(TransferState::Done).await;
        assert_eq!(tree(&b.received())["a"], tree(&own)["a"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_its_folder_can_be_cancelled() {
    let server = Server::default();
    let (mut a, b, offered) = paused_by_its_sender(&server, &[("a", &pattern(3 << 20, 1))]).await;
    server.leave(b.id);
    let folder = b.stop().await;
    std::fs::remove_dir_all(folder.path().join("received")).unwrap();
    let mut b = server.person_in(3, folder);
    server.join(&b);
    b.wait_for(TransferState::Paused).await;
    b.files.cancel(offered.id, Direction::Receive);
    b.wait_for(TransferState::Cancelled).await;
    a.wait_for(TransferState::Cancelled).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_the_folder_of_the_partner_can_be_cancelled() {
    let server = Server::default();
    let (mut a, b, offered) = paused_by_its_sender(&server, &[("a", &pattern(3 << 20, 1))]).await;
    a.files.resume(offered.id, Direction::Send);
    server.leave(b.id);
    let folder = b.stop().await;
    std::fs::remove_dir_all(folder.path().join("received")).unwrap();
    let mut b = server.person_in(3, folder);
    server.join(&b);
    a.wait(waits_for_partner).await;
    a.files.cancel(offered.id, Direction::Send);
    a.wait_for(TransferState::Cancelled).await;
    b.wait_for(TransferState::Cancelled).await;
}

/// While the two are connected.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_learns_that_the_folder_of_its_partner_is_gone_in_the_middle() {
    let server = Server::default();
    let files = [("a/1", &pattern(1 << 20, 1)[..]), ("a/2", b"small")];
    let (mut a, mut b, offered) = paused_by_its_sender(&server, &files).await;
    // The staging folder is made with the transfer, and what is in it is made later.
    std::fs::remove_dir_all(b.received()).unwrap();
    a.files.resume(offered.id, Direction::Send);
    b.wait(|view| view.paused.problem_here).await;
    a.wait(waits_for_partner).await;
}

/// The receiver is killed between `done` and the moment when it has stored that the transfer is over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_did_not_remember_the_end_finds_it_also_if_the_sender_is_not_there() {
    for sender_knows in [true, false] {
        let server = Server::default();
        let (mut a, mut b, offered) =
            paused_by_its_sender(&server, &[("a", &pattern(3 << 20, 1))]).await;
        a.files.resume(offered.id, Direction::Send);
        let done = b.wait_for(TransferState::Done).await;
        a.wait_for(TransferState::Done).await;
        server.leave(a.id);
        server.leave(b.id);
        let (folder_a, folder_b) = (a.stop().await, b.stop().await);
        forget_end(folder_b.path());
        if !sender_knows {
            forget_end(folder_a.path());
        }

        let mut b = server.person_in(3, folder_b);
        let found = b.wait(|view| view.id == offered.id).await;
        assert_eq!(found.state, TransferState::Done);
        assert_eq!(
            (found.transferred, found.files_done, found.files_failed),
            (3 << 20, 1, 0)
        );
        assert!(found.hash.is_some() && found.hash == done.hash && found.can_open);
        let mut a = server.person_in(4, folder_a);
        server.join(&b);
        server.join(&a);
        a.wait_for(TransferState::Done).await;
        // It is stored.
        server.leave(b.id);
        let again = server.person_in(5, b.stop().await);
        let mut again = again;
        let found = again.wait(|view| view.id == offered.id).await;
        assert_eq!(found.state, TransferState::Done);
    }
}

/// The only record below the folder of a person says what it said before the transfer was over.
fn forget_end(folder: &std::path::Path) {
    let store = maru_disk::Store::open(&folder.join("records")).unwrap();
    let mut records = store.list().unwrap().records;
    let [record] = &mut records[..] else {
        panic!("{records:?}");
    };
    assert!(record.end.take().is_some());
    record.progress = maru_disk::StoredProgress::default();
    (record.location, record.hash) = (None, None);
    store.update(record).unwrap();
}
