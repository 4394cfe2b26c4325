//! Numbers of streams and links.

use std::sync::atomic::{AtomicU32, Ordering};

/// Identifies one direction of one track, on the media socket and in events. The page numbers its video streams, from 1;
/// the engine numbers microphones and remote streams, from [`FIRST_ENGINE_STREAM`].
pub type StreamId = u32;
/// Identifies a link. Chosen by the page.
pub type LinkId = u32;

/// The engine's stream IDs begin here.
pub const FIRST_ENGINE_STREAM: StreamId = 1 << 31;

/// Allocates the engine's stream IDs.
#[derive(Debug, Default)]
pub(crate) struct StreamIds {
    allocated: AtomicU32,
}

impl StreamIds {
    /// A new ID; reused after 2^31 others.
    pub(crate) fn allocate(&self) -> StreamId {
        let allocated = self.allocated.fetch_add(1, Ordering::Relaxed);
        FIRST_ENGINE_STREAM + allocated.wrapping_add(1) % FIRST_ENGINE_STREAM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocated_ids_are_distinct_and_never_the_pages() {
        let ids = StreamIds {
            allocated: AtomicU32::new(u32::MAX - 1),
        };
        let allocated: Vec<_> = (0..3).map(|_| ids.allocate()).collect();
        assert_eq!(
            allocated,
            [u32::MAX, FIRST_ENGINE_STREAM, FIRST_ENGINE_STREAM + 1]
        );
    }
}
