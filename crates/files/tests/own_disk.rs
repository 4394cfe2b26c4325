//! A sender whose own disk fails: it is not taken for that of the partner.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::Path;
use std::process::Command;

use maru_files::{TransferState, TransferView};
use maru_protocol::Open;
use maru_transfer::control::Code;
use support::{Person, Server};

/// Offers a file, which fails here with this code; nobody learns of it.
async fn expect_failure(a: &mut Person, b: &Person, code: Code) {
    let own = a.make(&[("a", b"content")]);
    a.files.offer(vec![b.id], vec![own.join("a")]);
    let failed: TransferView = a.wait_for(TransferState::Failed).await;
    assert_eq!(failed.code, Some(Open::Known(code)));
    assert!(failed.code_here);
    assert!(b.views().is_empty());
    a.files.forget(failed.id, failed.direction);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_cannot_store_its_list_fails_by_its_own_disk() {
    let server = Server::default();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("records"), b"no folder").unwrap();
    let (mut a, b) = (server.person_in(1, folder), server.person(2));
    server.join(&a);
    server.join(&b);
    expect_failure(&mut a, &b, Code::Unwritable).await;
}

/// A file system of 1 MiB.
struct Tmpfs<'a>(&'a Path);

impl<'a> Tmpfs<'a> {
    fn mount(path: &'a Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]);
        let mounted = mount.arg(path).output();
        mounted
            .is_ok_and(|of| of.status.success())
            .then_some(Self(path))
    }
}

impl Drop for Tmpfs<'_> {
    fn drop(&mut self) {
        // Lazily: a thread may have something open.
        let _ = Command::new("umount").arg("-l").arg(self.0).output();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_of_the_sender_is_its_own_and_can_be_mended() {
    let server = Server::default();
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records");
    std::fs::create_dir(&records).unwrap();
    let Some(mounted) = Tmpfs::mount(&records) else {
        println!("skipped: no permission to mount");
        return;
    };
    let (mut a, mut b) = (server.person_in(1, folder), server.person(2));
    server.join(&a);
    server.join(&b);
    let filler = records.join("filler");
    std::fs::write(&filler, vec![0; 2 << 20]).unwrap_err();
    expect_failure(&mut a, &b, Code::DiskFull).await;
    std::fs::remove_file(filler).unwrap();
    let own = a.folder.path().join("own");
    a.files.offer(vec![b.id], vec![own.join("a")]);
    let offered = b.wait_for(TransferState::Offered).await;
    assert_eq!((offered.files, offered.bytes), (1, 7));
    assert!(!a.views().iter().any(|of| of.code_here));
    let folder = a.stop().await;
    drop(mounted);
    drop(folder);
}
