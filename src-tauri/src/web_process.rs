//! WebKitGTK runs a page in a process of its own. If that ends, the microphone and the links of the page are closed,
//! because nobody could mute them in a blank window. The page is then reloaded and joins its room again.

use std::{cell::RefCell, collections::VecDeque, time::Instant};

use tauri::{AppHandle, Manager};
use webkit2gtk::{WebView, WebViewExt};

use crate::shell::Shell;

/// Limit of reloads within [`WINDOW_SECS`]. Beyond it the app leaves its room and exits.
const MAX_RELOADS: usize = 3;
const WINDOW_SECS: u64 = 60;

/// Reloads the page whenever its process ends.
pub(crate) fn reload_when_it_ends(view: &WebView, app: AppHandle) {
    let reloads = RefCell::new(ReloadLimit::default());
    let started = Instant::now();
    view.connect_web_process_terminated(move |view, reason| {
        app.state::<Shell>().on_page_closed();
        if reloads.borrow_mut().allow(started.elapsed().as_secs()) {
            eprintln!("maru: the webview's process ended ({reason:?}); its page is loaded again");
            view.reload();
        } else {
            eprintln!("maru: the webview's process keeps ending ({reason:?})");
            app.exit(1);
        }
    });
}

/// Times of the recent reloads, in seconds of a monotonic clock.
#[derive(Default)]
struct ReloadLimit(VecDeque<u64>);

impl ReloadLimit {
    /// Whether one more reload is allowed at `now`; if so, it is counted.
    fn allow(&mut self, now: u64) -> bool {
        self.0.retain(|at| now - at < WINDOW_SECS);
        if self.0.len() >= MAX_RELOADS {
            return false;
        }
        self.0.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_reloads_are_limited_and_rare_ones_are_not() {
        let mut reloads = ReloadLimit::default();
        assert!([0, 1, 2].into_iter().all(|now| reloads.allow(now)));
        assert!(!reloads.allow(3));
        assert!(reloads.allow(60));
        assert!(!reloads.allow(60));
        let mut rare = ReloadLimit::default();
        assert!((0..100).all(|now| rare.allow(now * WINDOW_SECS)));
    }
}
