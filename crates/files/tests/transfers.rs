//! Whole transfers between programs: real connections over loopback, real disks.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use maru_files::{Direction, SkipReason, SkippedView, TransferState};
use maru_protocol::Open;
use maru_transfer::control::Code;
use support::{Person, Server, pattern, tree};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_and_a_folder_arrive() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[
        ("photos/empty", b""),
        ("photos/sea.jpg", &pattern(3_500_000, 1)),
        ("photos/more/small", b"hello\n"),
        ("song.ogg", &pattern(1 << 20, 2)),
    ]);
    std::fs::create_dir(own.join("photos/nothing")).unwrap();
    a.files
        .offer(vec![b.id], vec![own.join("photos"), own.join("song.ogg")]);
    let offered = b.wait_for(TransferState::Offered).await;
    assert_eq!((offered.files, offered.folders), (4, 3));
    assert_eq!(offered.participant, Some(a.id));
    b.files.accept(offered.id, b.received());
    let done = b.wait_for(TransferState::Done).await;
    assert_eq!((done.files_done, done.files_failed), (4, 0));
    assert_eq!(done.transferred, done.bytes);
    a.wait_for(TransferState::Done).await;
    assert_eq!(tree(&b.received()), tree(&own));
    assert!(
        b.files
            .location(done.id, Direction::Receive)
            .await
            .is_some()
    );
    a.files.forget(done.id, Direction::Send);
    b.files.forget(done.id, Direction::Receive);
    a.expect_no_records().await;
    b.expect_only_answers(&["photos", "song", "somebody"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_offer_leaves_nothing() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("a", b"x")]);
    a.files.offer(vec![b.id], vec![own.join("a")]);
    let offered = b.wait_for(TransferState::Offered).await;
    b.files.decline(offered.id);
    a.wait_for(TransferState::Declined).await;
    b.wait_for(TransferState::Declined).await;
    a.files.forget(offered.id, Direction::Send);
    a.expect_no_records().await;
    b.expect_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_goes_on_after_the_receiver_starts_again() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("a", &pattern(60 << 20, 1))]);
    a.files.offer(vec![b.id], vec![own.join("a")]);
    let offered = b.wait_for(TransferState::Offered).await;
    b.files.accept(offered.id, b.received());
    b.wait(|view| view.transferred > 8 << 20).await;
    server.leave(b.id);
    let folder = b.stop().await;
    a.wait_for(TransferState::Waiting).await;
    let mut b = server.person_in(3, folder);
    b.wait_for(TransferState::Waiting).await;
    server.join(&b);
    let resumed = b.wait(|view| view.state == TransferState::Active).await;
    assert_eq!(resumed.id, offered.id);
    b.wait_for(TransferState::Done).await;
    a.wait_for(TransferState::Done).await;
    assert_eq!(tree(&b.received()), tree(&own));
}

/// The hash of the file that was sent: after a restart of the sender, of all of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_show_the_same_hash_also_after_the_sender_starts_again() {
    for restarts in [false, true] {
        let server = Server::default();
        let (mut a, mut b) = (server.person(1), server.person(2));
        server.join(&a);
        server.join(&b);
        let content = pattern(40 << 20, 1);
        let own = a.make(&[("a", &content)]);
        a.files.offer(vec![b.id], vec![own.join("a")]);
        let offered = b.wait_for(TransferState::Offered).await;
        b.files.accept(offered.id, b.received());
        if restarts {
            b.wait(|view| view.transferred > 8 << 20).await;
            server.leave(a.id);
            let folder = a.stop().await;
            b.wait_for(TransferState::Waiting).await;
            a = server.person_in(3, folder);
            a.wait_for(TransferState::Waiting).await;
            server.join(&a);
        }
        let received = b.wait_for(TransferState::Done).await;
        let sent = a
            .wait(|view| view.state == TransferState::Done && view.hash.is_some())
            .await;
        assert_eq!(sent.hash, received.hash);
        assert!(sent.hash.is_some());
    }
}

/// One scan and one manifest serve all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_to_three_arrives_at_each_also_when_one_does_not_answer() {
    let server = Server::default();
    let mut a = server.person(1);
    let (mut b, mut c, mut d) = (server.person(2), server.person(3), server.person(4));
    for person in [&a, &b, &c, &d] {
        server.join(person);
    }
    let own = a.make(&[("x/a", &pattern(9 << 20, 1)), ("x/b", b"second")]);
    a.files.offer(vec![b.id, c.id, d.id], vec![own.join("x")]);
    for person in [&mut b, &mut c] {
        let offered = person.wait_for(TransferState::Offered).await;
        person.files.accept(offered.id, person.received());
    }
    d.wait_for(TransferState::Offered).await;
    for person in [&mut b, &mut c] {
        person.wait_for(TransferState::Done).await;
        assert_eq!(tree(&person.received()), tree(&own));
    }
    // The third one is not late.
    let offered = d.wait_for(TransferState::Offered).await;
    d.files.accept(offered.id, d.received());
    d.wait_for(TransferState::Done).await;
    assert_eq!(tree(&d.received()), tree(&own));
    let done = |view: &maru_files::TransferView| view.state == TransferState::Done;
    a.wait(done).await;
    // Shown as one.
    let batches: BTreeSet<_> = a.views().iter().map(|view| view.batch).collect();
    assert!(
        batches.len() == 1 && !batches.contains(&None),
        "{batches:?}"
    );
    assert_eq!(offered.batch, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_goes_on_while_the_server_starts_again() {
    let mut server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("a", &pattern(60 << 20, 1))]);
    a.files.offer(vec![b.id], vec![own.join("a")]);
    let offered = b.wait_for(TransferState::Offered).await;
    b.files.accept(offered.id, b.received());
    b.wait(|view| view.transferred > 1 << 20).await;
    server.restart(&mut [&mut a, &mut b], 11);
    let (id_of_a, id_of_b) = (a.id, b.id);
    b.wait(|view| view.participant == Some(id_of_a)).await;
    a.wait(|view| view.participant == Some(id_of_b) || view.state == TransferState::Done)
        .await;
    b.wait_for(TransferState::Done).await;
    a.wait_for(TransferState::Done).await;
    assert_eq!(tree(&b.received()), tree(&own));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_transfer_leaves_no_partial_files() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("a", &pattern(60 << 20, 1))]);
    a.files.offer(vec![b.id], vec![own.join("a")]);
    let offered = b.wait_for(TransferState::Offered).await;
    b.files.accept(offered.id, b.received());
    b.wait(|view| view.transferred > 1 << 20).await;
    a.files.cancel(offered.id, Direction::Send);
    b.wait_for(TransferState::Cancelled).await;
    a.wait_for(TransferState::Cancelled).await;
    a.files.forget(offered.id, Direction::Send);
    b.files.forget(offered.id, Direction::Receive);
    a.expect_only_answers(&["somebody", "received"]).await;
    b.expect_nothing_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_to_somebody_who_leaves_while_it_is_scanned_was_not_sent() {
    let server = Server::default();
    let (mut a, b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("a", b"x")]);
    a.files.offer(vec![b.id], vec![own.join("a")]);
    server.leave(b.id);
    let over = a.wait(|view| view.state != TransferState::Preparing);
    let over = over.await;
    // Scanned before or after: it is not that the file is missing.
    if over.state != TransferState::Offered {
        assert_eq!(over.state, TransferState::Failed, "{over:?}");
    }
    expect_left(&mut a).await;
}

/// The person sees to whom it was not sent, and why.
async fn expect_left(person: &mut Person) {
    let view = person.wait_for(TransferState::Failed).await;
    assert_eq!(view.code, Some(Open::Known(Code::Left)));
    assert_eq!(view.partner, "somebody");
    let names: Vec<_> = view.names.iter().map(|name| name.name.as_str()).collect();
    assert_eq!(names, ["a"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_to_somebody_who_has_left_before_was_not_sent() {
    let server = Server::default();
    let (mut a, b, mut c) = (server.person(1), server.person(2), server.person(3));
    for person in [&a, &b, &c] {
        server.join(person);
    }
    server.leave(b.id);
    let own = a.make(&[("a", b"x")]);
    // A dialog was open meanwhile. The others get it.
    a.files.offer(vec![b.id, c.id], vec![own.join("a")]);
    expect_left(&mut a).await;
    let offered = c.wait_for(TransferState::Offered).await;
    c.files.accept(offered.id, c.received());
    a.wait_for(TransferState::Done).await;
    assert_eq!(a.views().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offer_to_somebody_who_leaves_without_an_answer_was_not_sent() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("a", b"x")]);
    a.files.offer(vec![b.id], vec![own.join("a")]);
    b.wait_for(TransferState::Offered).await;
    server.leave(b.id);
    expect_left(&mut a).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_out_is_listed_and_of_nothing_it_is_said_why() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("photos/a", b"x")]);
    a.files.offer(vec![b.id], vec![own.join("gone")]);
    let failed = a.wait_for(TransferState::Failed).await;
    assert_eq!(failed.code, Some(Open::Known(Code::Missing)));
    a.files.forget(failed.id, Direction::Send);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a", own.join("photos/link")).unwrap();
        a.files.offer(vec![b.id], vec![own.join("photos")]);
        let offered = a.wait_for(TransferState::Offered).await;
        let link = SkippedView {
            name: "photos/link".to_owned(),
            reason: SkipReason::Link,
        };
        assert_eq!((offered.skipped, offered.skipped_names), (1, vec![link]));
        let offered = b.wait_for(TransferState::Offered).await;
        assert_eq!((offered.skipped, offered.skipped_names), (1, Vec::new()));
    }
}
