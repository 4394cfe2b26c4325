//! The native call engine (`maru-engine`) as the page sees it. Started by the first page that asks for it:
//! a webview that can make calls by itself never does.

mod commands;

use maru_engine::{Config, Engine, EngineError};
use maru_peer::Bind;
use tokio::sync::OnceCell;

pub(crate) use commands::*;

/// Set to `1` to make up a camera, a microphone and a screen instead of using real ones. Tests of a packaged
/// binary need it; all it can do is show made-up pictures to whoever sets it for themselves.
pub(crate) fn mock_devices() -> bool {
    std::env::var_os("MARU_MOCK_DEVICES").is_some_and(|value| value == "1")
}

/// The engine, once somebody needs it.
#[derive(Debug, Default)]
pub(crate) struct LazyEngine(OnceCell<Engine>);

impl LazyEngine {
    async fn started(&self) -> Result<&Engine, EngineError> {
        self.0
            .get_or_try_init(|| {
                Engine::start(Config {
                    origins: vec![own_origin().into()],
                    bind: Bind::Interfaces,
                    mock_sound: mock_devices(),
                    mock_onsets: std::env::var_os("MARU_MOCK_ONSETS").map(Into::into),
                })
            })
            .await
    }

    fn get(&self) -> Result<&Engine, EngineError> {
        self.0.get().ok_or(EngineError::NotOpen)
    }

    /// Another network: calls look for a new path on it.
    pub(crate) fn network_changed(&self) {
        if let Some(engine) = self.0.get() {
            engine.network_changed();
        }
    }

    /// The page is gone; what it had goes too.
    pub(crate) fn close_page(&self) {
        if let Some(engine) = self.0.get() {
            engine.close_page();
        }
    }
}

/// `Origin` of our page (RFC 6454 §6.2), as the platform's webview writes it.
fn own_origin() -> &'static str {
    if cfg!(windows) {
        "http://tauri.localhost"
    } else {
        "tauri://localhost"
    }
}
