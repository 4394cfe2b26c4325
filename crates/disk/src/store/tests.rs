use maru_transfer::control::{Entry, EntryKind, Modified, RelativePath, Secret};
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
        partner_secret: (role == Role::Receiver).then_some(Secret([3; 32])),
        created: 1_000,
        updated: 2_000,
        folder: (role == Role::Receiver).then(|| PathBuf::from("/downloads")),
        paused: true,
    }
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
