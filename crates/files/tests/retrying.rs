//! Files that failed, and another try of them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use maru_files::{Direction, EntryState, TransferState};
use support::{Server, tree};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changed_fails_alone_and_is_sent_again_in_its_folder_after_a_restart() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[
        ("folder/a", b"first"),
        ("folder/inner/b", b"second"),
        ("folder/other/c", b"third"),
    ]);
    a.files.offer(vec![b.id], vec![own.join("folder")]);
    let offered = b.wait_for(TransferState::Offered).await;
    std::fs::write(own.join("folder/inner/b"), b"longer than before").unwrap();
    b.files.accept(offered.id, b.received());
    let done = a.wait_for(TransferState::Done).await;
    assert_eq!((done.files_done, done.files_failed), (2, 1));
    a.wait(|view| view.can_retry).await;
    let received = b.wait_for(TransferState::Done).await;
    assert!(!received.can_retry);
    let expected = || -> Vec<(String, EntryState, Option<String>)> {
        let done = |path: &str| (path.to_owned(), EntryState::Done, None);
        let failed = (
            "folder/inner/b".to_owned(),
            EntryState::Failed,
            Some("changed".to_owned()),
        );
        vec![
            done("folder"),
            done("folder/a"),
            done("folder/inner"),
            failed,
            done("folder/other"),
            done("folder/other/c"),
        ]
    };
    assert_eq!(a.entries(&done).await, expected());
    assert_eq!(b.entries(&received).await, expected());

    // Both apps start again, and meet in another call.
    for person in [&a, &b] {
        server.leave(person.id);
    }
    let (of_a, of_b) = (a.stop().await, b.stop().await);
    let (mut a, mut b) = (server.person_in(3, of_a), server.person_in(4, of_b));
    let listed = a.wait_for(TransferState::Done).await;
    assert_eq!((listed.files_done, listed.files_failed), (2, 1));
    assert!(!listed.can_retry, "there is nobody to send to");
    assert_eq!(a.entries(&listed).await, expected());
    let listed = b.wait_for(TransferState::Done).await;
    assert_eq!(b.entries(&listed).await, expected());
    assert!(listed.can_open);
    server.join(&a);
    server.join(&b);
    a.wait(|view| view.can_retry).await;
    a.files.retry(done.id, Direction::Send);
    // It is used.
    a.wait(|view| view.id == done.id && !view.can_retry).await;
    let again = b.wait(|view| view.state == TransferState::Offered).await;
    let names: Vec<&str> = again.names.iter().map(|name| name.name.as_str()).collect();
    assert_eq!(names, ["folder", "folder/inner", "folder/inner/b"]);
    a.files.retry(done.id, Direction::Send);
    b.files.accept(again.id, b.received());
    b.wait(|view| view.id == again.id && view.state == TransferState::Done)
        .await;
    let received = tree(&b.received());
    let content = received["folder (2)/inner/b"].as_deref();
    assert_eq!(content, Some(&b"longer than before"[..]));
    assert_eq!(b.views().len(), 2, "it was offered once");
    server.leave(a.id);
    let folder = a.stop().await;
    let mut a = server.person_in(5, folder);
    server.join(&a);
    let earlier = a.wait(|view| view.id == done.id).await;
    assert!(!earlier.can_retry && earlier.files_failed == 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_can_be_offered_to_one_person_of_that_name_only() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("a", b"first"), ("b", b"second")]);
    a.files
        .offer(vec![b.id], vec![own.join("a"), own.join("b")]);
    let offered = b.wait_for(TransferState::Offered).await;
    std::fs::remove_file(own.join("b")).unwrap();
    b.files.accept(offered.id, b.received());
    a.wait(|view| view.state == TransferState::Done && view.can_retry)
        .await;
    // Others have the same name; this one is known by their ID.
    let c = server.person(3);
    server.join(&c);
    server.leave(b.id);
    a.wait(|view| view.can_retry).await;
    let d = server.person(4);
    server.join(&d);
    let view = a.wait(|view| !view.can_retry).await;
    a.files.retry(view.id, Direction::Send);
    server.leave(d.id);
    a.wait(|view| view.can_retry).await;
    assert_eq!(a.views().len(), 1);
    // The file is still gone: that is said, and can be tried again when it is back.
    a.files.retry(view.id, Direction::Send);
    let failed = a.wait_for(TransferState::Failed).await;
    assert_eq!(
        failed.code,
        Some(maru_transfer::control::Code::Missing.into())
    );
    a.wait(|it| it.id == view.id && it.can_retry).await;
    std::fs::write(own.join("b"), b"back").unwrap();
    a.files.retry(view.id, Direction::Send);
    let mut c = c;
    let offered = c.wait_for(TransferState::Offered).await;
    assert_eq!(offered.names[0].name, "b");
}

/// Runs this test in a process of its own, whose files have at most so many bytes.
fn is_limited(name: &str, bytes: u64) -> bool {
    use rustix::process::{Resource, Rlimit, setrlimit};
    const CHILD: &str = "MARU_TEST_LIMITED";
    if std::env::var_os(CHILD).is_none() {
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(CHILD, "1")
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success(), "{status}");
        return false;
    }
    let limit = Rlimit {
        current: Some(bytes),
        maximum: None,
    };
    setrlimit(Resource::Fsize, limit).unwrap();
    true
}

#[test]
fn a_file_that_the_drive_cannot_store_fails_alone() {
    if !is_limited("a_file_that_the_drive_cannot_store_fails_alone", 8 << 20) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = Server::default();
        let (mut a, mut b) = (server.person(1), server.person(2));
        server.join(&a);
        server.join(&b);
        let own = a.make(&[("folder/small", b"small"), ("large", b"")]);
        // Made by a process without the limit.
        let large = own.join("large");
        let made = std::process::Command::new("sh")
            .args(["-c", "ulimit -f unlimited; exec truncate -s 20M \"$0\""])
            .arg(&large)
            .status()
            .unwrap();
        assert!(made.success());
        a.files.offer(vec![b.id], vec![large.clone()]);
        let alone = b.wait_for(TransferState::Offered).await;
        b.files.accept(alone.id, b.received());
        let refused = b.wait(|view| view.code.is_some()).await;
        assert_eq!(refused.state, TransferState::Offered);
        assert_eq!(
            refused.code,
            Some(maru_transfer::control::Code::TooLarge.into())
        );
        b.files.decline(alone.id);
        a.files.offer(vec![b.id], vec![large, own.join("folder")]);
        let both = b
            .wait(|view| view.id != alone.id && view.state == TransferState::Offered)
            .await;
        b.files.accept(both.id, b.received());
        for person in [&mut a, &mut b] {
            let done = person
                .wait(|view| view.id == both.id && view.state == TransferState::Done)
                .await;
            assert_eq!((done.files_done, done.files_failed), (1, 1));
            let entries = person.entries(&done).await;
            let large = &entries[0];
            assert_eq!(large.1, EntryState::Failed);
            assert_eq!(large.2.as_deref(), Some("too-large"));
            assert_eq!(entries[2].1, EntryState::Done);
        }
        let names: Vec<String> = tree(&b.received()).into_keys().collect();
        assert_eq!(names, ["folder", "folder/small"]);
    });
}
