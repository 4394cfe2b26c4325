//! Which bitrates the worker knows, and which changes are worth a message (no I/O).

use std::collections::BTreeMap;

use crate::ids::StreamId;

/// The bitrate last signalled to the worker for each stream, in bits per second; absent for 0.
#[derive(Debug, Default)]
pub(super) struct SignalledBitrates {
    by_stream: BTreeMap<StreamId, u32>,
}

impl SignalledBitrates {
    /// A new worker knows of no bitrates.
    pub(super) fn clear(&mut self) {
        self.by_stream.clear();
    }

    /// The bitrates to be signalled; 0 for streams that are no longer in `allocated`.
    pub(super) fn changes(&self, allocated: &BTreeMap<StreamId, u32>) -> Vec<(StreamId, u32)> {
        let stopped = self
            .by_stream
            .keys()
            .filter(|stream| !allocated.contains_key(stream))
            .map(|stream| (*stream, 0));
        let changed = allocated.iter().filter_map(|(stream, bitrate)| {
            let signalled = self.by_stream.get(stream).copied().unwrap_or(0);
            is_significant_change(signalled, *bitrate).then_some((*stream, *bitrate))
        });
        stopped.chain(changed).collect()
    }

    /// A bitrate was signalled.
    pub(super) fn set(&mut self, stream: StreamId, bitrate: u32) {
        if bitrate == 0 {
            self.by_stream.remove(&stream);
        } else {
            self.by_stream.insert(stream, bitrate);
        }
    }
}

/// 5 %, start or stop: reconfiguring costs some encoders a keyframe.
fn is_significant_change(signalled: u32, allocated: u32) -> bool {
    signalled != allocated
        && (signalled == 0 || allocated == 0 || signalled.abs_diff(allocated) > signalled / 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_stops_and_changes_of_more_than_five_percent_are_signalled() {
        let mut signalled = SignalledBitrates::default();
        let changes = |signalled: &SignalledBitrates, allocated: &[(StreamId, u32)]| {
            signalled.changes(&allocated.iter().copied().collect())
        };
        assert_eq!(changes(&signalled, &[(1, 1_000)]), [(1, 1_000)]);
        signalled.set(1, 1_000);
        assert_eq!(changes(&signalled, &[(1, 1_050)]), []);
        assert_eq!(changes(&signalled, &[(1, 949)]), [(1, 949)]);
        assert_eq!(changes(&signalled, &[(2, 7)]), [(1, 0), (2, 7)]);
        signalled.set(1, 0);
        assert_eq!(changes(&signalled, &[]), []);
    }
}
