//! Files that are dragged over the window and dropped on it. The webview has no drag and drop of its own then: the system's
//! events come here, with paths, and the page gets the point, names and sizes.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;
use tauri::{DragDropEvent, PhysicalPosition, ipc::Channel};

use super::dropped::DroppedPaths;

/// Limit of `over` events: 30 a second.
const MIN_INTERVAL: Duration = Duration::from_millis(33);

/// Limit of the items that the page is given of one drop. What is offered has no such limit.
const MAX_ITEMS: usize = 1_000;

/// `FileDrag` of `ui/src/host/files.ts`. `x` and `y` are CSS pixels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum FileDrag {
    Over {
        x: f64,
        y: f64,
    },
    Leave,
    /// Without items if nothing of it can be sent: links to web pages, or files that do not exist. The token then names
    /// nothing.
    Drop {
        x: f64,
        y: f64,
        token: String,
        items: Vec<Item>,
    },
}

/// A dropped file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) folder: bool,
    /// Bytes; `None` for everything but files.
    pub(crate) size: Option<u64>,
}

/// What is dragged now, what was dropped, and the page that is notified of it.
#[derive(Default)]
pub(crate) struct Drags {
    page: Mutex<Option<Channel<FileDrag>>>,
    progress: Mutex<Progress>,
    dropped: Mutex<DroppedPaths>,
}

impl Drags {
    /// Notifies `page` from now on.
    pub(crate) fn subscribe(&self, page: Channel<FileDrag>) {
        *lock(&self.page) = Some(page);
    }

    /// The page is gone, and with it its tokens.
    pub(crate) fn close_page(&self) {
        *lock(&self.page) = None;
        lock(&self.dropped).clear();
    }

    /// The paths of a drop, once.
    pub(crate) fn take(&self, token: &str) -> Option<Vec<PathBuf>> {
        lock(&self.dropped).take(token, Instant::now())
    }

    /// `scale` is the window's scale factor.
    pub(crate) fn on_event(&self, event: &DragDropEvent, scale: f64) {
        let Some(page) = lock(&self.page).clone() else {
            return;
        };
        let now = Instant::now();
        let Some(step) = lock(&self.progress).on_event(event, now) else {
            return;
        };
        match step {
            Step::Over(position) => {
                let (x, y) = css_position(position, scale);
                send(&page, FileDrag::Over { x, y });
            }
            Step::Leave => send(&page, FileDrag::Leave),
            Step::Drop(position, paths) => {
                let (x, y) = css_position(position, scale);
                let token = lock(&self.dropped).insert(paths.clone(), now);
                // A network drive may take long to answer, and this is the main thread.
                tauri::async_runtime::spawn_blocking(move || {
                    let items = items(&paths);
                    send(&page, FileDrag::Drop { x, y, token, items });
                });
            }
        }
    }
}

fn send(page: &Channel<FileDrag>, drag: FileDrag) {
    // Fails if the page is closed. The next one subscribes for itself.
    let _ = page.send(drag);
}

/// The webviews of GTK and AppKit report logical pixels, although the type says physical; that of Windows reports physical
/// ones.
fn css_position(position: PhysicalPosition<f64>, scale: f64) -> (f64, f64) {
    let scale = if cfg!(windows) { scale } else { 1.0 };
    (position.x / scale, position.y / scale)
}

/// An event for the page.
#[derive(Debug, PartialEq)]
enum Step {
    Over(PhysicalPosition<f64>),
    Leave,
    Drop(PhysicalPosition<f64>, Vec<PathBuf>),
}

/// The drag over the window, if there is one.
#[derive(Default)]
struct Progress {
    /// Something of it can be sent.
    usable: bool,
    reported: Option<Instant>,
}

impl Progress {
    fn on_event(&mut self, event: &DragDropEvent, now: Instant) -> Option<Step> {
        match event {
            DragDropEvent::Enter { paths, position } => {
                *self = Self {
                    usable: paths.iter().any(|path| path.is_absolute()),
                    reported: None,
                };
                self.over(*position, now)
            }
            DragDropEvent::Over { position } => self.over(*position, now),
            DragDropEvent::Drop { paths, position } => {
                *self = Self::default();
                let mut paths = paths.clone();
                // Addresses (`https:`, `sftp:`) come as relative paths.
                paths.retain(|path| path.is_absolute());
                Some(Step::Drop(*position, paths))
            }
            DragDropEvent::Leave => std::mem::take(self).usable.then_some(Step::Leave),
            _ => None,
        }
    }

    fn over(&mut self, position: PhysicalPosition<f64>, now: Instant) -> Option<Step> {
        let is_due = self
            .reported
            .is_none_or(|last| now.saturating_duration_since(last) >= MIN_INTERVAL);
        if !self.usable || !is_due {
            return None;
        }
        self.reported = Some(now);
        Some(Step::Over(position))
    }
}

/// What the page may know of the first of `paths`. Those that do not exist are left out.
fn items(paths: &[PathBuf]) -> Vec<Item> {
    paths
        .iter()
        .filter_map(|path| item(path))
        .take(MAX_ITEMS)
        .collect()
}

fn item(path: &Path) -> Option<Item> {
    // A link that was dropped itself stands for what it leads to.
    let metadata = fs::metadata(path).ok()?;
    // The root of a drive has no name.
    let name = path.file_name().unwrap_or(path.as_os_str());
    Some(Item {
        name: name.to_string_lossy().into_owned(),
        folder: metadata.is_dir(),
        size: metadata.is_file().then_some(metadata.len()),
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each content is changed by calls that do not panic in between.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
