use super::*;

/// Scans what a person selected, and again what failed of it after `change`.
fn again(selection: &[PathBuf], failed: &[u32], change: impl FnOnce()) -> Scanned {
    let records = TempDir::new().unwrap();
    let (earlier, manifest) = (records.path().join("1"), records.path().join("2"));
    let not_cancelled = AtomicBool::new(false);
    scan(selection, &earlier, &not_cancelled).unwrap();
    change();
    let mut entries = FailedEntries::default();
    for entry in failed {
        entries.insert(*entry, &Open::Known(Code::Changed));
    }
    let scan = scan_failed(&earlier, &entries, &manifest, &not_cancelled).unwrap();
    let mut source = Source::open(&manifest).unwrap();
    let entries = source.entries(0, usize::MAX).unwrap();
    Scanned { scan, entries }
}

#[test]
fn what_failed_is_scanned_again_in_the_folders_it_was_in() {
    let root = tree(&["a/1", "a/b/2", "a/b/3", "a/c/4", "d/5", "6"]);
    let path = |name: &str| root.path().join(name);
    // a, a/1, a/b, a/b/2, a/b/3, a/c, a/c/4, d, d/5, 6
    let scanned = again(&[path("a"), path("d"), path("6")], &[3, 9, 4, 77], || {
        fs::write(path("a/b/2"), "longer than before").unwrap();
        fs::remove_file(path("a/b/3")).unwrap();
    });
    assert_eq!(scanned.paths(), ["a", "a/b", "a/b/2", "6"]);
    let Scan {
        files,
        folders,
        bytes,
        ..
    } = scanned.scan;
    assert_eq!((files, folders, bytes), (2, 2, 18 + 1));
    assert_eq!(scanned.entries[2].kind, EntryKind::File { size: 18 });
    assert_eq!(scanned.reasons()["3"], SkipReason::Missing);
    assert_eq!(scanned.scan.names, scanned.entries);
}

#[test]
fn what_became_a_link_or_a_folder_is_not_followed() {
    let root = tree(&["a/1", "a/2", "other/secret"]);
    let path = |name: &str| root.path().join(name);
    let scanned = again(&[path("a")], &[1, 2], || {
        fs::remove_file(path("a/1")).unwrap();
        symlink(path("other/secret"), path("a/1")).unwrap();
        fs::remove_file(path("a/2")).unwrap();
        fs::create_dir(path("a/2")).unwrap();
    });
    assert_eq!(scanned.paths(), ["a"]);
    let reasons = scanned.reasons();
    assert_eq!(
        (reasons["1"], reasons["2"]),
        (SkipReason::Link, SkipReason::Special)
    );
}
