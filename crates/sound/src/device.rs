//! Which devices there are.

use cpal::traits::{DeviceTrait, HostTrait};

use crate::error::{SoundError, SoundErrorCode};

/// Devices listed at most, of each kind.
const MAX_LISTED: usize = 64;

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// Hears.
    Microphone,
    /// Plays.
    Speaker,
}

/// A device a person can choose. The system's default is not among them: choosing nothing is choosing it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Device {
    /// To open it by; stays the same for as long as the system lets it.
    pub id: String,
    /// What for.
    pub kind: DeviceKind,
    /// As the system names it.
    pub label: String,
}

/// Asks the system; takes milliseconds, and with some drivers a second.
pub(crate) fn list() -> Vec<Device> {
    let host = cpal::default_host();
    let mut found = Vec::new();
    // Without a sound system there is nothing to list.
    if let Ok(devices) = host.input_devices() {
        collect(devices, DeviceKind::Microphone, &mut found);
    }
    if let Ok(devices) = host.output_devices() {
        collect(devices, DeviceKind::Speaker, &mut found);
    }
    found
}

fn collect(devices: impl Iterator<Item = cpal::Device>, kind: DeviceKind, found: &mut Vec<Device>) {
    let mut of_kind = 0;
    for device in devices {
        let (Ok(id), Ok(description)) = (device.id(), device.description()) else {
            continue;
        };
        let label = description.name().to_owned();
        if !is_for_people(id.id()) || of_kind == MAX_LISTED {
            continue;
        }
        let id = id.to_string();
        if found
            .iter()
            .any(|known| known.kind == kind && (known.id == id || known.label == label))
        {
            continue;
        }
        of_kind += 1;
        found.push(Device { id, kind, label });
    }
}

/// ALSA lists dozens of aliases of each card (`surround51`, `dmix`, `hw` without conversion…). `sysdefault`
/// shares the card with other programs and converts formats.
fn is_for_people(id: &str) -> bool {
    !cfg!(target_os = "linux") || id.starts_with("sysdefault:") || id.starts_with("usbstream:")
}

/// The device of this ID; the system's default where there is no ID, or none of that ID any more.
pub(crate) fn find(
    kind: DeviceKind,
    id: Option<&str>,
) -> Result<(cpal::Device, Option<String>), SoundError> {
    let host = cpal::default_host();
    if let Some(id) = id
        && let Some(device) = id.parse().ok().and_then(|id| host.device_by_id(&id))
    {
        return Ok((device, Some(id.to_owned())));
    }
    let default = match kind {
        DeviceKind::Microphone => host.default_input_device(),
        DeviceKind::Speaker => host.default_output_device(),
    };
    default.map(|device| (device, None)).ok_or_else(|| {
        let what = match kind {
            DeviceKind::Microphone => "no microphone",
            DeviceKind::Speaker => "no loudspeaker",
        };
        SoundError::new(SoundErrorCode::Missing, what)
    })
}

/// What to call a device.
pub(crate) fn label(device: &cpal::Device) -> String {
    device
        .description()
        .map(|description| description.name().to_owned())
        .unwrap_or_default()
}
