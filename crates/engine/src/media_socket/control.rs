//! Control messages, in JSON: `ToWorker` and `FromWorker` of `ui/src/engine/native/wire.ts`.

use serde::{Deserialize, Serialize};

use crate::StreamId;

/// Told to the worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum ToPage {
    /// This stream may take so many bits per second; 0: nobody takes it.
    Encode { stream: StreamId, bitrate: u32 },
    /// Somebody cannot go on without a keyframe.
    Keyframe { stream: StreamId },
}

/// Heard from the worker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum FromPage {
    /// Its decoder of this remote stream needs a keyframe.
    Keyframe { stream: StreamId },
}
