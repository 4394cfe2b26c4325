//! Keeps the computer from sleeping while files are transferred, and its screen on during a call.

#[cfg(target_os = "linux")]
mod inhibitor;

use std::{
    sync::mpsc::{self, Sender},
    thread,
};

use keepawake::{Builder, KeepAwake};

/// Why the computer stays awake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The display may turn off.
    Files,
    /// Nobody touches the computer during a call, and everybody looks at its screen.
    Call,
}

/// Keeps the computer awake, or not. The request is made on a thread of its own: on Linux it waits for D-Bus, and on Windows
/// it belongs to the thread that made it.
pub(crate) struct Awake {
    purpose: Purpose,
    wanted: bool,
    thread: Option<Sender<bool>>,
}

impl Awake {
    pub(crate) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
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
        // The first transfer or call starts it: some runs have none.
        let purpose = self.purpose;
        let thread = self.thread.get_or_insert_with(|| start(purpose));
        // Fails if the thread could not be started. The computer may then sleep, and the transfer resumes afterwards.
        let _ = thread.send(wanted);
    }
}

fn start(purpose: Purpose) -> Sender<bool> {
    let (sender, wanted) = mpsc::channel();
    let run = move || {
        let mut request = None;
        for wanted in wanted {
            // Not both: the old one ends before a new one begins.
            drop(request.take());
            if wanted {
                request = Some(Request::begin(purpose));
            }
        }
    };
    // Without it nothing is kept awake.
    let _ = thread::Builder::new().name("awake".into()).spawn(run);
    sender
}

/// What the system was asked for. It ends with this value, and with the process.
struct Request {
    #[cfg(target_os = "linux")]
    _screen: Option<inhibitor::Inhibitor>,
    _computer: Option<KeepAwake>,
}

impl Request {
    #[cfg(target_os = "linux")]
    fn begin(purpose: Purpose) -> Self {
        use inhibitor::Inhibitor;

        let screen = match purpose {
            Purpose::Files => None,
            // Neither is there without a desktop.
            Purpose::Call => Inhibitor::begin().ok(),
        };
        // The portal keeps the computer awake too; the screen saver's interface does not.
        let is_complete = screen.as_ref().is_some_and(Inhibitor::is_of_portal);
        Self {
            _screen: screen,
            _computer: if is_complete {
                None
            } else {
                keep_awake(purpose)
            },
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn begin(purpose: Purpose) -> Self {
        Self {
            _computer: keep_awake(purpose),
        }
    }
}

fn keep_awake(purpose: Purpose) -> Option<KeepAwake> {
    Builder::default()
        // `SetThreadExecutionState` with `ES_DISPLAY_REQUIRED`, and `PreventUserIdleDisplaySleep`. Not on Linux, where this
        // crate panics if the screen saver is gone when the request ends; `inhibitor` asks for it.
        .display(purpose == Purpose::Call && !cfg!(target_os = "linux"))
        .idle(true)
        // GNOME and KDE do not read logind's inhibitors of idleness, and ask logind to sleep, which this one refuses. On
        // Windows and macOS `sleep` would also refuse what a person asks for.
        .sleep(cfg!(target_os = "linux"))
        .reason(match purpose {
            Purpose::Files => "File transfer",
            Purpose::Call => "Call",
        })
        .app_name("Maru")
        .app_reverse_domain("app.maru.desktop")
        .create()
        // No logind, or no right to ask it.
        .ok()
}
