use std::fs;

use super::*;

const fn area(x: i32, y: i32, width: u32, height: u32, scale: f64) -> WorkArea {
    WorkArea {
        x,
        y,
        width,
        height,
        scale,
    }
}

const SAVED: Saved = Saved {
    width: 1180,
    height: 760,
    x: 200,
    y: 100,
    prev_x: 0,
    prev_y: 0,
    maximized: false,
};
/// 1920×1080 with a panel of 32 logical pixels at the top.
const FULL_HD: WorkArea = area(0, 32, 1920, 1048, 1.0);
const FULL_HD_200: WorkArea = area(0, 64, 1920, 1016, 2.0);

#[test]
fn a_first_window_has_its_size_where_it_fits() {
    let geometry = fit(None, &[FULL_HD], Some(FULL_HD));
    assert_eq!(
        geometry,
        Geometry {
            size: DEFAULT_SIZE,
            min_size: MIN_SIZE,
            position: None,
            maximized: false
        }
    );
    assert_eq!(fit(None, &[], None), geometry);
}

#[test]
fn at_200_percent_window_and_minimum_fit_the_work_area() {
    let geometry = fit(None, &[FULL_HD_200], Some(FULL_HD_200));
    assert_eq!(geometry.size, (952.0, 468.0));
    assert_eq!(geometry.min_size, (380.0, 468.0));
}

#[test]
fn a_saved_window_stays_where_it_fits() {
    let geometry = fit(Some(SAVED), &[FULL_HD], Some(FULL_HD));
    assert_eq!(geometry.size, (1180.0, 760.0));
    assert_eq!(geometry.position, Some(PhysicalPosition::new(200, 100)));
}

#[test]
fn a_window_of_a_larger_screen_is_made_smaller_and_moved() {
    let saved = Saved {
        width: 2400,
        height: 1300,
        x: 100,
        y: 90,
        ..SAVED
    };
    let small = area(0, 0, 1280, 720, 1.0);
    let geometry = fit(Some(saved), &[small], Some(small));
    assert_eq!(geometry.size, (1272.0, 680.0));
    assert_eq!(geometry.position, Some(PhysicalPosition::new(0, 0)));
    // Its right half is outside.
    let saved = Saved { x: 700, ..SAVED };
    let geometry = fit(Some(saved), &[small], Some(small));
    assert_eq!(geometry.size, (1180.0, 680.0));
    assert_eq!(geometry.position, Some(PhysicalPosition::new(92, 0)));
}

#[test]
fn a_window_of_a_screen_that_is_gone_is_placed_by_the_system() {
    let saved = Saved { x: 4000, ..SAVED };
    let geometry = fit(Some(saved), &[FULL_HD], Some(FULL_HD));
    assert_eq!((geometry.size, geometry.position), ((1180.0, 760.0), None));
}

#[test]
fn of_two_screens_the_one_with_most_of_the_window_decides() {
    let second = area(1920, 0, 3840, 2160, 2.0);
    let saved = Saved {
        width: 2360,
        height: 1520,
        x: 1900,
        ..SAVED
    };
    let geometry = fit(Some(saved), &[FULL_HD, second], Some(FULL_HD));
    assert_eq!(geometry.size, (1180.0, 760.0));
    assert_eq!(geometry.position, Some(PhysicalPosition::new(1920, 100)));
}

#[test]
fn a_maximized_window_has_the_place_from_before() {
    let saved = Saved {
        x: 0,
        y: 0,
        prev_x: 300,
        prev_y: 200,
        maximized: true,
        ..SAVED
    };
    let geometry = fit(Some(saved), &[FULL_HD], Some(FULL_HD));
    assert!(geometry.maximized);
    assert_eq!(geometry.position, Some(PhysicalPosition::new(300, 200)));
}

#[test]
fn the_file_of_the_plugin_is_read_and_any_other_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DEFAULT_FILENAME);
    assert_eq!(saved_in(folder.path()), None);
    fs::write(
        &path,
        r#"{"main":{"width":1180,"height":760,"x":200,"y":100,"prev_x":0,"prev_y":0,
        "maximized":false,"visible":true,"decorated":true,"fullscreen":false}}"#,
    )
    .unwrap();
    assert_eq!(saved_in(folder.path()), Some(SAVED));
    for other in [
        r#"{"main":{"width":0,"height":0,"x":0,"y":0,"prev_x":0,"prev_y":0,"maximized":false}}"#,
        r#"{"other":{"width":9,"height":9,"x":0,"y":0,"prev_x":0,"prev_y":0,"maximized":false}}"#,
        "{",
    ] {
        fs::write(&path, other).unwrap();
        assert_eq!(saved_in(folder.path()), None, "{other}");
    }
}
