use maru_protocol::Open;
use maru_transfer::{
    FailedEntries,
    control::{Code, Entry, EntryKind, Modified, RelativePath, Secret},
    hash::FileHash,
};
use tempfile::TempDir;

use super::*;

fn record(number: u8, role: Role) -> Record {
    let modified = Modified {
        seconds: -5,
        nanoseconds: 7,
    };
    let entry = |path: &str, kind| Entry {
        path: RelativePath::new(path).unwrap(),
        kind,
        modified,
    };
    Record {
        id: TransferId([number; 16]),
        role,
        number: number.into(),
        partner: "하나 \"<&".to_owned(),
        files: 1,
        folders: 2,
        bytes: 3,
        skipped: 4,
        names: vec![
            entry("f", EntryKind::Folder),
            entry("f/\u{1}", EntryKind::File { size: 9 }),
        ],
        own_secret: Secret([number; 32]),
        is_by_rule: role == Role::Receiver,
        partner_secret: (role == Role::Receiver).then_some(Secret([3; 32])),
        created: 1_000,
        updated: 2_000,
        folder: (role == Role::Receiver).then(|| PathBuf::from("/downloads")),
        paused: true,
        progress: StoredProgress {
            transferred: 2,
            files_done: 1,
            files_failed: 3,
            files_present: 1,
        },
        failed: failed(),
        location: Some(PathBuf::from("/downloads/f")),
        hash: Some(FileHash([number; 32])),
        end: number.is_multiple_of(2).then(|| end(true)),
    }
}

fn end(is_listed: bool) -> End {
    End {
        kind: EndKind::Declined,
        code: Some(Open::Known(Code::TooLarge)),
        is_unanswered: true,
        is_listed,
        is_retried: false,
    }
}

fn failed() -> FailedEntries {
    let mut failed = FailedEntries::default();
    failed.insert_range(0..3, &Open::Known(Code::Changed));
    failed.insert(7, &Open::Other("later".to_owned()));
    failed
}

#[test]
fn records_come_back_and_are_replaced() {
    let root = TempDir::new().unwrap();
    let store = Store::open(&root.path().join("a/transfers")).unwrap();
    assert!(store.list().unwrap().records.is_empty());
    let (mut sender, receiver) = (record(1, Role::Sender), record(1, Role::Receiver));
    let folder = store.create(&sender).unwrap();
    assert_eq!(folder, store.folder(sender.id, sender.role));
    store.create(&receiver).unwrap();
    assert!(store.create(&receiver).is_err(), "there is one");
    sender.partner_secret = Some(Secret([5; 32]));
    store.update(&sender).unwrap();
    let mut listing = store.list().unwrap();
    listing.records.sort_by_key(|it| it.role == Role::Receiver);
    assert_eq!(listing.records, [sender.clone(), receiver.clone()]);
    store.remove(sender.id, Role::Sender).unwrap();
    store.remove(sender.id, Role::Sender).unwrap();
    assert_eq!(store.list().unwrap().records, [receiver]);
    assert!(!folder.exists());
}

#[test]
fn the_progress_is_the_further_one_of_the_record_and_its_file_and_a_damaged_file_is_ignored() {
    let root = TempDir::new().unwrap();
    let store = Store::open(root.path()).unwrap();
    let mut record = record(1, Role::Receiver);
    let folder = store.create(&record).unwrap();
    let progress = || store.list().unwrap().records[0].progress;
    assert_eq!(progress(), record.progress);
    let later = StoredProgress {
        transferred: 1 << 40,
        files_done: 9,
        files_failed: 3,
        files_present: 1,
    };
    store.save_progress(record.id, record.role, later).unwrap();
    assert_eq!(progress(), later);
    // A record that is written later has all that is newer.
    record.progress.transferred = 1 << 41;
    store.update(&record).unwrap();
    assert_eq!(
        (progress().transferred, progress().files_done),
        (1 << 41, 9)
    );
    let whole = fs::read(folder.join("progress")).unwrap();
    for damaged in [&whole[..whole.len() - 1], &[0; 25]] {
        fs::write(folder.join("progress"), damaged).unwrap();
        assert_eq!(progress(), record.progress);
    }
}

#[test]
fn failed_entries_that_have_no_room_are_not_listed() {
    let root = TempDir::new().unwrap();
    let store = Store::open(root.path()).unwrap();
    let mut record = record(1, Role::Sender);
    // As many ranges as a transfer can have.
    for entry in 0..500_000 {
        record.failed.insert(entry * 2, &Open::Known(Code::Missing));
    }
    store.create(&record).unwrap();
    let listed = store.list().unwrap().records.remove(0);
    let count = u32::try_from(MAX_FAILED_RANGES).unwrap();
    // The first of these has three entries.
    assert_eq!(listed.failed.count(), count + 2);
}

#[cfg(unix)]
#[test]
fn only_the_person_can_read_records_and_folders_need_not_be_unicode() {
    use std::os::unix::{ffi::OsStringExt as _, fs::PermissionsExt as _};
    let root = TempDir::new().unwrap();
    let store = Store::open(&root.path().join("transfers")).unwrap();
    let mut record = record(1, Role::Receiver);
    record.folder = Some(std::ffi::OsString::from_vec(b"/d\xff".to_vec()).into());
    let folder = store.create(&record).unwrap();
    assert_eq!(store.list().unwrap().records, [record]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&root.path().join("transfers")), 0o700);
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join(FILE_NAME)), 0o600);
}

#[test]
fn damaged_records_and_those_of_later_versions_stay() {
    let root = TempDir::new().unwrap();
    let store = Store::open(root.path()).unwrap();
    let whole = record(1, Role::Sender).encode();
    let texts = [
        String::new(),
        whole[..whole.len() / 2].to_owned(),
        whole.replace("\"version\":1", "\"version\":2"),
        whole.replace("f/\\u0001", "f/../x"),
        whole.replace("\"sender\"", "\"receiver\""),
        whole.replace("[-5,7]", "[-5,1000000000]"),
    ];
    for (number, text) in (1..).zip(&texts) {
        let text = text.replace(&"01".repeat(16), &format!("{number:02x}").repeat(16));
        let folder = store.create(&record(number, Role::Sender)).unwrap();
        fs::write(folder.join(FILE_NAME), text).unwrap();
    }
    // The power failed before the record was there; somebody put another folder here, and a file.
    fs::create_dir(store.folder(TransferId([50; 16]), Role::Sender)).unwrap();
    fs::create_dir(root.path().join("other")).unwrap();
    fs::write(root.path().join("file"), "").unwrap();
    // Under the name of another.
    let folder = store.create(&record(60, Role::Sender)).unwrap();
    fs::write(folder.join(FILE_NAME), &whole).unwrap();
    store.create(&record(70, Role::Sender)).unwrap();
    let listing = store.list().unwrap();
    assert_eq!(listing.records, [record(70, Role::Sender)]);
    assert_eq!(listing.damaged.len(), texts.len() + 3);
    store.remove_expired(u64::MAX).unwrap();
    let listing = store.list().unwrap();
    assert!(listing.records.is_empty());
    assert_eq!(listing.damaged.len(), texts.len() + 3);
}

#[test]
fn an_interrupted_replacement_leaves_the_old_record() {
    let root = TempDir::new().unwrap();
    let store = Store::open(root.path()).unwrap();
    let record = record(1, Role::Sender);
    let folder = store.create(&record).unwrap();
    fs::write(folder.join(NEW_FILE_NAME), "{\"version\":").unwrap();
    let records = store.list().unwrap().records;
    assert_eq!(records, std::slice::from_ref(&record));
    store.update(&record).unwrap();
    assert!(!folder.join(NEW_FILE_NAME).exists());
}

#[test]
fn records_expire_30_days_after_their_last_update_with_the_staging_folder() {
    let (root, downloads) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = Store::open(root.path()).unwrap();
    let mut old = record(1, Role::Receiver);
    old.folder = Some(downloads.path().to_owned());
    let folder = store.create(&old).unwrap();
    let destination = Destination::create(downloads.path(), &folder).unwrap();
    let mut young = record(2, Role::Sender);
    young.updated += 1;
    store.create(&young).unwrap();
    let count = || fs::read_dir(downloads.path()).unwrap().count();
    let last = old.updated + EXPIRY;
    assert_eq!(store.remove_expired(last).unwrap(), []);
    // It is received right now.
    assert_eq!(store.remove_expired(last + 1).unwrap(), []);
    let error = store.remove(old.id, old.role).unwrap_err();
    assert_eq!(error.fault, Fault::InUse);
    assert_eq!(count(), 1);
    drop(destination);
    let removed = store.remove_expired(last + 1).unwrap();
    assert_eq!(removed, [(old.id, old.role)]);
    assert_eq!(count(), 0);
    assert_eq!(store.list().unwrap().records, [young]);
}

#[test]
fn a_record_whose_folder_is_gone_is_removed() {
    let (root, downloads) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = Store::open(root.path()).unwrap();
    let record = record(1, Role::Receiver);
    let folder = store.create(&record).unwrap();
    drop(Destination::create(downloads.path(), &folder).unwrap());
    drop(downloads);
    store.remove(record.id, record.role).unwrap();
    assert!(store.list().unwrap().records.is_empty());
}

#[test]
fn of_transfers_that_are_over_the_last_64_stay_and_the_entries_of_those_that_are_listed() {
    let root = TempDir::new().unwrap();
    let store = Store::open(root.path()).unwrap();
    for number in 0..70 {
        let mut record = record(number, Role::Sender);
        record.end = Some(end(number != 69));
        record.updated = number.into();
        let folder = store.create(&record).unwrap();
        fs::write(folder.join(MANIFEST), "x").unwrap();
    }
    // The entries of these two are too many together: the older ones lose theirs, and all before them that do not fit.
    for number in [67, 66] {
        let manifest = store.folder(TransferId([number; 16]), Role::Sender);
        let file = File::create(manifest.join(MANIFEST)).unwrap();
        file.set_len(200 << 20).unwrap();
    }
    let mut unfinished = record(71, Role::Sender);
    unfinished.updated = 0;
    let folder = store.create(&unfinished).unwrap();
    fs::write(folder.join(MANIFEST), "x").unwrap();
    store.limit_ended().unwrap();
    let mut left = store.list().unwrap().records;
    left.sort_by_key(|record| record.number);
    let numbers: Vec<u16> = left.iter().map(|record| record.number).collect();
    let expected: Vec<u16> = (6..70).chain([71]).collect();
    assert_eq!(numbers, expected);
    let stripped = left.iter().filter(|record| {
        let folder = store.folder(record.id, record.role);
        !folder.join(MANIFEST).exists()
    });
    let stripped: Vec<u16> = stripped.map(|record| record.number).collect();
    assert_eq!(stripped, [66, 69]);
}

#[test]
fn stripping_removes_the_staging_folder_and_leaves_the_record() {
    let (root, downloads) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = Store::open(root.path()).unwrap();
    let record = record(2, Role::Receiver);
    let folder = store.create(&record).unwrap();
    let destination = Destination::create(downloads.path(), &folder).unwrap();
    let error = store.strip(record.id, record.role).unwrap_err();
    assert_eq!(error.fault, Fault::InUse);
    drop(destination);
    store.strip(record.id, record.role).unwrap();
    assert_eq!(fs::read_dir(downloads.path()).unwrap().count(), 0);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(store.list().unwrap().records, [record]);
}
