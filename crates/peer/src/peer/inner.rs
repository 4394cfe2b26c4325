//! What the handle, the stack's callbacks and the tasks of a peer share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use webrtc::peer_connection::PeerConnection;

use super::signaling::Signaling;
use crate::channel::{InFlight, NegotiatedChannels};
use crate::checks::CheckLimiter;
use crate::config::Bind;
use crate::connection_state::ConnectionState;
use crate::error::Error;
use crate::events::{Event, EventSink};
use crate::interfaces;
use crate::kind::Kind;
use crate::lock::lock;
use crate::pace::{ChainEvent, ChainState};
use crate::tracks::{Counters, LocalTrack};
use crate::turn::TurnConnections;

/// Counters of a remote track, for the statistics.
pub(super) struct RemoteCounters {
    pub(super) mid: String,
    pub(super) kind: Kind,
    pub(super) counters: Arc<Counters>,
}

pub(super) struct Inner {
    pub(super) stack: Arc<dyn PeerConnection>,
    /// The runtime it was made on: a peer may be dropped on any thread.
    runtime: Handle,
    pub(super) turn: Arc<TurnConnections>,
    pub(super) checks: Arc<Mutex<CheckLimiter>>,
    pub(super) sink: EventSink,
    pub(super) chain: Arc<ChainState>,
    closing: AtomicBool,
    /// Held while closing, so that a second call does not return before the first.
    close_lock: tokio::sync::Mutex<()>,
    /// [`crate::Config::media`].
    pub(super) media: bool,
    /// Shared with the stack, which reads it at each ICE restart.
    pub(super) bind: Arc<Mutex<Bind>>,
    pub(super) signaling: tokio::sync::Mutex<Signaling>,
    pub(super) candidates_ignored: AtomicU64,
    /// `mid` and index of the media section that local candidates are sent for.
    pub(super) candidate_section: Mutex<Option<(String, u16)>>,
    pub(super) local_tracks: Mutex<Vec<LocalTrack>>,
    pub(super) remote_tracks: Mutex<Vec<RemoteCounters>>,
    pub(super) in_flight: Arc<InFlight>,
    pub(super) negotiated: Arc<NegotiatedChannels>,
    tasks: Mutex<JoinSet<()>>,
}

/// What an [`Inner`] is made of.
pub(super) struct Parts {
    pub(super) stack: Arc<dyn PeerConnection>,
    pub(super) turn: Arc<TurnConnections>,
    pub(super) checks: Arc<Mutex<CheckLimiter>>,
    pub(super) sink: EventSink,
    pub(super) chain: Arc<ChainState>,
    pub(super) media: bool,
    pub(super) bind: Arc<Mutex<Bind>>,
    pub(super) in_flight: InFlight,
    pub(super) negotiated: Arc<NegotiatedChannels>,
}

impl Inner {
    /// Needs a tokio runtime.
    pub(super) fn new(parts: Parts) -> Self {
        let signaling = Signaling::new(&lock(&parts.bind));
        Self {
            stack: parts.stack,
            runtime: Handle::current(),
            turn: parts.turn,
            checks: parts.checks,
            sink: parts.sink,
            chain: parts.chain,
            closing: AtomicBool::new(false),
            close_lock: tokio::sync::Mutex::default(),
            signaling: tokio::sync::Mutex::new(signaling),
            candidates_ignored: AtomicU64::new(0),
            candidate_section: Mutex::default(),
            media: parts.media,
            bind: parts.bind,
            local_tracks: Mutex::default(),
            remote_tracks: Mutex::default(),
            in_flight: Arc::new(parts.in_flight),
            negotiated: parts.negotiated,
            tasks: Mutex::default(),
        }
    }

    /// # Errors
    ///
    /// [`Error::Closed`] once closing has begun.
    pub(super) fn check_open(&self) -> Result<(), Error> {
        if self.closing.load(Ordering::Acquire) {
            Err(Error::Closed)
        } else {
            Ok(())
        }
    }

    pub(super) async fn close(&self) {
        self.closing.store(true, Ordering::Release);
        let _closing = self.close_lock.lock().await;
        // Fails only if it is closed already.
        let _ = self.stack.close().await;
        self.turn.close().await;
        let mut tasks = std::mem::take(&mut *lock(&self.tasks));
        tasks.shutdown().await;
        self.sink.set_state(ConnectionState::Closed);
    }

    /// Closes from where nothing may wait: a drop, or a callback of the stack.
    pub(super) fn close_in_background(self: &Arc<Self>) {
        if self.closing.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = Arc::clone(self);
        // After the runtime's shutdown this does nothing: all tasks are gone.
        self.runtime.spawn(async move { inner.close().await });
    }

    /// Spawns a task that is aborted when the peer closes.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.tasks);
        while tasks.try_join_next().is_some() {}
        if !self.closing.load(Ordering::Acquire) {
            tasks.spawn(task);
        }
    }

    /// Emits an event that must not be lost. If the queue is full, the peer is closed instead of using more memory.
    pub(super) fn emit(self: &Arc<Self>, event: Event) {
        if !self.sink.emit(event) {
            self.close_in_background();
        }
    }

    pub(super) fn on_chain_event(&self, event: ChainEvent) {
        match event {
            ChainEvent::Bandwidth(bits_per_second) => {
                self.sink.emit_if_room(Event::Bandwidth(bits_per_second))
            }
            ChainEvent::AudioLoss(fraction) => self
                .sink
                .emit_if_room(Event::AudioLoss(f32::from(fraction) / 256.0)),
            ChainEvent::KeyframeRequest(ssrc) => {
                let mid = lock(&self.local_tracks)
                    .iter()
                    .find(|track| track.ssrc() == ssrc)
                    .and_then(LocalTrack::mid);
                if let Some(mid) = mid {
                    self.sink.emit_if_room(Event::KeyframeWanted { mid });
                }
            }
        }
    }

    pub(super) fn path_is_gone(&self) -> bool {
        let path = lock(&self.checks).responsive_local();
        match (&*lock(&self.bind), path, interfaces::all()) {
            (Bind::Interfaces, Some(path), Ok(all)) => {
                all.iter().all(|interface| interface.ip != path.ip())
            }
            _ => false,
        }
    }
}
