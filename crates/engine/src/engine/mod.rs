//! The handle.

mod levels;
mod microphone;
mod page;
mod shared;
mod sound_events;

use std::sync::Arc;

use maru_audio::processing::ProcessingSettings;
use maru_sound::{DeviceKind, Sound};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use self::levels::report_levels;
use self::shared::Shared;
use self::sound_events::forward_sound_events;
use crate::command::Command;
use crate::config::{Config, SoundDevices};
use crate::device::{Device, Microphone};
use crate::error::EngineError;
use crate::event::EngineEvent;
use crate::frame_router::FrameRouter;
use crate::ids::LinkId;
use crate::link::{LinkConfig, LinkRequest};
use crate::media_socket::{MediaEndpoint, MediaSocket, WorkerAuth};
use crate::stats::LinkStats;

/// Carries the calls of one page at a time. Dropping it closes everything.
pub struct Engine {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts the engine, idle until a page opens it. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`EngineError::MediaSocket`] if the loopback interface has no free port; [`EngineError::OnsetLog`].
    pub async fn start(config: Config) -> Result<Self, EngineError> {
        let auth = Arc::new(WorkerAuth::new(config.origins.clone()));
        let router = Arc::new(FrameRouter::default());
        let socket = MediaSocket::open(Arc::clone(&auth), Arc::clone(&router))
            .await
            .map_err(|error| EngineError::MediaSocket(error.to_string()))?;
        let (sound, events) = Sound::start(maru_sound::Config {
            mock: config.sound_devices != SoundDevices::System,
        });
        if let SoundDevices::Mock {
            onset_log: Some(path),
        } = &config.sound_devices
            && let Some(mock) = sound.mock()
        {
            mock.write_onsets(path)
                .map_err(|error| EngineError::OnsetLog(error.to_string()))?;
        }
        let shared = Arc::new(Shared::new(config, auth, router, sound, socket));
        let mut tasks = JoinSet::new();
        tasks.spawn(forward_sound_events(Arc::clone(&shared), events));
        tasks.spawn(report_levels(Arc::clone(&shared)));
        Ok(Self { shared, tasks })
    }

    /// Opens the engine for a page, and closes everything of an earlier one. `listener` must not block.
    pub fn open(&self, listener: impl Fn(EngineEvent) + Send + Sync + 'static) -> MediaEndpoint {
        self.close_page();
        *self.shared.page() = Some(self.shared.new_page(Arc::new(listener)));
        MediaEndpoint {
            media_url: self.shared.socket.url(),
            token: self.shared.auth.issue_token(),
        }
    }

    /// Closes everything of the open page: it reloads, or its window closes.
    pub fn close_page(&self) {
        // Revokes the page's token first, so that its worker cannot connect again.
        self.shared.auth.issue_token();
        self.shared.router.close_worker();
        let page = self.shared.page().take();
        if let Some(page) = page {
            page.close();
        }
    }

    /// Executes a command.
    ///
    /// # Errors
    ///
    /// [`EngineError::NotOpen`], [`EngineError::TooManyLinks`], [`EngineError::Busy`].
    pub fn command(&self, command: Command) -> Result<(), EngineError> {
        let mut page = self.shared.page();
        let page = page.as_mut().ok_or(EngineError::NotOpen)?;
        match command {
            Command::CreateLink {
                link,
                ice_servers,
                polite,
                offer_first,
            } => page.create_link(LinkConfig {
                link,
                ice_servers,
                polite,
                offer_first,
                bind: self.shared.config.bind.clone(),
            }),
            Command::CloseLink { link } => {
                page.links.remove(&link);
                Ok(())
            }
            Command::Receive { link, signal } => page.request(link, LinkRequest::Receive(signal)),
            Command::SetTrack {
                link,
                source,
                stream,
            } => page.request(link, LinkRequest::SetTrack(source, stream)),
            Command::SendMessage { link, text } => {
                page.request(link, LinkRequest::SendMessage(text))
            }
            Command::SetPolite { link, polite } => {
                page.request(link, LinkRequest::SetPolite(polite))
            }
            Command::SetIceServers { link, ice_servers } => {
                page.request(link, LinkRequest::SetIceServers(ice_servers))
            }
            Command::RestartIce { link } => page.request(link, LinkRequest::RestartIce),
            Command::Mute { stream, muted } => {
                if let Some(microphone) = page.microphone_number(stream) {
                    self.shared.sound.set_muted(microphone, muted);
                }
                Ok(())
            }
            Command::CloseMicrophone { stream } => {
                if let Some(microphone) = page.microphone_number(stream) {
                    self.shared.sound.close_microphone(microphone);
                    page.microphone = None;
                }
                Ok(())
            }
            Command::Processing {
                echo_cancellation,
                noise_suppression,
                gain_control,
            } => {
                self.shared.sound.set_processing(ProcessingSettings {
                    echo_cancellation,
                    noise_suppression,
                    gain_control,
                });
                Ok(())
            }
        }
    }

    /// The machine's addresses changed. Links without a path, or whose path uses a local address that is gone, restart
    /// ICE. Others do not: a restart interrupts a working path.
    pub fn network_changed(&self) {
        if let Some(page) = self.shared.page().as_ref() {
            for link in page.links.values() {
                // A link whose queue is full is negotiating anyway.
                let _ = link.requests.try_send(LinkRequest::NetworkChanged);
            }
        }
    }

    /// Microphones and loudspeakers, without the system's default: the page selects that by no ID.
    pub async fn devices(&self) -> Vec<Device> {
        let devices = self.shared.sound.devices().await;
        devices
            .into_iter()
            .filter(|device| device.id != maru_sound::DEFAULT)
            .map(|device| Device {
                id: device.id,
                kind: match device.kind {
                    DeviceKind::Microphone => "microphone",
                    DeviceKind::Speaker => "speaker",
                },
                label: device.label,
            })
            .collect()
    }

    /// Opens a microphone for the open page, in place of the one in use; the system's default for `None` or in place of
    /// a missing device.
    ///
    /// # Errors
    ///
    /// [`EngineError::Sound`]; [`EngineError::NotOpen`], also if the page is closed before the device is open: the
    /// device is closed then.
    pub async fn open_microphone(
        &self,
        device_id: Option<String>,
    ) -> Result<Microphone, EngineError> {
        self.shared.open_microphone(device_id).await
    }

    /// Plays remote audio on this loudspeaker from now on; the system's default for `None` or in place of a missing
    /// device.
    ///
    /// # Errors
    ///
    /// [`EngineError::Sound`].
    pub async fn set_speaker(&self, device_id: Option<String>) -> Result<(), EngineError> {
        Ok(self.shared.sound.set_speaker(device_id).await?)
    }

    /// Statistics of a link; `None` if it is closed or failed for good.
    pub async fn stats(&self, link: LinkId) -> Option<LinkStats> {
        let (answer, stats) = oneshot::channel();
        let requests = {
            let page = self.shared.page();
            page.as_ref()?.links.get(&link)?.requests.clone()
        };
        requests.try_send(LinkRequest::Stats(answer)).ok()?;
        stats.await.ok()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close_page();
        self.tasks.abort_all();
    }
}

#[cfg(test)]
mod tests;
