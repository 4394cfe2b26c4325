//! Where the window is opened, and how large, so that all of it is visible: on a small screen, at a large scale factor, and
//! after it was saved on another screen.

use std::{collections::HashMap, fs::File, io::Read, path::Path};

use serde::Deserialize;
use tauri::{Monitor, PhysicalPosition};
use tauri_plugin_window_state::DEFAULT_FILENAME;

use crate::page::MAIN_WINDOW;

/// Inner size of a window that was not open before, in logical pixels.
const DEFAULT_SIZE: (f64, f64) = (1180.0, 760.0);

/// The smallest inner size at which everything can be used, in logical pixels.
const MIN_SIZE: (f64, f64) = (380.0, 600.0);

/// Kept free for the frame and the title bar, in logical pixels. Their size is not known before the window is open.
const FRAME: (f64, f64) = (8.0, 40.0);

/// Limit of the file with the saved state, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// A window as `tauri-plugin-window-state` saves it, in physical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Saved {
    width: u32,
    height: u32,
    x: i32,
    y: i32,
    /// Position before the window was maximized.
    prev_x: i32,
    prev_y: i32,
    maximized: bool,
}

/// The part of a screen that is free for windows, in physical pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WorkArea {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
    /// Physical pixels for each logical pixel.
    scale: f64,
}

/// How to open the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Geometry {
    /// Inner size in logical pixels.
    pub(crate) size: (f64, f64),
    pub(crate) min_size: (f64, f64),
    /// `None` for the system's choice.
    pub(crate) position: Option<PhysicalPosition<i32>>,
    pub(crate) maximized: bool,
}

impl From<&Monitor> for WorkArea {
    fn from(monitor: &Monitor) -> Self {
        let area = monitor.work_area();
        Self {
            x: area.position.x,
            y: area.position.y,
            width: area.size.width,
            height: area.size.height,
            scale: monitor.scale_factor().max(0.1),
        }
    }
}

/// The state saved in `folder`; `None` without a usable one.
pub(crate) fn saved_in(folder: &Path) -> Option<Saved> {
    let mut bytes = Vec::new();
    File::open(folder.join(DEFAULT_FILENAME))
        .ok()?
        .take(MAX_FILE)
        .read_to_end(&mut bytes)
        .ok()?;
    let windows: HashMap<String, Saved> = serde_json::from_slice(&bytes).ok()?;
    // Zero is how the plugin saves a window that it has not seen yet.
    windows
        .get(MAIN_WINDOW)
        .filter(|saved| saved.width > 0 && saved.height > 0)
        .copied()
}

/// The window at its saved place, as far as that fits into the work area of the screen it overlaps most. If it overlaps
/// none, on the `primary` one at the system's choice of a position.
pub(crate) fn fit(saved: Option<Saved>, areas: &[WorkArea], primary: Option<WorkArea>) -> Geometry {
    let place = saved.map(|saved| Rect::of(&saved));
    let overlapped = place.and_then(|place| {
        areas
            .iter()
            .map(|area| (area, place.overlap(area)))
            .filter(|(_, overlap)| *overlap > 0)
            .max_by_key(|(_, overlap)| *overlap)
            .map(|(area, _)| *area)
    });
    let maximized = saved.is_some_and(|saved| saved.maximized);
    let Some(area) = overlapped.or(primary) else {
        return Geometry {
            size: DEFAULT_SIZE,
            min_size: MIN_SIZE,
            position: None,
            maximized,
        };
    };
    let free = (
        f64::from(area.width) / area.scale - FRAME.0,
        f64::from(area.height) / area.scale - FRAME.1,
    );
    let within = |size: (f64, f64)| (size.0.min(free.0).max(1.0), size.1.min(free.1).max(1.0));
    let wanted = saved.map_or(DEFAULT_SIZE, |saved| {
        (
            f64::from(saved.width) / area.scale,
            f64::from(saved.height) / area.scale,
        )
    });
    let min_size = within(MIN_SIZE);
    let size = within((wanted.0.max(min_size.0), wanted.1.max(min_size.1)));
    let position = place.filter(|_| overlapped.is_some()).map(|place| {
        let outer = (
            to_pixels((size.0 + FRAME.0) * area.scale),
            to_pixels((size.1 + FRAME.1) * area.scale),
        );
        PhysicalPosition::new(
            inside(place.x, outer.0, area.x, area.width),
            inside(place.y, outer.1, area.y, area.height),
        )
    });
    Geometry {
        size,
        min_size,
        position,
        maximized,
    }
}

/// `start`, moved as little as possible so that `length` pixels from it are inside of the area; its start if they are more.
fn inside(start: i64, length: i64, area_start: i32, area_length: u32) -> i32 {
    let first = i64::from(area_start);
    let last = first + i64::from(area_length) - length;
    i32::try_from(start.min(last).max(first)).unwrap_or(area_start)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a size within a screen's work area"
)]
fn to_pixels(length: f64) -> i64 {
    length.ceil() as i64
}

/// In physical pixels.
#[derive(Clone, Copy)]
struct Rect {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
}

impl Rect {
    fn of(saved: &Saved) -> Self {
        let (x, y) = if saved.maximized {
            (saved.prev_x, saved.prev_y)
        } else {
            (saved.x, saved.y)
        };
        Self {
            x: x.into(),
            y: y.into(),
            width: saved.width.into(),
            height: saved.height.into(),
        }
    }

    /// In square pixels.
    fn overlap(&self, area: &WorkArea) -> i64 {
        let shared = |start: i64, length: i64, area_start: i32, area_length: u32| {
            let first = start.max(area_start.into());
            let last = (start + length).min(i64::from(area_start) + i64::from(area_length));
            (last - first).max(0)
        };
        shared(self.x, self.width, area.x, area.width)
            * shared(self.y, self.height, area.y, area.height)
    }
}

#[cfg(test)]
mod tests;
