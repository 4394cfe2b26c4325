//! Lists and finds devices of the system's audio host.

use cpal::traits::{DeviceTrait, HostTrait};

use super::{
    alsa_names::{ListedDevice, entries, one_per_card},
    stream_format::default_config,
};
use crate::{
    device::{AvailableDevices, DEFAULT, Device, DeviceKind},
    error::{SoundError, SoundErrorCode},
};

/// The first audio host that is available, looked up on first use.
#[derive(Default)]
pub(super) struct Host {
    host: Option<cpal::Host>,
}

impl Host {
    /// Not `cpal::default_host`, which panics where there is no audio host.
    fn host(&mut self) -> Result<&cpal::Host, SoundError> {
        if self.host.is_none() {
            let mut hosts = cpal::available_hosts().into_iter();
            self.host = hosts.find_map(|id| cpal::host_from_id(id).ok());
        }
        self.host
            .as_ref()
            .ok_or_else(|| SoundError::new(SoundErrorCode::Missing, "this system has no sound"))
    }

    fn listed(&mut self) -> Vec<ListedDevice> {
        let Ok(host) = self.host() else {
            return Vec::new();
        };
        let is_alsa = is_alsa(host);
        let Ok(devices) = host.devices() else {
            return Vec::new();
        };
        let listed = devices
            .filter_map(|device| {
                Some(ListedDevice {
                    id: device.id().ok()?.to_string(),
                    label: device.description().ok()?.name().to_owned(),
                    input: device.supports_input(),
                    output: device.supports_output(),
                })
            })
            .collect();
        if is_alsa {
            one_per_card(listed)
        } else {
            listed
        }
    }

    /// The devices to choose from, the system's defaults first.
    pub(super) fn devices(&mut self) -> Vec<Device> {
        let listed = self.listed();
        let mut devices = Vec::new();
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
            if self.has_default(kind) {
                devices.push(Device::default_of(kind));
            }
            devices.extend(entries(&listed, kind));
        }
        devices
    }

    /// ALSA always has a default device, but only opening it shows whether there is a card behind it.
    fn has_default(&mut self, kind: DeviceKind) -> bool {
        let Ok(device) = self.find(kind, None) else {
            return false;
        };
        let Ok(host) = self.host() else { return false };
        if !is_alsa(host) {
            return true;
        }
        match default_config(&device, kind) {
            Ok(_) => true,
            Err(error) => matches!(error.code, SoundErrorCode::Busy | SoundErrorCode::Denied),
        }
    }

    /// The devices there are; opens none.
    pub(super) fn available(&mut self) -> AvailableDevices {
        let listed = self.listed();
        let mut available = AvailableDevices {
            default_microphone: self.default_id(DeviceKind::Microphone),
            default_speaker: self.default_id(DeviceKind::Speaker),
            ..AvailableDevices::default()
        };
        for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
            let ids = entries(&listed, kind).map(|device| (kind, device.id));
            available.ids.extend(ids);
        }
        available
    }

    fn default_id(&mut self, kind: DeviceKind) -> Option<String> {
        let device = self.find(kind, None).ok()?;
        Some(device.id().ok()?.to_string())
    }

    /// The device of this ID; the system's default for `None`.
    pub(super) fn find(
        &mut self,
        kind: DeviceKind,
        id: Option<&str>,
    ) -> Result<cpal::Device, SoundError> {
        let host = self.host()?;
        let device = match (id, kind) {
            (None, DeviceKind::Microphone) => host.default_input_device(),
            (None, DeviceKind::Speaker) => host.default_output_device(),
            (Some(id), _) => id.parse().ok().and_then(|id| host.device_by_id(&id)),
        };
        device.ok_or_else(|| {
            let id = id.unwrap_or(DEFAULT);
            SoundError::new(SoundErrorCode::Missing, format!("there is no {id}"))
        })
    }

    /// ALSA's name of the device; `None` where it is not one of ALSA's.
    #[cfg(target_os = "linux")]
    pub(super) fn alsa_name(&self, id: Option<&str>) -> Option<String> {
        let name = match id {
            Some(id) => id.strip_prefix("alsa:")?,
            None if self.host.as_ref().is_some_and(is_alsa) => DEFAULT,
            None => return None,
        };
        Some(name.to_owned())
    }
}

fn is_alsa(host: &cpal::Host) -> bool {
    host.id().to_string() == "alsa"
}
