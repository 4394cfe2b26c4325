//! How a stripe is created, controlled, and what it reports.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use maru_peer::{ChannelSender, Config};
use maru_transfer::control::StripeSignal;
use tokio::sync::{Notify, mpsc};

/// Messages of a stripe that wait for the link.
pub(in crate::link) const MAX_EVENTS: usize = 64;

/// What a stripe reports.
pub(in crate::link) enum StripeEvent {
    Signal(u8, StripeSignal),
    Opened(u8, ChannelSender),
    Bulk(Bytes),
    /// Its channel has room again.
    Writable,
    /// It is lost, with what was in flight if it was open.
    Lost(u8),
}

/// What a stripe is given.
pub(in crate::link) struct StripeInput {
    pub(in crate::link) signal: StripeSignal,
    /// With a description: the local address that the path of the first connection has now, if it is direct.
    pub(in crate::link) local: Option<IpAddr>,
}

/// Controls a stripe. Dropping it closes the stripe.
pub(in crate::link) struct StripeHandle {
    pub(in crate::link) inputs: mpsc::Sender<StripeInput>,
    /// The local address that it was made on.
    pub(in crate::link) local: IpAddr,
    /// This side offered it.
    pub(in crate::link) is_ours: bool,
    /// Once it is open.
    pub(in crate::link) sender: Option<ChannelSender>,
    /// A bulk message for which its channel has no room.
    pub(in crate::link) held: Option<Bytes>,
    /// Asks for [`StripeEvent::Writable`].
    pub(in crate::link) full: Arc<Notify>,
}

/// What a stripe is created with.
pub(in crate::link) struct StripeConfig {
    pub(in crate::link) index: u8,
    pub(in crate::link) polite: bool,
    pub(in crate::link) offer_first: bool,
    /// The local address in `peer`.
    pub(in crate::link) local: IpAddr,
    pub(in crate::link) peer: Config,
}
