use crate::control::RelativePath;
use crate::name::{FolderId, Layout, LayoutError, Place};

fn path(text: &str) -> RelativePath {
    RelativePath::new(text).unwrap()
}

/// The place as a path, as the disk gets it.
fn path_of(layout: &Layout, place: &Place) -> String {
    let mut path = place.name.clone();
    let mut folder = place.parent;
    while let Some((parent, name)) = layout.folder(folder) {
        path = format!("{name}/{path}");
        folder = parent;
    }
    assert_eq!(folder, FolderId::ROOT);
    path
}

fn place_all(paths: &[&str]) -> Vec<String> {
    let mut layout = Layout::new();
    let places: Vec<_> = paths
        .iter()
        .map(|path| {
            let (text, is_folder) = path
                .strip_suffix('/')
                .map_or((*path, false), |path| (path, true));
            layout.place(&self::path(text), is_folder).unwrap()
        })
        .collect();
    places.iter().map(|place| path_of(&layout, place)).collect()
}

#[test]
fn entries_get_places() {
    for (paths, places) in [
        (
            &["사진/바다.jpg", "사진/빈 폴더/", "사진/", "사진/a/b/c"][..],
            &["사진/바다.jpg", "사진/빈 폴더", "사진", "사진/a/b/c"][..],
        ),
        // Two folders of the sender are two folders.
        (
            &["A/x", "a/y", "A/y", "a/x", "a/", "A/"],
            &["A/x", "a (2)/y", "A/y", "a (2)/x", "a (2)", "A"],
        ),
        (&["å/x", "a\u{30A}/x"], &["å/x", "å (2)/x"]),
        (
            &["CON/nul/a:b", "CON/nul/a?b"],
            &["_CON/_nul/a_b", "_CON/_nul/a_b (2)"],
        ),
        // Folders of the same name in different folders.
        (
            &["a/c/x", "b/c/x", "c/x", "b/c/"],
            &["a/c/x", "b/c/x", "c/x", "b/c"],
        ),
        // The same path twice: two files, one folder.
        (&["a/x", "a/x", "b/", "b/"], &["a/x", "a/x (2)", "b", "b"]),
        // A file and a folder of the same path.
        (
            &["p", "p/q", "p/", "P", "q/r", "q"],
            &["p", "p (2)/q", "p (2)", "P (3)", "q/r", "q (2)"],
        ),
        (&["...\u{202E}/...", " ../x"], &["_/_", "_ (2)/x"]),
    ] {
        assert_eq!(place_all(paths), places);
    }
}

#[test]
fn an_entry_can_get_another_name() {
    let mut layout = Layout::new();
    let inside = layout.place(&path("a/b.txt"), false).unwrap();
    let mut folder = layout.place(&path("a"), true).unwrap();
    let mut file = layout.place(&path("c.txt"), false).unwrap();
    layout.rename(&path("a"), &mut folder);
    assert_eq!(path_of(&layout, &inside), "a (2)/b.txt");
    assert_eq!(path_of(&layout, &folder), "a (2)");
    layout.rename(&path("a"), &mut folder);
    assert_eq!(path_of(&layout, &inside), "a (3)/b.txt");
    // It is the same folder still.
    let later = layout.place(&path("a/c.txt"), false).unwrap();
    assert_eq!(path_of(&layout, &later), "a (3)/c.txt");
    layout.rename(&path("c.txt"), &mut file);
    layout.rename(&path("c.txt"), &mut file);
    assert_eq!(file.name, "c (3).txt");
    assert_eq!(layout.folder(FolderId::ROOT), None);
}

#[test]
fn folders_have_a_limit() {
    let mut layout = Layout::with_max_folders(100);
    let deep = "/x".repeat(24);
    for index in 0..4 {
        layout
            .place(&path(&format!("{index}{deep}/f")), false)
            .unwrap();
    }
    for text in ["one/f", "0/one/f"] {
        assert_eq!(
            layout.place(&path(text), false),
            Err(LayoutError::TooManyFolders)
        );
    }
    assert_eq!(
        layout.place(&path("one"), true),
        Err(LayoutError::TooManyFolders)
    );
    // Files, and folders that are there, are not affected.
    assert_eq!(layout.place(&path("one"), false).unwrap().name, "one");
    assert_eq!(layout.place(&path("0"), true).unwrap().name, "0");
}
