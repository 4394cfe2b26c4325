//! What the channels of a connection share.

use std::sync::Arc;

use super::in_flight::InFlight;
use super::readiness::Readiness;

/// What the channels of a connection share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) in_flight: Arc<InFlight>,
    pub(crate) readiness: Arc<Readiness>,
}

impl Shared {
    /// `send_buffer`: [`crate::Config::send_buffer`].
    pub(crate) fn new(send_buffer: usize) -> Self {
        Self {
            in_flight: Arc::new(InFlight::new(send_buffer)),
            readiness: Arc::default(),
        }
    }
}
