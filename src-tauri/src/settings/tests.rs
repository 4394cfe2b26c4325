use std::fs;

use serde_json::json;

use super::*;

fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("an object").clone()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn survive_a_restart() {
    let folder = folder();
    let path = folder.path().join("not/yet/there/settings.json");
    let store = Store::open(path.clone());
    assert_eq!(store.get(), Settings::default());
    let set = store
        .set(object(json!({
            "name": "민지", "language": "ko", "cameraId": "abc",
            "recentRooms": [{ "server": "https://maru.example.org", "room": "우리집" }],
        })))
        .unwrap();
    assert_eq!(Store::open(path).get(), set);
    assert_eq!(set.name, "민지");
}

#[test]
fn are_changed_all_or_none() {
    let folder = folder();
    let store = Store::open(folder.path().join("settings.json"));
    for bad in [
        json!({ "sounds": false, "name": "a\u{7}" }),
        json!({ "sounds": false, "name": "x".repeat(65) }),
        json!({ "sounds": false, "theme": "blue" }),
        json!({ "sounds": false, "serverUrl": "ftp://example.org" }),
        json!({ "sounds": false, "microphoneId": "x".repeat(MAX_DEVICE_ID + 1) }),
        json!({ "sounds": false, "unheardOf": 1 }),
        json!({ "sounds": false, "downloadFolder": "/" }),
        json!({ "sounds": false, "downloadFolder": "" }),
        json!({ "sounds": false, "downloadFolder": ["/"] }),
        json!({ "sounds": false, "name": null }),
        json!({ "sounds": false, "recentRooms": [{ "server": "ftp://example.org", "room": "a" }] }),
        json!({ "sounds": false, "recentRooms": [{ "server": "https://example.org", "room": "a b" }] }),
        json!({ "sounds": false, "recentRooms": vec![json!({ "server": "https://a.example", "room": "a" }); 11] }),
    ] {
        let error = store.set(object(bad.clone())).unwrap_err();
        assert!(matches!(error, SettingsError::Invalid(_)), "{bad}");
        assert_eq!(store.get(), Settings::default(), "{bad}");
    }
    assert!(!folder.path().join("settings.json").exists());
}

#[test]
fn keep_the_server_address_in_canonical_form() {
    let folder = folder();
    let store = Store::open(folder.path().join("settings.json"));
    let set = store
        .set(object(json!({ "serverUrl": "HTTPS://Example.org:443/" })))
        .unwrap();
    assert_eq!(set.server_url, "https://example.org");
}

#[test]
fn only_a_dialog_sets_the_download_folder_and_the_page_resets_it() {
    let folder = folder();
    let path = folder.path().join("settings.json");
    let store = Store::open(path.clone());
    let chosen = folder.path().join("받은 파일");
    store.set_download_folder(&chosen).unwrap();
    let refused = store
        .set(object(json!({ "downloadFolder": folder.path() })))
        .unwrap_err();
    assert!(matches!(refused, SettingsError::Invalid(field) if field == "downloadFolder"));
    let kept = Store::open(path).get().download_folder;
    assert_eq!(kept.as_deref(), chosen.to_str());
    let reset = store
        .set(object(json!({ "downloadFolder": null })))
        .unwrap();
    assert_eq!(reset.download_folder, None);
}

#[test]
fn a_download_folder_is_an_absolute_path() {
    let folder = folder();
    let store = Store::open(folder.path().join("settings.json"));
    let long = folder.path().join("x".repeat(MAX_PATH_BYTES));
    for bad in [Path::new("relative"), Path::new(""), &long] {
        let error = store.set_download_folder(bad).unwrap_err();
        assert!(matches!(error, SettingsError::Invalid(_)), "{bad:?}");
    }
    #[cfg(unix)]
    {
        use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

        let not_unicode = Path::new("/").join(OsStr::from_bytes(b"\xff"));
        let error = store.set_download_folder(&not_unicode).unwrap_err();
        assert!(matches!(error, SettingsError::Invalid(_)));
    }
    assert_eq!(store.get(), Settings::default());
}

#[test]
fn keep_what_a_newer_version_wrote() {
    let folder = folder();
    let path = folder.path().join("settings.json");
    fs::write(
        &path,
        r#"{"theme":"sepia","wallpaper":{"a":[1]},"sounds":false}"#,
    )
    .unwrap();
    let store = Store::open(path.clone());
    assert_eq!(
        store.get(),
        Settings {
            sounds: false,
            ..Settings::default()
        }
    );
    store.set(object(json!({ "name": "a" }))).unwrap();
    let written: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(written["wallpaper"], json!({ "a": [1] }));
    assert_eq!(written["name"], "a");
}

#[test]
fn keep_a_broken_file_beside_the_new_one() {
    for broken in [
        b"{ not json".to_vec(),
        b"[]".to_vec(),
        vec![0xff, 0xfe],
        b"[".repeat(100_000),
    ] {
        let folder = folder();
        let path = folder.path().join("settings.json");
        fs::write(&path, &broken).unwrap();
        let store = Store::open(path.clone());
        assert_eq!(store.get(), Settings::default());
        store.set(object(json!({ "sounds": false }))).unwrap();
        assert_eq!(
            fs::read(folder.path().join("settings.json.broken")).unwrap(),
            broken
        );
        assert!(!Store::open(path).get().sounds);
    }
}

#[test]
fn change_for_this_run_when_they_cannot_be_saved() {
    let folder = folder();
    // A folder in place of the file: nothing can be renamed over it.
    let path = folder.path().join("settings.json");
    fs::create_dir_all(path.join("in the way")).unwrap();
    let store = Store::open(path);
    let error = store.set(object(json!({ "sounds": false }))).unwrap_err();
    assert!(matches!(error, SettingsError::Save(_)));
    assert!(!store.get().sounds);
}

/// A named pipe in place of the new file: writing it blocks until somebody reads.
#[cfg(target_os = "linux")]
#[test]
fn are_read_without_waiting_for_the_disk() {
    use std::{process::Command, sync::mpsc, thread, time::Duration};

    let folder = folder();
    let path = folder.path().join("settings.json");
    let pipe = folder.path().join("settings.json.next");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let store = Store::open(path);
    let (sender, changed) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| store.set(object(json!({ "sounds": false }))));
        scope.spawn(|| {
            while store.get().sounds {
                thread::yield_now();
            }
            let _ = sender.send(());
        });
        // The limit is reached only if `get` waits for the write.
        let result = changed.recv_timeout(Duration::from_secs(10));
        // Ends the write, so that the threads end.
        drop(fs::read(&pipe));
        result.expect("the change is visible during the write");
    });
}
