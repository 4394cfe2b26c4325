//! Microphones and loudspeakers as the page sees them: `NativeDevice` and `NativeMicrophone` of
//! `ui/src/engine/native/bridge.ts`.

use serde::Serialize;

use crate::ids::StreamId;

/// A microphone or loudspeaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Device {
    /// The ID to open it by.
    pub id: String,
    /// `microphone` or `speaker`.
    pub kind: &'static str,
    /// The system's name for it.
    pub label: String,
}

/// An open microphone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Microphone {
    /// Its stream.
    pub stream: StreamId,
    /// The device; `None` for the system's default.
    pub device_id: Option<String>,
    /// The system's name for the device.
    pub label: String,
}
