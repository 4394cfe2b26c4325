//! The handle: one connection to one other participant.

mod exchange;
mod figures;
mod handler;
mod media;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use webrtc::peer_connection::PeerConnection;

use crate::channel::{Channel, ChannelOptions};
use crate::checks::Limiter;
use crate::config::{Bind, Config};
use crate::error::Error;
use crate::events::{Candidate, ConnectionState, Description, Event, EventSink, Events, events};
use crate::interfaces;
use crate::negotiation::Outcome;
use crate::pace::{Feedback, Shared, bandwidth};
use crate::stack;
use crate::stats::Stats;
use crate::tracks::{Kind, LocalTrack};
use crate::turn::Streams;

/// News from the packet chain waiting at most. More is repeated by the far end.
const MAX_NEWS: usize = 64;

/// A connection to one other participant. Dropping it closes it.
pub struct Peer {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Peer")
            .field("state", &self.inner.sink.current())
            .finish_non_exhaustive()
    }
}

struct Inner {
    stack: Arc<dyn PeerConnection>,
    /// The runtime it was made on: a peer may be dropped on any thread.
    runtime: Handle,
    streams: Arc<Streams>,
    checks: Arc<Mutex<Limiter>>,
    sink: EventSink,
    shared: Arc<Shared>,
    polite: AtomicBool,
    closing: AtomicBool,
    /// Held while closing, so that a second call returns no sooner than the first.
    ending: tokio::sync::Mutex<()>,
    bind: Bind,
    exchange: tokio::sync::Mutex<exchange::State>,
    candidates_left_out: AtomicU64,
    /// Name and position of the section that candidates are told for.
    candidate_section: Mutex<Option<(String, u16)>>,
    locals: Mutex<Vec<LocalTrack>>,
    remotes: Mutex<Vec<media::RemoteCounters>>,
    tasks: Mutex<JoinSet<()>>,
}

impl Peer {
    /// Opens sockets and makes a connection. Nothing is sent before the first description.
    /// Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] where no socket can be opened.
    pub async fn new(config: Config) -> Result<(Self, Events), Error> {
        let (sink, events) = events();
        let (news, mut arriving) = mpsc::channel(MAX_NEWS);
        let shared = Arc::new(Shared::new(news, bandwidth::AT_FIRST));
        let handler = Arc::new(handler::Handler::new(sink.clone()));
        let streams = Arc::new(Streams::new(config.extra_roots.clone(), sink.clone()));
        let checks = Arc::default();
        // Boxed: building the stack is a future of 20 KB, and the caller's would hold it for good.
        let stack = Box::pin(stack::open(
            &config,
            &shared,
            handler.clone(),
            &streams,
            &checks,
        ))
        .await?;
        let inner = Arc::new(Inner {
            stack,
            runtime: Handle::current(),
            streams,
            checks,
            sink,
            shared,
            polite: AtomicBool::new(config.polite),
            closing: AtomicBool::new(false),
            ending: tokio::sync::Mutex::default(),
            exchange: tokio::sync::Mutex::new(exchange::State::new(&config.bind)),
            candidates_left_out: AtomicU64::new(0),
            candidate_section: Mutex::default(),
            bind: config.bind,
            locals: Mutex::default(),
            remotes: Mutex::default(),
            tasks: Mutex::default(),
        });
        handler.attach(&inner);
        let weak = Arc::downgrade(&inner);
        inner.spawn(async move {
            while let Some(news) = arriving.recv().await {
                let Some(inner) = weak.upgrade() else { return };
                inner.heard(news);
            }
        });
        Ok((Self { inner }, events))
    }

    /// Changes who gives way: participants may get new IDs after a reconnect.
    pub fn set_polite(&self, polite: bool) {
        self.inner.polite.store(polite, Ordering::Relaxed);
    }

    /// Changes the STUN and TURN servers for the next ICE restart. Those that cannot be used are left out and
    /// told as [`Event::ServerUnusable`].
    ///
    /// # Errors
    ///
    /// [`Error::Setup`], [`Error::Closed`].
    pub async fn set_ice_servers(&self, servers: &[crate::IceServer]) -> Result<(), Error> {
        self.inner.open()?;
        let configuration = self.inner.stack.get_configuration().await;
        let configuration = stack::with_servers(&configuration, servers, &self.inner.streams);
        self.inner
            .stack
            .set_configuration(configuration)
            .await
            .map_err(|error| Error::Setup(error.to_string()))
    }

    /// Makes an offer of the tracks and channels as they are, and begins to gather candidates.
    ///
    /// # Errors
    ///
    /// [`Error::OfferOpen`] while the last offer has no answer; [`Error::NoNetwork`]; [`Error::Description`];
    /// [`Error::Closed`].
    pub async fn create_offer(&self) -> Result<Description, Error> {
        self.inner.open()?;
        self.inner.create_offer().await
    }

    /// Applies a description of the other side, giving way or not as perfect negotiation asks.
    ///
    /// # Errors
    ///
    /// [`Error::Description`] where it cannot be read or applied; [`Error::Closed`].
    pub async fn apply_description(&self, description: Description) -> Result<Outcome, Error> {
        self.inner.open()?;
        self.inner.apply_description(description).await
    }

    /// Adds a candidate of the other side. Before its description up to 64 are kept. Of one ICE generation 64 are used,
    /// of one address 16, UDP only; others are left out without a word ([`Stats::candidates_left_out`]).
    ///
    /// # Errors
    ///
    /// [`Error::Candidate`] where it cannot be read; [`Error::TooManyCandidates`]; [`Error::Closed`].
    pub async fn add_candidate(&self, candidate: Candidate) -> Result<(), Error> {
        self.inner.open()?;
        self.inner.add_candidate(candidate).await
    }

    /// Makes the next offer look for a new path, on the addresses the machine then has. Emits
    /// [`Event::NegotiationNeeded`].
    pub async fn restart_ice(&self) {
        self.inner.restart_ice().await;
    }

    /// Whether the path in use began at an address that the machine no longer has: an ICE restart finds another sooner
    /// than silence tells. False where sockets are opened on given addresses, and while there is no path.
    #[must_use]
    pub fn path_is_gone(&self) -> bool {
        self.inner.path_is_gone()
    }

    /// Whether the next offer restarts ICE: asked for, and neither offered nor done by the other side since.
    pub async fn restart_wanted(&self) -> bool {
        self.inner.restart_wanted().await
    }

    /// Whether an answer only repeats one that was applied already, for a caller that sends an offer more than
    /// once. Known while the open offer restarts ICE, as its answer has new credentials; `None` otherwise.
    pub async fn is_repeated(&self, answer: &str) -> Option<bool> {
        self.inner.is_repeated(answer).await
    }

    /// Whether sound or picture, or one of several pictures, goes neither way since the last exchange because the
    /// two sides have no codec in common: its section is refused (RFC 3264 §6), and the rest goes on.
    pub async fn lacks_codec(&self, kind: Kind) -> bool {
        self.inner.lacks_codec(kind).await
    }

    /// Adds a track of ours. It takes the first free media section of its kind; the next offer or answer
    /// carries it.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`], [`Error::Closed`].
    pub async fn add_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        self.inner.open()?;
        self.inner.add_track(kind).await
    }

    /// Adds a track of ours with a media section of its own, in which the other side never sends: for what both may
    /// have at once without a pair of them from the start, as a screen. The next offer carries it.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`], [`Error::Closed`].
    pub async fn add_send_only_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        self.inner.open()?;
        self.inner.add_send_only_track(kind).await
    }

    /// Stops or resumes a track that [`Self::add_send_only_track`] made. The next offer tells the other side, by the
    /// direction of its section, which stays.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub async fn set_sending(&self, track: &LocalTrack, sending: bool) -> Result<(), Error> {
        self.inner.open()?;
        self.inner.set_sending(track, sending).await
    }

    /// Makes a data channel.
    ///
    /// # Errors
    ///
    /// [`Error::ChannelOptions`], [`Error::Setup`], [`Error::Closed`].
    pub async fn create_channel(&self, options: ChannelOptions) -> Result<Channel, Error> {
        self.inner.open()?;
        self.inner.create_channel(options).await
    }

    /// Figures of now.
    pub async fn stats(&self) -> Stats {
        self.inner.stats().await
    }

    /// Closes the connection. When this returns, no task, socket or timer of it is left.
    pub async fn close(&self) {
        self.inner.close().await;
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.inner.close_soon();
    }
}

impl Inner {
    fn open(&self) -> Result<(), Error> {
        if self.closing.load(Ordering::Acquire) {
            Err(Error::Closed)
        } else {
            Ok(())
        }
    }

    async fn close(&self) {
        self.closing.store(true, Ordering::Release);
        let _ending = self.ending.lock().await;
        // Fails only where it is closed already.
        let _ = self.stack.close().await;
        self.streams.close().await;
        let mut tasks = std::mem::take(&mut *guard(&self.tasks));
        tasks.shutdown().await;
        self.sink.state(ConnectionState::Closed);
    }

    fn path_is_gone(&self) -> bool {
        let path = guard(&self.checks).path();
        match (&self.bind, path, interfaces::all()) {
            (Bind::Interfaces, Some(path), Ok(all)) => {
                all.iter().all(|interface| interface.ip != path.ip())
            }
            _ => false,
        }
    }

    /// Closes from where nothing may wait: a drop, or a callback of the stack.
    fn close_soon(self: &Arc<Self>) {
        if self.closing.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = Arc::clone(self);
        // On a runtime that was shut down this does nothing, and every task is gone with it.
        self.runtime.spawn(async move { inner.close().await });
    }

    /// Runs until it ends or the peer closes.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = guard(&self.tasks);
        while tasks.try_join_next().is_some() {}
        if !self.closing.load(Ordering::Acquire) {
            tasks.spawn(task);
        }
    }

    /// Tells what must not be lost. A caller that does not read loses the peer instead of our memory.
    fn tell(self: &Arc<Self>, event: Event) {
        if !self.sink.tell(event) {
            self.close_soon();
        }
    }

    fn heard(self: &Arc<Self>, news: Feedback) {
        match news {
            Feedback::Bandwidth(bits_per_second) => {
                self.sink.tell_if_room(Event::Bandwidth(bits_per_second))
            }
            Feedback::VoiceLoss(lost) => self
                .sink
                .tell_if_room(Event::VoiceLoss(f32::from(lost) / 256.0)),
            Feedback::KeyframeWanted(ssrc) => {
                let mid = guard(&self.locals)
                    .iter()
                    .find(|track| track.ssrc() == ssrc)
                    .and_then(LocalTrack::mid);
                if let Some(mid) = mid {
                    self.sink.tell_if_room(Event::KeyframeWanted { mid });
                }
            }
        }
    }
}

/// A panic while holding one of these locks leaves whole values behind.
fn guard<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
