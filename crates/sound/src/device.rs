//! Microphones and loudspeakers, as a person is shown them.

/// The ID that stands for whatever the system uses by default, now and later. The same as no ID.
pub const DEFAULT: &str = "default";

/// What a device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceKind {
    /// It hears.
    Microphone,
    /// It plays.
    Speaker,
}

/// A device that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Names it across restarts and replugging, as far as the system does. A card with both a microphone and a
    /// loudspeaker has one ID and two entries.
    pub id: String,
    /// What it does.
    pub kind: DeviceKind,
    /// What the system calls it. [`DEFAULT`]'s is English; an interface shows its own word for it.
    pub label: String,
}

/// Who has been asked for: `None` is the system's default.
pub(crate) fn wanted(id: Option<&str>) -> Option<&str> {
    id.filter(|id| *id != DEFAULT)
}

impl Device {
    /// The entry for whatever the system uses by default.
    pub(crate) fn default_of(kind: DeviceKind) -> Self {
        Self {
            id: DEFAULT.to_owned(),
            kind,
            label: "System default".to_owned(),
        }
    }
}
