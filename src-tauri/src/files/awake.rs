//! Keeps the computer from sleeping while files are transferred.

use std::{
    sync::mpsc::{self, Sender},
    thread,
};

use keepawake::{Builder, KeepAwake};

/// Keeps the computer awake, or not. The request is made on a thread of its own: on Linux it waits for D-Bus, and on Windows
/// it belongs to the thread that made it.
pub(crate) struct Awake {
    wanted: bool,
    thread: Option<Sender<bool>>,
}

impl Awake {
    pub(crate) fn new() -> Self {
        Self {
            wanted: false,
            thread: None,
        }
    }

    /// Returns at once.
    pub(crate) fn set(&mut self, wanted: bool) {
        if wanted == self.wanted {
            return;
        }
        self.wanted = wanted;
        // The first transfer starts it: most runs have none.
        let thread = self.thread.get_or_insert_with(start);
        // Fails if the thread could not be started. The computer may then sleep, and the transfer resumes afterwards.
        let _ = thread.send(wanted);
    }
}

fn start() -> Sender<bool> {
    let (sender, wanted) = mpsc::channel();
    let run = move || {
        let mut request = None;
        for wanted in wanted {
            // Not both: the old one ends before a new one begins.
            drop(request.take());
            if wanted {
                request = begin();
            }
        }
    };
    // Without it nothing is kept awake.
    let _ = thread::Builder::new().name("awake".into()).spawn(run);
    sender
}

fn begin() -> Option<KeepAwake> {
    Builder::default()
        // The display may turn off.
        .display(false)
        .idle(true)
        // GNOME and KDE do not read logind's inhibitors of idleness, and ask logind to sleep, which this one refuses. On
        // Windows and macOS `sleep` would also refuse what a person asks for.
        .sleep(cfg!(target_os = "linux"))
        .reason("File transfer")
        .app_name("Maru")
        .app_reverse_domain("app.maru.desktop")
        .create()
        // No logind, or no right to ask it.
        .ok()
}
