//! A page and its worker without a webview, and the signaling between two of them.

mod exchange;
mod page;
mod worker;

use std::time::Duration;

pub(crate) use exchange::{connect, exchange_until, exchange_until_track, relay_signals};
pub(crate) use page::Page;

/// Bounds a test that fails.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);
/// The link between two pages. Both give it the same ID.
pub(crate) const LINK: u32 = 1;
/// The camera's stream at both pages.
pub(crate) const CAMERA: u32 = 7;
