//! Child processes that never outlive this one: each leads a process group, so that what it starts (npm's
//! node, a webview's web process, Playwright's browsers) ends with it.

use std::{
    io,
    process::{Child, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use crate::interrupt;

/// What a child gets to end in order (the server tells its clients) before it is killed.
const GRACE: Duration = Duration::from_secs(5);
/// How often children and the interrupt flag are looked at.
const LOOK: Duration = Duration::from_millis(30);

/// A running child; dropping it ends its whole group.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    ended: Option<ExitStatus>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Self {
            child: command.spawn()?,
            ended: None,
        })
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait()?;
        }
        Ok(self.ended)
    }

    /// Asks the whole group to end, and insists after a few seconds.
    pub(crate) fn end(&mut self) {
        self.signal(false);
        let deadline = Instant::now() + GRACE;
        while matches!(self.ended(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(LOOK);
        }
        // Also when the leader is gone: whoever is left in its group has had the same time.
        self.signal(true);
        let _ = self.child.wait();
    }

    #[cfg(unix)]
    fn signal(&self, kill: bool) {
        use nix::{
            sys::signal::{Signal, killpg},
            unistd::Pid,
        };
        let Ok(group) = i32::try_from(self.child.id()) else {
            return;
        };
        // Fails with ESRCH when the whole group is gone, which is what is wanted.
        let _ = killpg(
            Pid::from_raw(group),
            if kill {
                Signal::SIGKILL
            } else {
                Signal::SIGTERM
            },
        );
    }

    #[cfg(not(unix))]
    fn signal(&mut self, _kill: bool) {
        // `taskkill /t` ends the tree; Windows has no way to ask a console program politely from outside.
        let _ = Command::new("taskkill")
            .args(["/t", "/f", "/pid", &self.child.id().to_string()])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs a command to its end. On an interrupt its group is ended and the error is
/// [`io::ErrorKind::Interrupted`].
pub(crate) fn run(command: &mut Command) -> io::Result<ExitStatus> {
    // A leader of a background group that reads the terminal is stopped by it; nothing run here asks questions.
    command.stdin(std::process::Stdio::null());
    let mut running = Running::start(command)?;
    loop {
        if interrupt::seen() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match running.ended()? {
            Some(status) => return Ok(status),
            None => thread::sleep(LOOK),
        }
    }
}
