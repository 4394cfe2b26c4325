//! The native call engine (`maru-engine`). Started by the first page that opens it: a webview with `RTCPeerConnection`
//! never does.

use maru_engine::{Config, Engine, EngineError, SoundDevices};
use maru_peer::Bind;
use tokio::sync::OnceCell;

use crate::page;

/// `MARU_MOCK_DEVICES=1` replaces camera, microphone and screen by mocks. Part of every build, so that tests run the
/// binary that ships; it only affects the person who sets it.
pub(crate) fn mock_devices() -> bool {
    std::env::var_os("MARU_MOCK_DEVICES").is_some_and(|value| value == "1")
}

/// Mock devices or the system's. `MARU_MOCK_ONSETS` names the file to which mock devices log onsets, for measuring lip sync.
fn sound_devices() -> SoundDevices {
    if !mock_devices() {
        return SoundDevices::System;
    }
    SoundDevices::Mock {
        onset_log: std::env::var_os("MARU_MOCK_ONSETS").map(Into::into),
    }
}

/// The engine, started on first use.
#[derive(Debug, Default)]
pub(crate) struct LazyEngine(OnceCell<Engine>);

impl LazyEngine {
    /// Starts the engine unless it runs.
    pub(crate) async fn get_or_start(&self) -> Result<&Engine, EngineError> {
        self.0
            .get_or_try_init(|| {
                Engine::start(Config {
                    origins: vec![page::ORIGIN.into()],
                    bind: Bind::Interfaces,
                    sound_devices: sound_devices(),
                })
            })
            .await
    }

    /// The running engine.
    ///
    /// # Errors
    /// [`EngineError::NotOpen`] before [`Self::get_or_start`].
    pub(crate) fn get(&self) -> Result<&Engine, EngineError> {
        self.0.get().ok_or(EngineError::NotOpen)
    }

    /// The machine is in another network: links look for a new path.
    pub(crate) fn network_changed(&self) {
        if let Some(engine) = self.0.get() {
            engine.network_changed();
        }
    }

    /// Closes the page's links, microphone and media socket.
    pub(crate) fn close_page(&self) {
        if let Some(engine) = self.0.get() {
            engine.close_page();
        }
    }
}
