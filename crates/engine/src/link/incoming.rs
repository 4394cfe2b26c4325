//! Moves their frames to the loudspeaker and to the page.

use std::sync::Arc;
use std::time::{Duration, Instant};

use maru_audio::Packet;
use maru_peer::{Kind, RemoteTrack};
use maru_sound::Sound;
use tokio::sync::Notify;

use crate::engine::Listener;
use crate::hub::Hub;
use crate::media_socket::Header;
use crate::{EngineEvent, StreamId};

/// What the page needs to decode and draw a picture that is due now, in milliseconds.
const DRAWING: f64 = 20.0;
/// A picture is held back at most so long, in milliseconds; beyond, the voice is late for its own reasons.
const MAX_HOLD: f64 = 300.0;
/// Between two requests for a keyframe that does not come.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Where frames go.
#[derive(Clone)]
pub(super) struct Out {
    pub(super) hub: Arc<Hub>,
    pub(super) sound: Sound,
    pub(super) listener: Listener,
}

/// Runs until the track ends.
pub(super) async fn run(track: RemoteTrack, stream: StreamId, voice: Voice, out: Out) {
    match track.kind() {
        Kind::Audio => hear(track, stream, &out).await,
        Kind::Video => see(track, stream, &voice, &out).await,
    }
}

/// Whose voice a picture keeps in step with; filled in once it is known.
pub(super) type Voice = Arc<std::sync::OnceLock<StreamId>>;

async fn hear(mut track: RemoteTrack, stream: StreamId, out: &Out) {
    // One beyond what anybody can follow is not heard; its packets then go nowhere.
    let _ = out.sound.add_voice(stream);
    let _gone = Gone(|| {
        out.sound.remove_voice(stream);
        (out.listener)(EngineEvent::Live {
            stream,
            live: false,
        });
    });
    let mut live = false;
    while let Some(frame) = track.recv().await {
        if !live {
            live = true;
            (out.listener)(EngineEvent::Live { stream, live });
        }
        let sequence = frame.sequence.unwrap_or_default();
        // What is no Opus packet (RFC 6716 §3.4) is lost like one that never came.
        if let Ok(packet) = Packet::new(sequence, frame.timestamp, frame.data.to_vec()) {
            out.sound.push(stream, frame.arrived, packet);
        }
    }
}

async fn see(mut track: RemoteTrack, stream: StreamId, voice: &Voice, out: &Out) {
    let keyframe = Arc::new(Notify::new());
    out.hub.remote_came(stream, Arc::clone(&keyframe));
    let _gone = Gone(|| out.hub.remote_went(stream));
    // The page lost a frame: nothing but a keyframe is of use to it.
    let mut behind = true;
    let mut asked = Instant::now();
    loop {
        tokio::select! {
            frame = track.recv() => {
                let Some(frame) = frame else { return };
                if behind && !frame.keyframe {
                    // Also while no page is there: whoever comes back gets a picture within a second.
                    if asked.elapsed() >= ASK_AGAIN {
                        asked = Instant::now();
                        track.request_keyframe();
                    }
                    continue;
                }
                let header = Header {
                    stream,
                    keyframe: frame.keyframe,
                    hold: hold(&out.sound, voice),
                    timestamp: frame.timestamp,
                };
                let taken = out.hub.frame_for_page(header, &frame.data);
                behind = !taken;
            }
            () = keyframe.notified() => {
                behind = true;
                asked = Instant::now();
                track.request_keyframe();
            }
        }
    }
}

/// How long a picture that arrived now waits for the voice that arrived with it. By arrival and not by the
/// sender's clock (RTCP sender reports, RFC 3550 §6.4.1): both travel in one connection, so what arrives
/// together was captured together, within what the path reorders.
fn hold(sound: &Sound, voice: &Voice) -> u16 {
    let delay = voice
        .get()
        .and_then(|voice| sound.report(*voice))
        .and_then(|report| report.delay_ms)
        .unwrap_or(0.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what is named"
    )]
    let hold = (delay - DRAWING).clamp(0.0, MAX_HOLD) as u16;
    hold
}

/// Cleans up however the task ends, being cancelled included.
struct Gone<F: FnMut()>(F);

impl<F: FnMut()> Drop for Gone<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
