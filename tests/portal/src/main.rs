//! `maru-portal`: the desktop portal through which WebKitGTK opens cameras and screens
//! (<https://flatpak.github.io/xdg-desktop-portal/docs/>), for a PipeWire of the tests' own.

#[cfg(target_os = "linux")]
mod camera;
#[cfg(target_os = "linux")]
mod pipewire;
#[cfg(target_os = "linux")]
mod request;
#[cfg(target_os = "linux")]
mod screens;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
const HELP: &str = "\
A desktop portal on the session bus, for the cameras and one screen of the PipeWire in $XDG_RUNTIME_DIR.

Usage: maru-portal <node.name of the screen>

Nobody is asked: everything is allowed. It ends with the bus, or by a signal.
";

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [screen] if !screen.starts_with('-') => serve(screen).await,
        _ => Err(HELP.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("maru-portal: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
async fn serve(screen: &str) -> Result<(), Box<dyn std::error::Error>> {
    use futures_util::StreamExt as _;

    const OBJECT: &str = "/org/freedesktop/portal/desktop";
    let connection = zbus::connection::Builder::session()?
        .serve_at(OBJECT, camera::Camera)?
        .serve_at(OBJECT, screens::ScreenCast::of(screen))?
        .name("org.freedesktop.portal.Desktop")?
        // It is driven below instead, because delayed answers need Tokio's clock.
        .internal_executor(false)
        .build()
        .await?;
    let executor = connection.executor().clone();
    tokio::spawn(async move {
        loop {
            executor.tick().await;
        }
    });
    let mut messages = zbus::MessageStream::from(connection);
    // An error means that the bus has ended.
    while let Some(Ok(_)) = messages.next().await {}
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("maru-portal is for WebKitGTK: it runs on Linux only");
    ExitCode::FAILURE
}
