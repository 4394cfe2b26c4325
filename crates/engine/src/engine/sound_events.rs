//! Forwards encoded audio to the links, and device events to the page.

use std::sync::Arc;

use maru_peer::AudioLevel;
use maru_sound::{Event, Events};

use super::shared::Shared;
use crate::event::EngineEvent;
use crate::link::OutgoingAudioPacket;

/// Runs until the sound threads end.
pub(super) async fn forward_sound_events(shared: Arc<Shared>, mut events: Events) {
    while let Some(event) = events.next().await {
        match event {
            Event::AudioFrame {
                microphone,
                payload,
                timestamp,
                after_silence,
                level,
            } => {
                let page = shared.page();
                let Some(page) = page.as_ref() else { continue };
                let Some(open) = page.microphone.filter(|open| open.number == microphone) else {
                    continue;
                };
                let packet = OutgoingAudioPacket {
                    stream: open.stream,
                    payload,
                    timestamp,
                    after_silence,
                    level: AudioLevel {
                        voice: level.voice,
                        minus_dbov: level.minus_dbov,
                    },
                };
                for link in page.links.values() {
                    // A link that does not keep up drops packets, as a network would.
                    let _ = link.audio.try_send(packet.clone());
                }
            }
            Event::MicrophoneEnded { microphone } => {
                let ended = {
                    let mut page = shared.page();
                    page.as_mut().and_then(|page| {
                        page.microphone
                            .take_if(|open| open.number == microphone)
                            .map(|open| open.stream)
                    })
                };
                if let Some(stream) = ended {
                    shared.emit(EngineEvent::MicrophoneEnded { stream });
                }
            }
            Event::DevicesChanged => shared.emit(EngineEvent::DevicesChanged),
        }
    }
}
