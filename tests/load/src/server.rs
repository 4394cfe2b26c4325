//! The processes under test, and their cost as the kernel reports it.

use std::{
    ffi::OsStr,
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use nix::{time::ClockId, unistd::Pid};

use crate::dialect::Dialect;

/// Time in which a server must listen.
const READY: Duration = Duration::from_secs(20);

/// A way to start one of the servers.
#[derive(Debug, Clone)]
pub struct Contender {
    /// Name in the table.
    pub name: &'static str,
    /// Its protocol.
    pub dialect: Dialect,
    /// The program.
    pub program: PathBuf,
    /// Its arguments; `{listen}` and `{port}` are replaced.
    pub arguments: Vec<String>,
}

/// A running server; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    /// The address on which it listens.
    pub address: SocketAddr,
    child: Child,
    pid: Pid,
}

/// Resident memory of a process, in bytes (`/proc/<pid>/smaps_rollup`).
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Every resident page.
    pub rss: u64,
    /// Shared pages count proportionally.
    pub pss: u64,
}

impl Contender {
    /// Starts it on a free loopback port and waits until it listens.
    ///
    /// # Errors
    /// It cannot be started, exits at once, or does not listen in time.
    pub fn start(&self) -> io::Result<Server> {
        let address = free_address()?;
        let arguments = self.arguments.iter().map(|argument| {
            argument
                .replace("{listen}", &address.to_string())
                .replace("{port}", &address.port().to_string())
        });
        // The log is discarded: its cost depends on the reader.
        start(&self.program, arguments, address, Stdio::null())
    }
}

/// Starts `program` with `arguments`, which must make it listen on `address`, and waits until it does.
///
/// # Errors
/// As [`Contender::start`].
pub fn start(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = String>,
    address: SocketAddr,
    log: Stdio,
) -> io::Result<Server> {
    let program = program.as_ref();
    let explain =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", program.display()));
    let mut command = Command::new(program);
    // Options in this process's environment must not reach the server.
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"MARU_"))
    {
        command.env_remove(name);
    }
    let child = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(log)
        .spawn()
        .map_err(explain)?;
    let pid = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
    let mut server = Server {
        address,
        child,
        pid,
    };
    let deadline = Instant::now() + READY;
    while TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
        if let Some(status) = server.child.try_wait()? {
            return Err(explain(io::Error::other(format!(
                "ended at once, {status}"
            ))));
        }
        if Instant::now() > deadline {
            return Err(explain(io::ErrorKind::TimedOut.into()));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(server)
}

/// A free loopback address.
///
/// # Errors
/// No port is free.
pub fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

impl Server {
    /// CPU time of the whole process since it started, user and system, with the precision of the scheduler:
    /// the ticks of `/proc/<pid>/stat` (10 ms) are as long as a whole storm.
    ///
    /// # Errors
    /// The process is gone.
    pub fn cpu(&self) -> io::Result<Duration> {
        Ok(ClockId::pid_cpu_clock_id(self.pid)?.now()?.into())
    }

    /// Its resident memory.
    ///
    /// # Errors
    /// The process is gone.
    pub fn memory(&self) -> io::Result<Memory> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.pid))?;
        let field = |name: &str| {
            text.lines()
                .find_map(|line| {
                    line.strip_prefix(name)?
                        .split_whitespace()
                        .next()?
                        .parse::<u64>()
                        .ok()
                })
                .map(|kib| kib * 1024)
                .ok_or_else(|| io::Error::other(format!("smaps_rollup has no {name}")))
        };
        Ok(Memory {
            rss: field("Rss:")?,
            pss: field("Pss:")?,
        })
    }

    /// Open descriptors.
    ///
    /// # Errors
    /// The process is gone.
    pub fn descriptors(&self) -> io::Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.pid))?.count())
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets this process and its children open `wanted` descriptors if the system allows; returns the new limit.
///
/// # Errors
/// The limit cannot be read.
pub fn raise_descriptor_limit(wanted: u64) -> io::Result<u64> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= wanted {
        return Ok(soft);
    }
    // Raising the hard limit needs privileges; raising the soft limit up to it does not.
    if setrlimit(Resource::RLIMIT_NOFILE, wanted, hard.max(wanted)).is_err() {
        setrlimit(Resource::RLIMIT_NOFILE, hard.min(wanted), hard)?;
    }
    Ok(getrlimit(Resource::RLIMIT_NOFILE)?.0)
}
