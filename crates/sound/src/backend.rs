//! Real devices and made-up ones, behind the same few questions.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use crate::{
    cards::Cards,
    counts::Counting,
    device::{Device, DeviceKind},
    error::SoundError,
    input::Source,
    line::Line,
    mock::Mock,
    output::Sink,
    wake::Wake,
    worker::Worker,
};

/// What every stream is connected to.
#[derive(Debug, Clone)]
pub(crate) struct Wires {
    pub(crate) counting: Arc<Counting>,
    pub(crate) sound: Arc<Wake>,
    pub(crate) devices: Arc<Wake>,
}

impl Wires {
    pub(crate) fn line(&self, rate: u32, channels: u16) -> Arc<Line> {
        Line::new(
            rate,
            channels,
            Arc::clone(&self.counting),
            Arc::clone(&self.sound),
            Arc::clone(&self.devices),
        )
    }
}

/// A stream that runs until it is dropped.
#[expect(dead_code, reason = "held until they are dropped")]
pub(crate) enum Stream {
    /// cpal's.
    Card(cpal::Stream),
    /// On a thread of ours: a made-up one, or ALSA's.
    Own(Worker),
}

/// A device in use.
pub(crate) struct Open {
    #[expect(dead_code, reason = "held until it is dropped")]
    pub(crate) stream: Stream,
    pub(crate) line: Arc<Line>,
    /// `None` for the system's default.
    pub(crate) id: Option<String>,
    pub(crate) label: String,
}

/// The devices there are, as far as a change of them matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) devices: BTreeSet<(DeviceKind, String)>,
    pub(crate) default_microphone: Option<String>,
    pub(crate) default_speaker: Option<String>,
}

impl Seen {
    pub(crate) fn default_of(&self, kind: DeviceKind) -> Option<&String> {
        match kind {
            DeviceKind::Microphone => self.default_microphone.as_ref(),
            DeviceKind::Speaker => self.default_speaker.as_ref(),
        }
    }
}

/// Where devices come from.
pub(crate) enum Backend {
    Cards(Cards),
    Mock(Mock),
}

impl Backend {
    /// What can be chosen, the system's defaults first.
    pub(crate) fn devices(&mut self) -> Vec<Device> {
        match self {
            Self::Cards(cards) => cards.devices(),
            Self::Mock(mock) => mock.devices(),
        }
    }

    /// The same without opening anything.
    pub(crate) fn seen(&mut self) -> Seen {
        match self {
            Self::Cards(cards) => cards.seen(),
            Self::Mock(mock) => mock.seen(),
        }
    }

    /// How often to look whether anything has changed.
    pub(crate) fn interval(&self) -> Duration {
        match self {
            // ALSA tells nobody, and reading its configuration takes milliseconds.
            Self::Cards(_) => Duration::from_secs(2),
            Self::Mock(_) => Duration::from_millis(50),
        }
    }

    pub(crate) fn open_microphone(
        &mut self,
        id: Option<&str>,
        wires: &Wires,
    ) -> Result<(Open, Source), SoundError> {
        match self {
            Self::Cards(cards) => cards.open_microphone(id, wires),
            Self::Mock(mock) => mock.open_microphone(id, wires),
        }
    }

    pub(crate) fn open_speaker(
        &mut self,
        id: Option<&str>,
        wires: &Wires,
    ) -> Result<(Open, Sink), SoundError> {
        match self {
            Self::Cards(cards) => cards.open_speaker(id, wires),
            Self::Mock(mock) => mock.open_speaker(id, wires),
        }
    }
}
