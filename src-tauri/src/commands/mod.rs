//! The commands that the page can call. `capabilities/main.json` grants each of them to the main window by name; each
//! checks its arguments and refuses them with a [`CommandError`](error::CommandError).

pub(crate) mod call_window;
pub(crate) mod engine;
mod error;
pub(crate) mod files;
pub(crate) mod links;
pub(crate) mod settings;
pub(crate) mod signaling;
