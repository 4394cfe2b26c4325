//! Which mock devices are plugged in, and which of them fail to open.

use std::collections::BTreeMap;

use crate::{
    device::{AvailableDevices, DEFAULT, Device, DeviceKind},
    error::{SoundError, SoundErrorCode},
};

/// The first microphone: 48 kHz, mono, `f32`.
pub const MICROPHONE: &str = "mock:microphone";
/// The first loudspeaker: 48 kHz, stereo, `f32`.
pub const SPEAKER: &str = "mock:speaker";
/// A second microphone and loudspeaker: 44.1 kHz, stereo, `i16`.
pub const HEADSET: &str = "mock:headset";

fn all_devices() -> [Device; 4] {
    let device = |id: &str, kind, label: &str| Device {
        id: id.to_owned(),
        kind,
        label: label.to_owned(),
    };
    [
        device(MICROPHONE, DeviceKind::Microphone, "Babbling microphone"),
        device(HEADSET, DeviceKind::Microphone, "Babbling headset"),
        device(SPEAKER, DeviceKind::Speaker, "Silent loudspeaker"),
        device(HEADSET, DeviceKind::Speaker, "Silent headset"),
    ]
}

#[derive(Debug)]
pub(super) struct ConnectedDevices {
    /// In order of preference: the first of a kind is the system's default.
    devices: Vec<Device>,
    open_errors: BTreeMap<String, SoundErrorCode>,
}

impl Default for ConnectedDevices {
    fn default() -> Self {
        Self {
            devices: all_devices().into(),
            open_errors: BTreeMap::new(),
        }
    }
}

impl ConnectedDevices {
    pub(super) fn unplug(&mut self, id: &str) {
        self.devices.retain(|device| device.id != id);
    }

    /// Plugs a device in and makes it the default. An unknown ID changes nothing.
    pub(super) fn plug(&mut self, id: &str) {
        self.unplug(id);
        let plugged = all_devices().into_iter().filter(|device| device.id == id);
        self.devices.splice(0..0, plugged);
    }

    pub(super) fn set_open_error(&mut self, id: &str, code: Option<SoundErrorCode>) {
        match code {
            Some(code) => self.open_errors.insert(id.to_owned(), code),
            None => self.open_errors.remove(id),
        };
    }

    pub(super) fn contains(&self, kind: DeviceKind, id: &str) -> bool {
        self.of_kind(kind).any(|device| device.id == id)
    }

    fn of_kind(&self, kind: DeviceKind) -> impl Iterator<Item = &Device> {
        self.devices
            .iter()
            .filter(move |device| device.kind == kind)
    }

    /// The devices to choose from, the defaults first.
    pub(super) fn list(&self) -> Vec<Device> {
        let mut list = Vec::new();
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
            if self.of_kind(kind).next().is_some() {
                list.push(Device::default_of(kind));
            }
            list.extend(self.of_kind(kind).cloned());
        }
        list
    }

    pub(super) fn available(&self) -> AvailableDevices {
        let default = |kind| self.of_kind(kind).next().map(|device| device.id.clone());
        let ids = self.devices.iter();
        AvailableDevices {
            default_microphone: default(DeviceKind::Microphone),
            default_speaker: default(DeviceKind::Speaker),
            ids: ids.map(|device| (device.kind, device.id.clone())).collect(),
        }
    }

    /// The device of this ID to be opened; the default for `None`.
    pub(super) fn find(&self, kind: DeviceKind, id: Option<&str>) -> Result<Device, SoundError> {
        let device = self
            .of_kind(kind)
            .find(|device| id.is_none_or(|id| device.id == id))
            .ok_or_else(|| {
                let id = id.unwrap_or(DEFAULT);
                SoundError::new(SoundErrorCode::Missing, format!("{id} is not plugged in"))
            })?;
        match self.open_errors.get(&device.id) {
            Some(code) => Err(SoundError::new(
                *code,
                format!("{} is set to fail", device.id),
            )),
            None => Ok(device.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_plugged_in_becomes_the_default() {
        let mut devices = ConnectedDevices::default();
        let defaults = |devices: &ConnectedDevices| {
            let available = devices.available();
            (available.default_microphone, available.default_speaker)
        };
        let owned = |id: &str| Some(id.to_owned());
        assert_eq!(defaults(&devices), (owned(MICROPHONE), owned(SPEAKER)));
        devices.plug(HEADSET);
        assert_eq!(defaults(&devices), (owned(HEADSET), owned(HEADSET)));
        devices.unplug(HEADSET);
        devices.unplug(SPEAKER);
        devices.plug("mock:unknown");
        assert_eq!(defaults(&devices), (owned(MICROPHONE), None));
        let ids: Vec<String> = devices.list().into_iter().map(|device| device.id).collect();
        assert_eq!(ids, [DEFAULT, MICROPHONE]);
    }
}
