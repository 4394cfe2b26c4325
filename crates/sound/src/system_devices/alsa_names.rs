//! Reduces ALSA's dozens of names for the same few cards to one each.
//!
//! For every card ALSA lists `hw`, `plughw`, `sysdefault`, `front`, `surround51`, `dmix`, `iec958` and more, and
//! cpal adds numbered ones. Only `plughw` is kept, which converts formats that the card does not support, with the
//! card's name, which unlike its number is stable across replugging.

use crate::device::{Device, DeviceKind};

/// A device as the system lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedDevice {
    /// With the host's name as a prefix: `alsa:plughw:CARD=PCH,DEV=0`.
    pub(super) id: String,
    pub(super) label: String,
    pub(super) input: bool,
    pub(super) output: bool,
}

/// One device of `listed` for each card, in its order.
pub(super) fn one_per_card(listed: Vec<ListedDevice>) -> Vec<ListedDevice> {
    let mut cards: Vec<ListedDevice> = listed
        .into_iter()
        .filter(|device| card_of(device).is_some())
        .collect();
    let named: Vec<(String, String)> = cards
        .iter()
        .filter_map(|device| {
            let (card, number) = card_of(device)?;
            (!is_number(card)).then(|| (device.label.clone(), number.to_owned()))
        })
        .collect();
    cards.retain(|device| {
        card_of(device).is_some_and(|(card, number)| {
            let same =
                |(label, other): &(String, String)| *label == device.label && other == number;
            !is_number(card) || !named.iter().any(same)
        })
    });
    cards
}

/// The devices of `listed` that support a direction.
pub(super) fn entries(listed: &[ListedDevice], kind: DeviceKind) -> impl Iterator<Item = Device> {
    listed
        .iter()
        .filter(move |device| match kind {
            DeviceKind::Microphone => device.input,
            DeviceKind::Speaker => device.output,
        })
        .map(move |device| Device {
            id: device.id.clone(),
            kind,
            label: device.label.clone(),
        })
}

/// Card and device number of a `plughw` name.
fn card_of(device: &ListedDevice) -> Option<(&str, &str)> {
    device
        .id
        .strip_prefix("alsa:plughw:CARD=")?
        .split_once(",DEV=")
}

fn is_number(card: &str) -> bool {
    card.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(id: &str, label: &str, input: bool, output: bool) -> ListedDevice {
        ListedDevice {
            id: format!("alsa:{id}"),
            label: label.to_owned(),
            input,
            output,
        }
    }

    #[test]
    fn one_name_for_each_card_and_direction() {
        let laptop = "HDA Intel PCH, ALC257 Analog";
        let headset = "USB Headset, USB Audio";
        let shown = one_per_card(vec![
            listed("null", "Discard all samples", true, true),
            listed("default", "Default", true, true),
            listed("pipewire", "PipeWire Sound Server", true, true),
            listed("sysdefault:CARD=PCH", laptop, true, true),
            listed("front:CARD=PCH,DEV=0", laptop, false, true),
            listed("hw:CARD=PCH,DEV=0", laptop, true, true),
            listed("plughw:CARD=PCH,DEV=0", laptop, true, true),
            listed(
                "plughw:CARD=PCH,DEV=3",
                "HDA Intel PCH, HDMI 0",
                false,
                true,
            ),
            listed("plughw:CARD=Headset,DEV=0", headset, true, true),
            listed("plughw:CARD=Headset_1,DEV=0", headset, true, true),
            listed("hw:CARD=0,DEV=0", laptop, true, true),
            listed("plughw:CARD=0,DEV=0", laptop, true, true),
            listed("plughw:CARD=1,DEV=0", headset, true, true),
            listed("plughw:CARD=7,DEV=0", "A card without hints", true, false),
        ]);
        let ids = |kind| {
            entries(&shown, kind)
                .map(|device| device.id.replace("alsa:plughw:CARD=", ""))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            ids(DeviceKind::Microphone),
            ["PCH,DEV=0", "Headset,DEV=0", "Headset_1,DEV=0", "7,DEV=0"]
        );
        assert_eq!(
            ids(DeviceKind::Speaker),
            ["PCH,DEV=0", "PCH,DEV=3", "Headset,DEV=0", "Headset_1,DEV=0"]
        );
    }
}
