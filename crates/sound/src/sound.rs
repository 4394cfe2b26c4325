//! The handle.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Instant;

use maru_audio::Packet;
use maru_audio::processing::Switches;
use tokio::sync::oneshot;

use crate::device::{self, Device};
use crate::error::SoundError;
use crate::event::{Events, events};
use crate::figures::{Board, Levels, VoiceFigures};
use crate::thread::{Request, Setup, run};
use crate::watch::Watch;

/// Requests waiting at most: a second of packets of eight voices. The thread takes them every 20 ms or sooner;
/// a packet beyond that is lost, like on the network.
const MAX_REQUESTS: usize = 512;

/// What a sound is made with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Config {
    /// Make a microphone up that hums like a voice, and a loudspeaker that goes nowhere: for tests and for
    /// machines without a sound card.
    pub mock: bool,
}

/// A microphone that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its number; a new one each time.
    pub microphone: u32,
    /// The device that was chosen; `None` where the default stands in.
    pub id: Option<String>,
    /// As the system names it.
    pub label: String,
}

/// The sound of this machine. Clones are the same; when the last is dropped, its thread ends and its devices
/// are closed.
#[derive(Debug, Clone)]
pub struct Sound {
    requests: SyncSender<Request>,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    mock: bool,
    board: Board,
    thread: OnceLock<Thread>,
    watch: Mutex<Option<Watch>>,
    /// Held by every handle, and weakly by whatever must not keep the thread alive.
    alive: Arc<()>,
}

impl Sound {
    /// Starts the sound thread. It opens nothing by itself and sleeps until there is something to do.
    #[must_use]
    pub fn start(config: Config) -> (Self, Events) {
        let (requests, asked) = sync_channel(MAX_REQUESTS);
        let (teller, events) = events();
        let board = Board::default();
        let alive = Arc::new(());
        let setup = Setup {
            mock: config.mock,
            requests: asked,
            later: requests.clone(),
            teller,
            board: board.clone(),
            alive: Arc::downgrade(&alive),
        };
        let thread = OnceLock::new();
        // Where the system has no thread to give, every request is answered with an error.
        if let Ok(handle) = std::thread::Builder::new()
            .name("maru-sound".into())
            .spawn(|| run(setup))
        {
            let _ = thread.set(handle.thread().clone());
        }
        let inner = Arc::new(Inner {
            mock: config.mock,
            board,
            thread,
            watch: Mutex::new(None),
            alive,
        });
        (Self { requests, inner }, events)
    }

    /// Microphones and loudspeakers to choose from; changes are told from now on.
    pub async fn devices(&self) -> Vec<Device> {
        if self.inner.mock {
            return Vec::new();
        }
        let (answer, devices) = oneshot::channel();
        // A driver may take a second over this.
        let listing = std::thread::Builder::new()
            .name("maru-devices".into())
            .spawn(move || {
                let _ = answer.send(device::list());
            });
        if listing.is_err() {
            return Vec::new();
        }
        let devices = devices.await.unwrap_or_default();
        let mut watch = self
            .inner
            .watch
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if watch.is_none() {
            let requests = self.requests.clone();
            let thread = self.inner.thread.get().cloned();
            *watch = Some(Watch::start(devices.clone(), move |request| {
                let _ = requests.try_send(request);
                if let Some(thread) = &thread {
                    thread.unpark();
                }
            }));
        }
        devices
    }

    /// Opens a microphone in place of the one in use. One that is gone falls back to the default.
    ///
    /// # Errors
    ///
    /// What the system says; the microphone in use stays in use.
    pub async fn open_microphone(&self, id: Option<String>) -> Result<Opened, SoundError> {
        let (answer, opened) = oneshot::channel();
        self.ask(Request::OpenMicrophone(id, answer));
        opened.await.unwrap_or_else(|_| Err(SoundError::ended()))
    }

    /// Closes a microphone. One that was replaced is closed already.
    pub fn close_microphone(&self, microphone: u32) {
        self.ask(Request::CloseMicrophone(microphone));
    }

    /// Sends silence, and keeps listening, for the meter and the echo canceller.
    pub fn set_muted(&self, microphone: u32, muted: bool) {
        self.ask(Request::Mute(microphone, muted));
    }

    /// Switches parts of the processing on and off.
    pub fn set_switches(&self, switches: Switches) {
        self.ask(Request::Switch(switches));
    }

    /// Plays through this loudspeaker from now on; `None` is the system's default.
    ///
    /// # Errors
    ///
    /// What the system says; the default, or nothing, stands in.
    pub async fn set_speaker(&self, id: Option<String>) -> Result<(), SoundError> {
        let (answer, set) = oneshot::channel();
        self.ask(Request::SetSpeaker(id, answer));
        set.await.unwrap_or_else(|_| Err(SoundError::ended()))
    }

    /// Begins to play a voice.
    pub fn add_voice(&self, voice: u32) {
        self.ask(Request::AddVoice(voice));
    }

    /// Stops playing it.
    pub fn remove_voice(&self, voice: u32) {
        self.ask(Request::RemoveVoice(voice));
    }

    /// A packet of a voice arrived.
    pub fn push(&self, voice: u32, arrived: Instant, packet: Packet) {
        // Not woken for: it is due after the next block at the earliest.
        let _ = self
            .requests
            .try_send(Request::Push(voice, arrived, packet));
    }

    /// What receivers of our voice report lost, 0 to 1: it decides how much goes into forward error correction.
    pub fn expect_loss(&self, loss: f32) {
        self.ask(Request::ExpectLoss(loss));
    }

    /// What is known about a voice, at most 50 ms old.
    #[must_use]
    pub fn report(&self, voice: u32) -> Option<VoiceFigures> {
        self.inner
            .board
            .read(|snapshot| snapshot.voices.get(&voice).copied())
    }

    /// How loud everything is, at most 50 ms old.
    #[must_use]
    pub fn levels(&self) -> Levels {
        self.inner.board.read(|snapshot| Levels {
            microphone: snapshot.microphone,
            input: snapshot.input,
            voices: snapshot
                .voices
                .iter()
                .map(|(voice, figures)| (*voice, figures.level))
                .collect(),
        })
    }

    fn ask(&self, request: Request) {
        // Full only where the thread hangs in a driver; what waits for an answer then gets "ended".
        let _ = self.requests.try_send(request);
        if let Some(thread) = self.inner.thread.get() {
            thread.unpark();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.alive = Arc::new(());
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}
