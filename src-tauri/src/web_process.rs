//! WebKitGTK draws a page in a process of its own. When that dies, what the page had open here must not go on without
//! it: nobody could mute a microphone whose window is blank. The page is loaded again, and finds its way back into
//! its room.

use std::{cell::RefCell, collections::VecDeque, time::Instant};

use tauri::AppHandle;
use webkit2gtk::{WebView, WebViewExt};

use crate::window;

/// So many ends within [`WITHIN_SECS`] are no accident; the app then ends, with its goodbye to the room.
const MOST: usize = 3;
const WITHIN_SECS: u64 = 60;

pub(crate) fn revive(view: &WebView, app: AppHandle) {
    let revivals = RefCell::new(Revivals::default());
    let started = Instant::now();
    view.connect_web_process_terminated(move |view, reason| {
        window::page_went(&app);
        if revivals.borrow_mut().allow(started.elapsed().as_secs()) {
            eprintln!("maru: the webview's process ended ({reason:?}); its page is loaded again");
            view.reload();
        } else {
            eprintln!("maru: the webview's process keeps ending ({reason:?})");
            app.exit(1);
        }
    });
}

#[derive(Default)]
struct Revivals(VecDeque<u64>);

impl Revivals {
    /// `now` in seconds of a monotonic clock.
    fn allow(&mut self, now: u64) -> bool {
        self.0.retain(|at| now - at < WITHIN_SECS);
        if self.0.len() >= MOST {
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
    fn a_page_that_keeps_dying_is_given_up_and_a_rare_accident_is_not() {
        let mut revivals = Revivals::default();
        assert!([0, 1, 2].into_iter().all(|now| revivals.allow(now)));
        assert!(!revivals.allow(3));
        assert!(revivals.allow(60));
        assert!(!revivals.allow(60));
        let mut rare = Revivals::default();
        assert!((0..100).all(|now| rare.allow(now * WITHIN_SECS)));
    }
}
