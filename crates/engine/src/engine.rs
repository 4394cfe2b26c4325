//! The handle: who is linked, the microphone, and the page's hold on both.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use maru_audio::processing::ProcessingSettings;
use maru_peer::{AudioLevel, Bind};
use maru_sound::{DeviceKind, Sound, SoundError};
use serde::Serialize;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::event::RemoteLevel;
use crate::hub::Hub;
use crate::link::{self, Handle, Options, Request, VoiceOut};
use crate::media_socket::{Gate, MediaSocket};
use crate::{Command, Device, EngineEvent, LinkFigures, LinkId, Microphone, StreamId};

/// Participants a page may be linked with: twice the largest room that makes sense as a mesh.
const MAX_LINKS: usize = 32;
/// Between two tellings of levels: as fast as a meter looks alive.
const LEVELS: Duration = Duration::from_millis(100);

/// Told of everything that happens, at once and from any thread; must not wait.
pub(crate) type Listener = Arc<dyn Fn(EngineEvent) + Send + Sync>;

/// What an engine is made with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Origins the page may have, as its browser writes them.
    pub origins: Vec<String>,
    /// Where connections open sockets.
    pub bind: Bind,
    /// Make a microphone and a loudspeaker up: for tests and machines without.
    pub mock_sound: bool,
    /// Where the made-up loudspeaker writes down when something begins to be heard, to measure lip sync by.
    pub mock_onsets: Option<PathBuf>,
}

/// What a page needs to reach the media socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    /// `ws://127.0.0.1:<port>/`.
    pub media_url: String,
    /// Second sub-protocol; good until the next [`Engine::open`].
    pub token: String,
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The media socket could not be opened.
    #[error("no port on the loopback interface: {0}")]
    Socket(String),
    /// [`Config::mock_onsets`] cannot be written.
    #[error("the made-up loudspeaker has nowhere to write: {0}")]
    Mock(String),
    /// [`MAX_LINKS`] are open, or one of that number is.
    #[error("no room for another link")]
    Links,
    /// The link has more requests waiting than any negotiation makes.
    #[error("the link does not keep up")]
    Busy,
    /// No page has opened the engine.
    #[error("no page has opened the engine")]
    NotOpen,
    /// A microphone or loudspeaker could not be opened.
    #[error(transparent)]
    Sound(#[from] SoundError),
}

/// Carries the calls of one page at a time. Dropping it ends everything.
pub struct Engine {
    inner: Arc<Inner>,
    tasks: JoinSet<()>,
}

struct Inner {
    config: Config,
    gate: Arc<Gate>,
    hub: Arc<Hub>,
    sound: Sound,
    socket: MediaSocket,
    page: Mutex<Option<Page>>,
}

/// What belongs to the page in front.
struct Page {
    listener: Listener,
    links: HashMap<LinkId, Handle>,
    tasks: JoinSet<()>,
    microphone: Option<(StreamId, u32)>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Starts the engine. It is idle until a page opens it. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`EngineError::Socket`] where the loopback interface has no free port.
    pub async fn start(config: Config) -> Result<Self, EngineError> {
        let gate = Arc::new(Gate::new(config.origins.clone()));
        let hub = Arc::new(Hub::default());
        let socket = MediaSocket::open(Arc::clone(&gate), Arc::clone(&hub))
            .await
            .map_err(|error| EngineError::Socket(error.to_string()))?;
        let (sound, events) = Sound::start(maru_sound::Config {
            mock: config.mock_sound,
        });
        if let (Some(mock), Some(path)) = (sound.mock(), &config.mock_onsets) {
            mock.write_onsets(path)
                .map_err(|error| EngineError::Mock(error.to_string()))?;
        }
        let inner = Arc::new(Inner {
            config,
            gate,
            hub,
            sound,
            socket,
            page: Mutex::new(None),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(hear(Arc::clone(&inner), events));
        tasks.spawn(tell_levels(Arc::clone(&inner)));
        Ok(Self { inner, tasks })
    }

    /// Gives the engine to a page, and ends everything of the page before. `listener` must not wait.
    pub fn open(&self, listener: impl Fn(EngineEvent) + Send + Sync + 'static) -> Opened {
        let listener: Listener = Arc::new(listener);
        self.close_page();
        *self.inner.page() = Some(Page {
            listener,
            links: HashMap::new(),
            tasks: JoinSet::new(),
            microphone: None,
        });
        Opened {
            media_url: self.inner.socket.url(),
            token: self.inner.gate.issue(),
        }
    }

    /// Ends everything of the page in front: it reloads, or the window closes.
    pub fn close_page(&self) {
        // Its token first: what is left of the page must not come back.
        self.inner.gate.issue();
        self.inner.hub.dismiss_page();
        let page = self.inner.page().take();
        if let Some(mut page) = page {
            if let Some((_, microphone)) = page.microphone {
                self.inner.sound.close_microphone(microphone);
            }
            drop(page.links);
            // They close their connections in order; nobody waits for them.
            page.tasks.detach_all();
        }
    }

    /// Carries out a command.
    ///
    /// # Errors
    ///
    /// [`EngineError::NotOpen`], [`EngineError::Links`], [`EngineError::Busy`].
    pub fn command(&self, command: Command) -> Result<(), EngineError> {
        let mut page = self.inner.page();
        let page = page.as_mut().ok_or(EngineError::NotOpen)?;
        match command {
            Command::CreateLink {
                link,
                ice_servers,
                polite,
                offer_first,
            } => {
                while page.tasks.try_join_next().is_some() {}
                if page.links.len() >= MAX_LINKS || page.links.contains_key(&link) {
                    return Err(EngineError::Links);
                }
                let options = Options {
                    link,
                    ice_servers,
                    polite,
                    offer_first,
                    bind: self.inner.config.bind.clone(),
                };
                let handle = link::spawn(
                    options,
                    Arc::clone(&self.inner.hub),
                    self.inner.sound.clone(),
                    Arc::clone(&page.listener),
                    &mut page.tasks,
                );
                page.links.insert(link, handle);
                Ok(())
            }
            Command::CloseLink { link } => {
                page.links.remove(&link);
                Ok(())
            }
            Command::Receive { link, signal } => page.ask(link, Request::Receive(signal)),
            Command::SetTrack {
                link,
                source,
                stream,
            } => page.ask(link, Request::SetTrack(source, stream)),
            Command::SendMessage { link, text } => page.ask(link, Request::Send(text)),
            Command::SetPolite { link, polite } => page.ask(link, Request::SetPolite(polite)),
            Command::SetIceServers { link, ice_servers } => {
                page.ask(link, Request::SetIceServers(ice_servers))
            }
            Command::RestartIce { link } => page.ask(link, Request::RestartIce),
            Command::Mute { stream, muted } => {
                if let Some(microphone) = page.microphone_of(stream) {
                    self.inner.sound.set_muted(microphone, muted);
                }
                Ok(())
            }
            Command::CloseMicrophone { stream } => {
                if let Some(microphone) = page.microphone_of(stream) {
                    self.inner.sound.close_microphone(microphone);
                    page.microphone = None;
                }
                Ok(())
            }
            Command::Processing {
                echo_cancellation,
                noise_suppression,
                gain_control,
            } => {
                self.inner.sound.set_processing(ProcessingSettings {
                    echo_cancellation,
                    noise_suppression,
                    gain_control,
                });
                Ok(())
            }
        }
    }

    /// The machine has other addresses than before: links without a path, or whose path began at an address that is
    /// gone, look for another. A path that works is left alone, as looking for another interrupts it.
    pub fn network_changed(&self) {
        if let Some(page) = self.inner.page().as_ref() {
            for handle in page.links.values() {
                // One that has a full queue is negotiating anyway.
                let _ = handle.requests.try_send(Request::NetworkChanged);
            }
        }
    }

    /// Microphones and loudspeakers.
    pub async fn devices(&self) -> Vec<Device> {
        let devices = self.inner.sound.devices().await;
        // The default is what no ID means; the interface has its own word for it.
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

    /// Opens a microphone in place of the one in use. One that is gone falls back to the default.
    ///
    /// # Errors
    ///
    /// [`EngineError::Sound`], [`EngineError::NotOpen`].
    pub async fn open_microphone(&self, id: Option<String>) -> Result<Microphone, EngineError> {
        let opened = self.inner.sound.open_microphone(id).await?;
        let stream = self.inner.hub.number();
        let mut page = self.inner.page();
        let Some(page) = page.as_mut() else {
            // The page went while the device opened.
            self.inner.sound.close_microphone(opened.microphone);
            return Err(EngineError::NotOpen);
        };
        page.microphone = Some((stream, opened.microphone));
        Ok(Microphone {
            stream,
            device_id: opened.id,
            label: opened.label,
        })
    }

    /// Plays through this loudspeaker from now on.
    ///
    /// # Errors
    ///
    /// [`EngineError::Sound`].
    pub async fn set_speaker(&self, id: Option<String>) -> Result<(), EngineError> {
        Ok(self.inner.sound.set_speaker(id).await?)
    }

    /// Counters of a link; `None` where it is gone.
    pub async fn figures(&self, link: LinkId) -> Option<LinkFigures> {
        let (answer, figures) = oneshot::channel();
        let requests = self
            .inner
            .page()
            .as_ref()?
            .links
            .get(&link)?
            .requests
            .clone();
        requests.try_send(Request::Figures(answer)).ok()?;
        figures.await.ok()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close_page();
        self.tasks.abort_all();
    }
}

impl Inner {
    fn page(&self) -> MutexGuard<'_, Option<Page>> {
        // Maps change whole; a panic elsewhere cannot have left one half changed.
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the page in front; events of a link go to the page it was made for.
    fn tell(&self, event: EngineEvent) {
        let listener = self.page().as_ref().map(|page| Arc::clone(&page.listener));
        if let Some(listener) = listener {
            listener(event);
        }
    }
}

impl Page {
    fn ask(&self, link: LinkId, request: Request) -> Result<(), EngineError> {
        match self.links.get(&link) {
            Some(handle) => handle
                .requests
                .try_send(request)
                .map_err(|_| EngineError::Busy),
            None => Ok(()),
        }
    }

    fn microphone_of(&self, stream: StreamId) -> Option<u32> {
        self.microphone
            .filter(|(named, _)| *named == stream)
            .map(|(_, microphone)| microphone)
    }
}

/// Takes what the microphone gives to everybody.
async fn hear(inner: Arc<Inner>, mut events: maru_sound::Events) {
    while let Some(event) = events.next().await {
        match event {
            maru_sound::Event::AudioFrame {
                microphone,
                payload,
                timestamp,
                after_silence,
                level,
            } => {
                let page = inner.page();
                let Some(page) = page.as_ref() else { continue };
                let Some((stream, _)) = page.microphone.filter(|(_, open)| *open == microphone)
                else {
                    continue;
                };
                let packet = VoiceOut {
                    microphone: stream,
                    payload,
                    timestamp,
                    after_silence,
                    level: AudioLevel {
                        voice: level.voice,
                        minus_dbov: level.minus_dbov,
                    },
                };
                for handle in page.links.values() {
                    // A link that does not keep up loses it like a network would.
                    let _ = handle.voice.try_send(packet.clone());
                }
            }
            maru_sound::Event::MicrophoneEnded { microphone } => {
                let ended = {
                    let mut page = inner.page();
                    page.as_mut().and_then(|page| {
                        let (stream, _) =
                            page.microphone.filter(|(_, open)| *open == microphone)?;
                        page.microphone = None;
                        Some(stream)
                    })
                };
                if let Some(stream) = ended {
                    inner.tell(EngineEvent::MicrophoneEnded { stream });
                }
            }
            maru_sound::Event::DevicesChanged => inner.tell(EngineEvent::DevicesChanged),
        }
    }
}

async fn tell_levels(inner: Arc<Inner>) {
    let mut ticks = tokio::time::interval(LEVELS);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told_silence = true;
    loop {
        ticks.tick().await;
        let levels = inner.sound.levels();
        let microphone = inner
            .page()
            .as_ref()
            .is_some_and(|page| page.microphone.is_some());
        let silent = !microphone && levels.streams.is_empty();
        // Once, so that meters fall; then nothing, so that an idle window costs nothing.
        if silent && told_silence {
            continue;
        }
        told_silence = silent;
        inner.tell(EngineEvent::Levels {
            microphone: levels.microphone,
            input: levels.input,
            remote: levels
                .streams
                .into_iter()
                .map(|(stream, level)| RemoteLevel { stream, level })
                .collect(),
        });
    }
}
