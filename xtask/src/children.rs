//! Child processes that never outlive this one: each leads a process group, so that what it starts (npm's
//! node, a webview's web process, Playwright's browsers) ends with it.

use std::{
    io,
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use crate::interrupt;

/// Between SIGTERM and SIGKILL: the server uses it to close its connections.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// Of a child's status and the interrupt flag.
const POLL_INTERVAL: Duration = Duration::from_millis(30);

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

    /// Its exit status, once it has ended.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait()?;
        }
        Ok(self.ended)
    }

    /// Waits until it has ended. On an interrupt the error is [`io::ErrorKind::Interrupted`].
    pub(crate) fn wait(&mut self) -> io::Result<ExitStatus> {
        loop {
            if interrupt::requested() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            match self.ended()? {
                Some(status) => return Ok(status),
                None => thread::sleep(POLL_INTERVAL),
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input, if that is a pipe and was not taken yet.
    pub(crate) fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Its standard output, if that is a pipe and was not taken yet.
    pub(crate) fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Terminates the whole group, and kills what is left of it after [`SHUTDOWN_TIMEOUT`].
    pub(crate) fn end(&mut self) {
        self.signal(false);
        let deadline = Instant::now() + SHUTDOWN_TIMEOUT;
        while matches!(self.ended(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(POLL_INTERVAL);
        }
        // Also if the leader has ended: others of its group had the same time.
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
        // ESRCH: the whole group has ended already.
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
        // `taskkill /t` ends the tree; Windows cannot send a console program a request to end.
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
    // The terminal stops a background group that reads from it; no command here needs input.
    command.stdin(std::process::Stdio::null());
    Running::start(command)?.wait()
}
