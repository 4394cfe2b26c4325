//! `maru-signaling`: see `--help`.

use std::{io::IsTerminal, process::ExitCode};

use clap::Parser;
use maru_signaling::{
    Server,
    arguments::{Arguments, LogFormat},
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let log = tracing_subscriber::fmt()
        .with_target(false)
        .with_ansi(std::io::stdout().is_terminal());
    match arguments.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    let config = match arguments.into_config() {
        Ok(config) => config,
        Err(error) => {
            tracing::error!(%error, "cannot start");
            return ExitCode::from(2);
        }
    };
    raise_file_limit();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(async {
        let listen = config.listen;
        let server = match Server::bind(config) {
            Ok(server) => server,
            Err(error) => {
                tracing::error!(%error, address = %listen, "cannot listen");
                return ExitCode::FAILURE;
            }
        };
        // Before "listening" is logged: a supervisor may send a signal as soon as it reads that line.
        let signals = ShutdownSignals::subscribe();
        if let Ok(address) = server.local_addr() {
            tracing::info!(%address, "listening");
        }
        server.run(signals.received()).await;
        tracing::info!("ended");
        ExitCode::SUCCESS
    })
}

/// Each client needs a file descriptor. The usual soft limit of 1024 is only for programs that use `select`.
fn raise_file_limit() {
    #[cfg(unix)]
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
}

/// The signals that shut the server down: SIGTERM and SIGINT, on Windows Ctrl-C.
struct ShutdownSignals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
    #[cfg(unix)]
    interrupt: Option<tokio::signal::unix::Signal>,
}

impl ShutdownSignals {
    #[cfg(unix)]
    fn subscribe() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let subscribe = |kind| {
            signal(kind)
                .inspect_err(|error| tracing::warn!(%error, "a signal cannot be watched"))
                .ok()
        };
        Self {
            terminate: subscribe(SignalKind::terminate()),
            interrupt: subscribe(SignalKind::interrupt()),
        }
    }

    #[cfg(not(unix))]
    fn subscribe() -> Self {
        Self {}
    }

    #[cfg(unix)]
    async fn received(self) {
        let next = async |signal: Option<tokio::signal::unix::Signal>| match signal {
            Some(mut signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        };
        tokio::select! {
            () = next(self.terminate) => {}
            () = next(self.interrupt) => {}
        }
    }

    #[cfg(not(unix))]
    async fn received(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
