//! `maru`, the desktop app: one window with the interface in `ui/`, and a thin shell in Rust.
//!
//! - [`shell`] has the state: the signaling session (`maru-session`), which survives a reload of the page, the
//!   [`settings`], the native call [`engine`] (`maru-engine`), and file transfer (`maru-files`) with [`files`] and
//!   [`file_observer`].
//! - [`commands`] are all that the page can call, granted by name in `capabilities/main.json`; [`signaling_event`] is
//!   what it receives.
//! - [`awake`] keeps the computer awake; [`notifications`] are the system's, with
//!   [`notification_text`].
//! - [`dialogs`] and [`quit`] ask the person in native dialogs, with [`texts`]; [`rust_only`] keeps plugins out of the page.
//! - [`options`] is the command line, [`room_link`] a link in it, and [`opened`] what a second start asks for.
//! - [`window`] with [`window_geometry`], [`page`] and [`permissions`] restrict the webview to the app's own page, and
//!   devices to that page.
//! - [`webkit`], [`input_method`], [`web_process`] and [`capture_requirements`] are about WebKitGTK, and [`audio_role`]
//!   about the sound server, on Linux.

// No console window beside the app.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod app;
#[cfg(target_os = "linux")]
mod audio_role;
mod awake;
#[cfg(target_os = "linux")]
mod capture_requirements;
mod commands;
#[cfg(test)]
mod contract;
mod dialogs;
mod engine;
mod external_link;
mod file_observer;
mod files;
mod in_call;
#[cfg(target_os = "linux")]
mod input_method;
mod notification_text;
mod notifications;
mod opened;
mod options;
mod page;
mod permissions;
mod quit;
mod room_link;
mod rust_only;
mod settings;
mod shell;
mod signaling_event;
mod texts;
#[cfg(target_os = "linux")]
mod web_process;
#[cfg(target_os = "linux")]
mod webkit;
#[cfg(target_os = "linux")]
mod webkit_features;
mod window;
mod window_geometry;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use options::{Options, Stop};

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    audio_role::set();
    let environment = std::env::var("MARU_SERVER").ok();
    let arguments = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned());
    match Options::parse(arguments, environment.as_deref()) {
        Ok(options) => match app::run(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&format!("Maru cannot start: {error}")),
        },
        Err(Stop::Print(text)) => {
            // A closed pipe is not an error.
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(stop) => fail(&format!("maru: {stop}")),
    }
}

fn fail(sentence: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{sentence}");
    ExitCode::FAILURE
}
