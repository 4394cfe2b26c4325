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
#[cfg(target_os = "linux")]
mod services;

use std::process::ExitCode;

#[cfg(target_os = "linux")]
const HELP: &str = "\
A desktop portal on the session bus, for the cameras and one screen of the PipeWire in $XDG_RUNTIME_DIR.

Usage: maru-portal <node.name of the screen>
       maru-portal --services

Nobody is asked: everything is allowed. With --services it is what keeps a desktop's screen on and shows notifications,
and prints what it is asked. It ends with the bus, or by a signal.
";

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [option] if option == "--services" => serve_services().await,
        [screen] if !screen.starts_with('-') => serve_devices(screen).await,
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
async fn serve_services() -> Result<(), Box<dyn std::error::Error>> {
    run(services::serve(zbus::connection::Builder::session()?)?).await
}

#[cfg(target_os = "linux")]
async fn serve_devices(screen: &str) -> Result<(), Box<dyn std::error::Error>> {
    const OBJECT: &str = "/org/freedesktop/portal/desktop";
    let builder = zbus::connection::Builder::session()?
        .serve_at(OBJECT, camera::Camera)?
        .serve_at(OBJECT, screens::ScreenCast::of(screen))?
        .name("org.freedesktop.portal.Desktop")?;
    run(builder).await
}

/// Until the bus ends.
#[cfg(target_os = "linux")]
async fn run(
    builder: zbus::connection::Builder<'static>,
) -> Result<(), Box<dyn std::error::Error>> {
    use futures_util::StreamExt as _;

    let connection = builder
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
