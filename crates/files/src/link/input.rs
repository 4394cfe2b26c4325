//! The inputs of a link.

use maru_peer::{Error, Message};

use super::handle::LinkCommand;
use super::stripe::StripeEvent;
use crate::disk::DiskEvent;

/// What a link waits for.
pub(super) enum Input {
    Command(Option<LinkCommand>),
    Peer(Option<maru_peer::Event>),
    Opened(Opened),
    Control(Option<Message>),
    Bulk(Option<Message>),
    Writable,
    Stripe(StripeEvent),
    Disk(Vec<DiskEvent>),
    Timeout,
}

/// Both channels are open, or one of them was closed before.
pub(super) struct Opened(pub(super) Result<(), Error>);
