//! `maru-signaling`: see `--help`.

use std::{io::IsTerminal, process::ExitCode};

use clap::Parser;
use maru_signaling::{
    Server,
    config::{Arguments, LogFormat},
};

// glibc keeps what a reconnect storm needed for good; mimalloc gives it back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let log = tracing_subscriber::fmt()
        .with_target(false)
        .with_ansi(std::io::stdout().is_terminal());
    match arguments.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    let config = match arguments.settle() {
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
        if let Ok(address) = server.local_addr() {
            tracing::info!(%address, "listening");
        }
        server.run(ended()).await;
        tracing::info!("ended");
        ExitCode::SUCCESS
    })
}

/// One file descriptor per client: the usual soft limit of 1024 is for programs that use `select`.
fn raise_file_limit() {
    #[cfg(unix)]
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
}

/// SIGTERM, SIGINT or Ctrl-C.
async fn ended() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
