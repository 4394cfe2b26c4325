//! Control messages, in JSON: `ToWorker` and `FromWorker` of `ui/src/engine/native/wire.ts`.

use serde::{Deserialize, Serialize};

use crate::ids::StreamId;

/// A control message to the worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum ToWorker {
    /// Encode this local stream at this bitrate (bits per second); 0: no link sends it.
    Encode { stream: StreamId, bitrate: u32 },
    /// A receiver of this local stream needs a keyframe.
    Keyframe { stream: StreamId },
}

/// A control message from the worker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum FromWorker {
    /// The decoder of this remote stream needs a keyframe.
    Keyframe { stream: StreamId },
}
