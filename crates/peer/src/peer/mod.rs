//! The handle of a connection to one remote peer.

mod handler;
mod inner;
mod media;
mod negotiate;
mod remote_candidates;
mod signaling;
mod stats;

use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;

use self::handler::Handler;
use self::inner::{Inner, Parts};
use crate::candidate::Candidate;
use crate::channel::{Channel, ChannelOptions, InFlight, NegotiatedChannels};
use crate::config::{Bind, Config, IceServer};
use crate::error::Error;
use crate::events::{Events, events};
use crate::fingerprints::Fingerprints;
use crate::kind::Kind;
use crate::lock::lock;
use crate::pace::{ChainState, bandwidth};
use crate::stack;
use crate::stats::Stats;
use crate::tracks::LocalTrack;
use crate::turn::TurnConnections;

/// Unread events from the interceptor chain. More are dropped; the remote peer repeats its requests.
const MAX_CHAIN_EVENTS: usize = 64;

/// A connection to one remote peer. Dropping it closes it.
pub struct Peer {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Peer")
            .field("state", &self.inner.sink.state())
            .finish_non_exhaustive()
    }
}

/// The operations of negotiation are not cancel-safe: run them to their end.
impl Peer {
    /// Opens sockets and makes a connection. Nothing is sent before the first description.
    /// Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if no socket can be opened.
    pub async fn new(config: Config) -> Result<(Self, Events), Error> {
        let (sink, events) = events();
        let (sender, mut chain_events) = mpsc::channel(MAX_CHAIN_EVENTS);
        let chain = Arc::new(ChainState::new(sender, bandwidth::INITIAL_BITRATE));
        let handler = Arc::new(Handler::new(sink.clone()));
        let turn = Arc::new(TurnConnections::new(
            config.extra_roots.clone(),
            sink.clone(),
        ));
        let checks = Arc::default();
        let bind = Arc::new(Mutex::new(config.bind.clone()));
        let negotiated = Arc::<NegotiatedChannels>::default();
        // Boxed: building the stack is a future of 20 KB, which the caller's future would contain.
        let stack = Box::pin(stack::open(
            &config,
            &bind,
            &chain,
            handler.clone(),
            &turn,
            &checks,
            &negotiated,
        ))
        .await?;
        let inner = Arc::new(Inner::new(Parts {
            stack,
            turn,
            checks,
            sink,
            chain,
            media: config.media,
            bind,
            in_flight: InFlight::new(config.send_buffer),
            negotiated,
        }));
        handler.attach(&inner);
        let weak = Arc::downgrade(&inner);
        inner.spawn(async move {
            while let Some(event) = chain_events.recv().await {
                let Some(inner) = weak.upgrade() else { return };
                inner.on_chain_event(event);
            }
        });
        Ok((Self { inner }, events))
    }

    /// Changes the STUN and TURN servers for the next ICE restart. Unusable ones are left out and reported as
    /// [`crate::Event::ServerUnusable`].
    ///
    /// # Errors
    ///
    /// [`Error::Setup`], [`Error::Closed`].
    pub async fn set_ice_servers(&self, servers: &[IceServer]) -> Result<(), Error> {
        self.inner.check_open()?;
        let configuration = self.inner.stack.get_configuration().await;
        let configuration = stack::with_servers(&configuration, servers, &self.inner.turn);
        self.inner
            .stack
            .set_configuration(configuration)
            .await
            .map_err(|error| Error::Setup(error.to_string()))
    }

    /// Changes where sockets are opened, from the next ICE restart on.
    pub fn set_bind(&self, bind: Bind) {
        *lock(&self.inner.bind) = bind;
    }

    /// Makes an offer with the current tracks and channels, sets it as the local description (W3C WebRTC §4.4.2,
    /// `createOffer` and `setLocalDescription`), and begins to gather candidates. Returns its SDP.
    ///
    /// With `ice_restart` and after a first exchange it restarts ICE, on the addresses that the machine has then. The path
    /// in use is kept until the answer is applied or the offer is rolled back.
    ///
    /// # Errors
    ///
    /// [`Error::OfferPending`]; [`Error::NoNetwork`]; [`Error::Description`]; [`Error::Closed`].
    pub async fn create_offer(&self, ice_restart: bool) -> Result<String, Error> {
        self.inner.check_open()?;
        self.inner.create_offer(ice_restart).await
    }

    /// Applies a remote offer and returns the SDP of the answer, which is the local description then. A pending local offer
    /// is rolled back, as by `setRemoteDescription` (W3C WebRTC §4.4.1.5), unless the remote one cannot be parsed.
    ///
    /// # Errors
    ///
    /// [`Error::Description`] if it cannot be parsed or applied; [`Error::Closed`].
    pub async fn apply_offer(&self, sdp: &str) -> Result<String, Error> {
        self.inner.check_open()?;
        self.inner.apply_offer(sdp).await
    }

    /// Applies the answer to the pending local offer.
    ///
    /// # Errors
    ///
    /// [`Error::NoOfferPending`]; [`Error::Description`] if it cannot be parsed or does not fit the offer, which stays
    /// pending then, or if the stack fails to apply it, which ends the exchange; [`Error::Closed`].
    pub async fn apply_answer(&self, sdp: &str) -> Result<(), Error> {
        self.inner.check_open()?;
        self.inner.apply_answer(sdp).await
    }

    /// Rolls the pending local offer back (RFC 9429 §4.1.10.2). Its changes are part of the next offer. An offer that
    /// restarts ICE takes the path in use with it: another restart has to follow.
    ///
    /// # Errors
    ///
    /// [`Error::NoOfferPending`]; [`Error::Description`]; [`Error::Closed`].
    pub async fn roll_back(&self) -> Result<(), Error> {
        self.inner.check_open()?;
        self.inner.roll_back().await
    }

    /// Adds a remote candidate. Up to 64 are kept until their description comes. Of each ICE generation 64 are used, and
    /// 16 with the same address, UDP only; others are ignored and counted ([`Stats::candidates_ignored`]).
    ///
    /// # Errors
    ///
    /// [`Error::Candidate`] if it cannot be parsed; [`Error::TooManyCandidates`]; [`Error::Closed`].
    pub async fn add_candidate(&self, candidate: Candidate) -> Result<(), Error> {
        self.inner.check_open()?;
        self.inner.add_candidate(candidate).await
    }

    /// Whether the machine no longer has the local address of the selected path. An ICE restart then finds another path
    /// before the silence of this one is noticed. Always false with [`crate::Bind::Addresses`] and without a path.
    #[must_use]
    pub fn path_is_gone(&self) -> bool {
        self.inner.path_is_gone()
    }

    /// Whether a media section of this kind was rejected because there is no common codec (RFC 3264 §6). Other sections
    /// are not affected.
    pub async fn lacks_codec(&self, kind: Kind) -> bool {
        self.inner.lacks_codec(kind).await
    }

    /// Adds a local track in the first free media section of its kind. It is negotiated with the next offer or answer.
    ///
    /// # Errors
    ///
    /// [`Error::NoMedia`], [`Error::Setup`], [`Error::Closed`].
    pub async fn add_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        self.inner.check_open()?;
        self.inner.add_track(kind).await
    }

    /// Adds a local track with a `sendonly` media section of its own: for a screen, which both peers may share at once but
    /// mostly do not. It is negotiated with the next offer.
    ///
    /// # Errors
    ///
    /// [`Error::NoMedia`], [`Error::Setup`], [`Error::Closed`].
    pub async fn add_send_only_track(&self, kind: Kind) -> Result<LocalTrack, Error> {
        self.inner.check_open()?;
        self.inner.add_send_only_track(kind).await
    }

    /// Stops or resumes a track made by [`Self::add_send_only_track`]. The next offer changes the direction of its section;
    /// the section itself stays.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub async fn set_sending(&self, track: &LocalTrack, sending: bool) -> Result<(), Error> {
        self.inner.check_open()?;
        self.inner.set_sending(track, sending).await
    }

    /// Makes a data channel.
    ///
    /// # Errors
    ///
    /// [`Error::ChannelOptions`], [`Error::Setup`], [`Error::Closed`].
    pub async fn create_channel(&self, options: ChannelOptions) -> Result<Channel, Error> {
        self.inner.check_open()?;
        self.inner.create_channel(options).await
    }

    /// Changes [`Config::send_buffer`], such as for a remote peer whose socket holds little.
    pub async fn set_send_buffer(&self, bytes: usize) {
        self.inner.in_flight.set_max(bytes).await;
    }

    /// Current statistics.
    pub async fn stats(&self) -> Stats {
        self.inner.stats().await
    }

    /// The fingerprints of both certificates, once the DTLS handshake is complete; `None` before. They do not change
    /// afterwards: the certificate of the remote peer is the one that its description had at the time of the handshake,
    /// whatever later descriptions contain.
    pub async fn fingerprints(&self) -> Option<Fingerprints> {
        self.inner.fingerprints().await
    }

    /// Closes the connection. When this returns, no task, socket or timer of it is left.
    pub async fn close(&self) {
        self.inner.close().await;
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.inner.close_in_background();
    }
}
