use serde_json::json;

use super::*;

const AT: PhysicalPosition<f64> = PhysicalPosition { x: 10.0, y: 20.0 };

fn enter(paths: &[&str]) -> DragDropEvent {
    DragDropEvent::Enter {
        paths: paths.iter().map(PathBuf::from).collect(),
        position: AT,
    }
}

fn drop_of(paths: &[&str]) -> DragDropEvent {
    DragDropEvent::Drop {
        paths: paths.iter().map(PathBuf::from).collect(),
        position: AT,
    }
}

const OVER: DragDropEvent = DragDropEvent::Over { position: AT };

/// Absolute on the system that runs the test.
fn absolute() -> String {
    std::env::temp_dir().join("a").display().to_string()
}

#[test]
fn over_is_reported_at_most_thirty_times_a_second() {
    let mut progress = Progress::default();
    let start = Instant::now();
    let mut reported = usize::from(progress.on_event(&enter(&[&absolute()]), start).is_some());
    assert_eq!(reported, 1);
    for millis in 1..1_000 {
        let now = start + Duration::from_millis(millis);
        reported += usize::from(progress.on_event(&OVER, now).is_some());
    }
    assert!((25..=31).contains(&reported), "{reported}");
}

#[test]
fn nothing_is_shown_for_what_cannot_be_sent() {
    let mut progress = Progress::default();
    let now = Instant::now();
    let later = now + MIN_INTERVAL;
    let links = ["https://example.org/a", "server/share", ""];
    assert_eq!(progress.on_event(&enter(&links), now), None);
    assert_eq!(progress.on_event(&OVER, later), None);
    assert_eq!(progress.on_event(&DragDropEvent::Leave, later), None);
    // Said when it is dropped.
    progress.on_event(&enter(&links), now);
    assert_eq!(
        progress.on_event(&drop_of(&links), later),
        Some(Step::Drop(AT, Vec::new()))
    );
}

#[test]
fn only_absolute_paths_are_dropped() {
    let mut progress = Progress::default();
    let now = Instant::now();
    let path = absolute();
    let mixed = ["https://example.org/a", &path];
    assert_eq!(progress.on_event(&enter(&mixed), now), Some(Step::Over(AT)));
    assert_eq!(
        progress.on_event(&drop_of(&mixed), now),
        Some(Step::Drop(AT, vec![PathBuf::from(&path)]))
    );
    // The drag is over: neither belongs to it.
    assert_eq!(progress.on_event(&OVER, now + MIN_INTERVAL), None);
    assert_eq!(progress.on_event(&DragDropEvent::Leave, now), None);
}

#[test]
fn a_drag_that_leaves_is_reported_once() {
    let mut progress = Progress::default();
    let now = Instant::now();
    progress.on_event(&enter(&[&absolute()]), now);
    assert_eq!(
        progress.on_event(&DragDropEvent::Leave, now),
        Some(Step::Leave)
    );
    assert_eq!(progress.on_event(&DragDropEvent::Leave, now), None);
}

#[test]
fn items_have_names_and_sizes_and_no_paths() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("바다.jpg");
    fs::write(&file, "12345").unwrap();
    let inner = folder.path().join("사진");
    fs::create_dir(&inner).unwrap();
    let missing = folder.path().join("missing");
    let drag = FileDrag::Drop {
        x: 1.5,
        y: 2.0,
        token: "t".into(),
        items: items(&[file, missing, inner]),
    };
    assert_eq!(
        serde_json::to_value(drag).unwrap(),
        json!({
            "type": "drop", "x": 1.5, "y": 2.0, "token": "t",
            "items": [
                { "name": "바다.jpg", "folder": false, "size": 5 },
                { "name": "사진", "folder": true, "size": null },
            ],
        })
    );
}

#[test]
fn a_page_gets_the_first_items_only() {
    let folder = tempfile::tempdir().unwrap();
    let paths = vec![folder.path().to_owned(); MAX_ITEMS + 1];
    assert_eq!(items(&paths).len(), MAX_ITEMS);
}

#[test]
fn without_a_page_nothing_is_kept() {
    let drags = Drags::default();
    drags.on_event(&enter(&[&absolute()]), 1.0);
    drags.on_event(&drop_of(&[&absolute()]), 1.0);
    let now = Instant::now();
    assert_eq!(lock(&drags.progress).on_event(&OVER, now), None);
}
