//! `maru`, the desktop app: one window on the interface in `ui/`, and beside it what must not live in a
//! webview. The shell is thin:
//!
//! - [`signaling`] keeps the session with the server, across reloads of the interface;
//! - [`settings`] keeps what the person has set;
//! - [`engine`] carries calls where the webview cannot;
//! - [`commands`] is all the interface may ask, granted by name in `capabilities/main.json`;
//! - [`window`], [`permissions`] and [`webkit`] keep the webview to our own pages and give those, and
//!   nothing else, the camera and the microphone.

// No console window beside the app.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod app;
#[cfg(target_os = "linux")]
mod capture_needs;
mod commands;
mod engine;
mod external;
#[cfg(target_os = "linux")]
mod input_method;
mod options;
mod permissions;
mod server_url;
mod settings;
mod signaling;
#[cfg(target_os = "linux")]
mod web_process;
#[cfg(target_os = "linux")]
mod webkit;
#[cfg(target_os = "linux")]
mod webkit_features;
mod window;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use options::{Options, Stop};

fn main() -> ExitCode {
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
            // A reader that has gone away has read enough.
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
