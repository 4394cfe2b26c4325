//! A folder that is sent once more: only what is missing or different is sent.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::Arc;

use maru_files::{Direction, TransferState, TransferView};
use support::{Person, Server, Wire, pattern, tree};

/// `b` accepts the folder, and all is over on both sides.
async fn send(a: &mut Person, b: &mut Person, folder: &str) -> [TransferView; 2] {
    send_and(a, b, folder, |b, offered| {
        b.files.accept(offered.id, b.received())
    })
    .await
}

/// `b` answers the offer of the folder, and all is over on both sides.
async fn send_and(
    a: &mut Person,
    b: &mut Person,
    folder: &str,
    accept: impl FnOnce(&Person, &TransferView),
) -> [TransferView; 2] {
    let known: Vec<_> = b.views().into_iter().map(|view| view.id).collect();
    let path = a.folder.path().join("own").join(folder);
    a.files.offer(vec![b.id], vec![path]);
    let offered = b
        .wait(|view| view.state == TransferState::Offered && !known.contains(&view.id))
        .await;
    accept(b, &offered);
    let is_done = |view: &TransferView| view.id == offered.id && view.state == TransferState::Done;
    [a.wait(is_done).await, b.wait(is_done).await]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_is_sent_twice_is_sent_once() {
    let wire = Arc::new(Wire::default());
    let mut server = Server::default();
    server.wire = Some(Arc::clone(&wire));
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let many: Vec<(String, Vec<u8>)> = (0..300)
        .map(|number| (format!("photos/many/{number}"), pattern(2_000, number)))
        .collect();
    let mut files: Vec<(&str, &[u8])> = many
        .iter()
        .map(|(path, content)| (path.as_str(), content.as_slice()))
        .collect();
    let large = pattern((8 << 20) + 17, 1);
    let changed = pattern(300_000, 2);
    files.push(("photos/large", &large));
    files.push(("photos/more/changed", &changed));
    files.push(("photos/empty", b""));
    let own = a.make(&files);
    let first = send(&mut a, &mut b, "photos").await;
    assert_eq!(first.map(|view| view.files_present), [0, 0]);
    assert_eq!(tree(&b.received()), tree(&own));
    let before = times(&b.received());

    // The programs start again, beside a call: without stripes, which would not go through the wire, as their candidates are
    // no signals.
    server.leave(a.id);
    server.leave(b.id);
    let (folder_a, folder_b) = (a.stop().await, b.stop().await);
    let (mut a, mut b) = (server.person_in(3, folder_a), server.person_in(4, folder_b));
    server.join(&a);
    server.join(&b);
    a.files.set_call_active(true);
    b.files.set_call_active(true);

    let sent_before = wire.bytes();
    for view in send(&mut a, &mut b, "photos").await {
        assert_eq!(view.files_present, 303);
        assert_eq!((view.files_done, view.files_failed), (303, 0));
        assert_eq!(view.transferred, view.bytes);
    }
    assert_eq!(tree(&b.received()), tree(&own));
    // 303 digests and 8 more; headers, and what keeps the connection: a third of the small files alone is more.
    let sent_second = wire.bytes() - sent_before;
    assert!(sent_second < 200_000, "{sent_second} bytes");
    assert!(times(&b.received()) == before);

    let sent_before = wire.bytes();
    let new = pattern(200_000, 3);
    let changed_later = pattern(300_000, 4);
    a.make(&[
        ("photos/new/new", &new),
        ("photos/more/changed", &changed_later),
    ]);
    let third = send(&mut a, &mut b, "photos").await;
    for view in &third {
        assert_eq!(view.files_present, 302);
        assert_eq!((view.files_done, view.files_failed), (304, 0));
        assert_eq!(view.transferred, view.bytes);
    }
    // 500,000 bytes of content; 302 digests and 8 more; headers, and what keeps the connection.
    let sent = wire.bytes() - sent_before;
    assert!((500_000..900_000).contains(&sent), "{sent} bytes");
    let mut expected = tree(&own);
    expected.insert("photos/more/changed".to_owned(), Some(changed));
    expected.insert("photos/more/changed (2)".to_owned(), Some(changed_later));
    assert!(tree(&b.received()) == expected);
    for (path, time) in before {
        assert_eq!(times(&b.received())[&path], time, "{path}");
    }
    let [_, received] = third;
    assert_eq!(
        b.files.location(received.id, Direction::Receive).await,
        Some(b.received().join("photos"))
    );
    // It is known after a restart as well.
    let folder = b.stop().await;
    let mut b = server.person_in(5, folder);
    let listed = b.wait(|view| view.id == received.id).await;
    assert_eq!((listed.files_present, listed.files_done), (302, 304));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_looked_for_if_a_rule_accepts() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let files: [(&str, &[u8]); 2] = [("folder/a", b"a"), ("folder/b", b"b")];
    let own = a.make(&files);
    send(&mut a, &mut b, "folder").await;
    let by_rule = send_and(&mut a, &mut b, "folder", |b, offered| {
        b.files.accept_by_rule(offered.id, b.received());
    })
    .await;
    assert_eq!(by_rule.map(|view| view.files_present), [0, 0]);
    let mut expected = tree(&own);
    for (path, bytes) in files {
        let path = path.replace("folder", "folder (2)");
        expected.insert(path, Some(bytes.to_vec()));
    }
    expected.insert("folder (2)".to_owned(), None);
    assert_eq!(tree(&b.received()), expected);
    // The person accepts it: it is looked for.
    let by_person = send(&mut a, &mut b, "folder").await;
    assert_eq!(by_person.map(|view| view.files_present), [2, 2]);
    assert_eq!(tree(&b.received()), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_file_that_is_there_is_shown_with_its_hash() {
    let server = Server::default();
    let (mut a, mut b) = (server.person(1), server.person(2));
    server.join(&a);
    server.join(&b);
    let own = a.make(&[("song", &pattern((2 << 20) + 5, 1))]);
    let [_, first] = send(&mut a, &mut b, "song").await;
    let [sender, second] = send(&mut a, &mut b, "song").await;
    assert_eq!((sender.files_present, second.files_present), (1, 1));
    assert_eq!(second.hash, first.hash);
    assert!(second.hash.is_some() && second.can_open);
    assert_eq!(tree(&b.received()), tree(&own));
}

/// When each file was modified.
fn times(folder: &std::path::Path) -> std::collections::BTreeMap<String, std::time::SystemTime> {
    let files = tree(folder).into_iter().filter(|(_, it)| it.is_some());
    let time = |path: &str| std::fs::metadata(folder.join(path))?.modified();
    files
        .map(|(path, _)| (path.clone(), time(&path).unwrap()))
        .collect()
}
