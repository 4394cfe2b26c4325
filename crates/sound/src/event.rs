//! What the sound thread tells.

use bytes::Bytes;
use tokio::sync::mpsc;

/// Events waiting at most: half a second of a voice. A reader further behind loses packets of it, as a network
/// would, and never a word about devices before it has read that.
const MAX_WAITING: usize = 32;

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An Opus packet of our voice (RFC 6716), 20 ms.
    Voice {
        /// The microphone it came from.
        microphone: u32,
        /// Send this.
        payload: Bytes,
        /// RTP timestamp, 48,000 a second, going on across microphones.
        timestamp: u32,
        /// The first after silence that was not sent (RFC 7587 §4.2).
        after_silence: bool,
    },
    /// The microphone is gone, and no other stands in for it.
    MicrophoneEnded {
        /// Which.
        microphone: u32,
    },
    /// Devices came or went.
    DevicesChanged,
}

/// The reading end.
#[derive(Debug)]
pub struct Events {
    voice: mpsc::Receiver<Event>,
    devices: mpsc::Receiver<Event>,
}

impl Events {
    /// The next event; `None` once the sound thread has ended. Cancel-safe.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::select! {
            biased;
            Some(event) = self.devices.recv() => Some(event),
            event = self.voice.recv() => event,
        }
    }
}

/// The writing end. Never waits.
#[derive(Debug, Clone)]
pub(crate) struct Teller {
    voice: mpsc::Sender<Event>,
    devices: mpsc::Sender<Event>,
}

impl Teller {
    pub(crate) fn tell(&self, event: Event) {
        let queue = match event {
            Event::Voice { .. } => &self.voice,
            Event::MicrophoneEnded { .. } | Event::DevicesChanged => &self.devices,
        };
        // Full or closed: see MAX_WAITING.
        let _ = queue.try_send(event);
    }
}

pub(crate) fn events() -> (Teller, Events) {
    let (voice, heard) = mpsc::channel(MAX_WAITING);
    let (devices, seen) = mpsc::channel(MAX_WAITING);
    (
        Teller { voice, devices },
        Events {
            voice: heard,
            devices: seen,
        },
    )
}
