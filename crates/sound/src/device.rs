//! Microphones and loudspeakers as they are listed.

use std::collections::BTreeSet;

/// The ID of the system's default, whichever device that is. Equivalent to no ID.
pub const DEFAULT: &str = "default";

/// The direction of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceKind {
    /// Captures audio.
    Microphone,
    /// Plays audio.
    Speaker,
}

/// A device that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Stable across restarts and replugging as far as the system provides it. A card with both a microphone and a
    /// loudspeaker has one ID and two entries.
    pub id: String,
    /// The direction.
    pub kind: DeviceKind,
    /// The system's name for it. That of [`DEFAULT`] is English; an interface shows its own translation.
    pub label: String,
}

impl Device {
    /// The entry for the system's default.
    pub(crate) fn default_of(kind: DeviceKind) -> Self {
        Self {
            id: DEFAULT.to_owned(),
            kind,
            label: "System default".to_owned(),
        }
    }
}

/// `None` for the system's default, otherwise the ID.
pub(crate) fn non_default(id: Option<&str>) -> Option<&str> {
    id.filter(|id| *id != DEFAULT)
}

/// The devices there are, for detecting changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AvailableDevices {
    pub(crate) ids: BTreeSet<(DeviceKind, String)>,
    pub(crate) default_microphone: Option<String>,
    pub(crate) default_speaker: Option<String>,
}

impl AvailableDevices {
    pub(crate) fn default_of(&self, kind: DeviceKind) -> Option<&String> {
        match kind {
            DeviceKind::Microphone => self.default_microphone.as_ref(),
            DeviceKind::Speaker => self.default_speaker.as_ref(),
        }
    }
}
