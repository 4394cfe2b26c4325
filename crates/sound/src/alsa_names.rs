//! Which of ALSA's dozens of names for the same few cards a person is shown.
//!
//! For every card ALSA lists `hw`, `plughw`, `sysdefault`, `front`, `surround51`, `dmix`, `iec958` and more, and
//! cpal adds numbered ones. One each is enough: `plughw`, which converts whatever the card cannot do, by the
//! card's name, which unlike its number survives replugging.

use crate::device::{Device, DeviceKind};

/// A device as the system lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// With the system's name in front: `alsa:plughw:CARD=PCH,DEV=0`.
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) hears: bool,
    pub(crate) plays: bool,
}

/// The devices to show of `listed`, in its order.
pub(crate) fn cards(listed: Vec<Listed>) -> Vec<Listed> {
    let mut cards: Vec<Listed> = listed
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

/// One entry for each thing a device does.
pub(crate) fn entries(listed: &[Listed], kind: DeviceKind) -> impl Iterator<Item = Device> {
    listed
        .iter()
        .filter(move |device| match kind {
            DeviceKind::Microphone => device.hears,
            DeviceKind::Speaker => device.plays,
        })
        .map(move |device| Device {
            id: device.id.clone(),
            kind,
            label: device.label.clone(),
        })
}

/// Card and device number of a `plughw` name.
fn card_of(device: &Listed) -> Option<(&str, &str)> {
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

    fn listed(id: &str, label: &str, hears: bool, plays: bool) -> Listed {
        Listed {
            id: format!("alsa:{id}"),
            label: label.to_owned(),
            hears,
            plays,
        }
    }

    #[test]
    fn one_name_for_each_card_and_direction() {
        let laptop = "HDA Intel PCH, ALC257 Analog";
        let headset = "USB Headset, USB Audio";
        let shown = cards(vec![
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
