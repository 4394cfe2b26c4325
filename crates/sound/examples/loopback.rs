//! Plays the default microphone back through the default loudspeaker, encoded and decoded as in a call, until Ctrl-C.
//! Use headphones.
//!
//! ```text
//! cargo run --release -p maru-sound --example loopback
//! ```

use std::time::Instant;

use maru_audio::Packet;
use maru_sound::{Config, Event, Sound, SoundError};

/// Any number: a call gives one to each participant.
const STREAM: u32 = 7;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), SoundError> {
    let (sound, mut events) = Sound::start(Config::default());
    let opened = sound.open_microphone(None).await?;
    eprintln!("capturing from {}", opened.label);
    sound.add_stream(STREAM);
    let mut sequence = 0_u16;
    while let Some(event) = events.next().await {
        match event {
            Event::AudioFrame {
                payload, timestamp, ..
            } => {
                if let Ok(packet) = Packet::new(sequence, timestamp, payload.to_vec()) {
                    sequence = sequence.wrapping_add(1);
                    sound.push(STREAM, Instant::now(), packet);
                }
            }
            Event::DevicesChanged => eprintln!("the devices have changed"),
            Event::MicrophoneEnded { .. } => break,
        }
    }
    Ok(())
}
