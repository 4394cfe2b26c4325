//! `cargo xtask start`: from a clone to a call.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    children::Running,
    command::{binary, cargo, run as run_command},
    failure::Failure,
    interrupt, npm,
    options::Options,
    packages::Purpose,
    system, wasm,
};

const DEFAULT_PORT: u16 = 7880;
/// From the start of the server to its first answer.
const STARTUP_TIMEOUT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(50);

pub(crate) fn run(mut options: Options) -> Result<(), Failure> {
    let release = options.flag("--release");
    let no_desktop = options.flag("--no-desktop");
    let port = options.number("--port")?.unwrap_or(DEFAULT_PORT);
    options.finish()?;
    let desktop = !no_desktop && system::has_display();

    interrupt::listen()?;
    // Before the build, which takes minutes.
    require_free(port)?;
    system::require(if desktop {
        &[Purpose::Build, Purpose::Desktop]
    } else {
        &[Purpose::Build]
    })?;
    system::require_node()?;
    npm::install()?;
    wasm::build_if_possible()?;
    npm::build_ui()?;
    let mut build = vec!["build", "--package", "maru-signaling"];
    if desktop {
        build.extend(["--package", "maru"]);
    }
    if release {
        build.push("--release");
    }
    run_command(cargo(build))?;

    let link = format!("http://localhost:{port}");
    let mut server = spawn(
        "maru-signaling",
        Command::new(binary("maru-signaling", release))
            .args(["--listen", &format!("127.0.0.1:{port}")]),
    )?;
    wait_until_healthy(&mut server, port)?;
    let mut app = desktop
        .then(|| {
            spawn(
                "maru",
                Command::new(binary("maru", release)).env("MARU_SERVER", &link),
            )
        })
        .transpose()?;

    println!("\n  Maru is on {link}");
    println!("  Open it in two windows, type the same room ID in both, and you are in a call.");
    if app.is_none() && !no_desktop {
        println!("  There is no display here, so the desktop app is not opened.");
    }
    println!("  Ctrl-C ends all of it.\n");

    while !interrupt::requested() {
        if let Some(status) = ended("maru-signaling", &mut server)? {
            return Err(Failure::Step(format!(
                "maru-signaling has ended by itself: {status}"
            )));
        }
        if let Some(running) = &mut app
            && let Some(status) = ended("maru", running)?
        {
            if !status.success() {
                return Err(Failure::Step(format!(
                    "the desktop app has ended by itself: {status}"
                )));
            }
            // The browser guests' calls go on.
            println!("The desktop app was closed; {link} is still there.");
            app = None;
        }
        thread::sleep(POLL_INTERVAL);
    }
    println!("\nEnding.");
    Ok(())
}

fn spawn(name: &str, command: &mut Command) -> Result<Running, Failure> {
    Running::start(command.stdin(Stdio::null()))
        .map_err(|error| Failure::Step(format!("cannot start {name}: {error}")))
}

fn ended(name: &str, running: &mut Running) -> Result<Option<std::process::ExitStatus>, Failure> {
    running
        .ended()
        .map_err(|error| Failure::Step(format!("cannot watch {name}: {error}")))
}

fn require_free(port: u16) -> Result<(), Failure> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(Failure::Needs(format!(
            "Port {port} is in use: is Maru running already? End what uses it, or choose another port:\n\n  \
             cargo xtask start --port {}",
            port.checked_add(1).unwrap_or(DEFAULT_PORT)
        ))),
        Err(error) => Err(Failure::Needs(format!(
            "Port {port} cannot be used: {error}"
        ))),
    }
}

fn wait_until_healthy(server: &mut Running, port: u16) -> Result<(), Failure> {
    let deadline = Instant::now() + STARTUP_TIMEOUT;
    while !healthy(port) {
        if interrupt::requested() {
            return Err(Failure::Interrupted);
        }
        if let Some(status) = ended("maru-signaling", server)? {
            return Err(Failure::Step(format!(
                "maru-signaling did not start: {status}"
            )));
        }
        if Instant::now() > deadline {
            return Err(Failure::Step(format!(
                "maru-signaling does not answer on port {port}"
            )));
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

fn healthy(port: u16) -> bool {
    let request = || -> std::io::Result<bool> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut socket = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        socket
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        socket.read_exact(&mut status)?;
        Ok(&status == b"HTTP/1.1 200")
    };
    request().unwrap_or(false)
}
