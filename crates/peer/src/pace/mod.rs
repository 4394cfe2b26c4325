//! How much to send and when: the bandwidth estimate, the pacer, and requests from the far end.

pub(crate) mod bandwidth;
pub(crate) mod bucket;
pub(crate) mod departures;
mod dispersion;
pub(crate) mod feedback;
pub(crate) mod pacer;
mod repairs;
mod sent;
mod shared;

pub(crate) use shared::{Feedback, Shared};
