//! Moves their frames to the loudspeaker and to the page.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use maru_audio::Packet;
use maru_peer::{Kind, RemoteTrack, SenderClock};
use maru_sound::Sound;
use tokio::sync::Notify;

use super::lip_sync::{Heard, LipSync, Picture};
use crate::engine::Listener;
use crate::hub::Hub;
use crate::media_socket::Header;
use crate::{EngineEvent, StreamId};

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
pub(super) type Voice = Arc<OnceLock<(StreamId, SenderClock)>>;

async fn hear(mut track: RemoteTrack, stream: StreamId, out: &Out) {
    // One beyond what anybody can follow is not heard; its packets then go nowhere.
    let _ = out.sound.add_stream(stream);
    let _gone = Gone(|| {
        out.sound.remove_stream(stream);
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
    let mut asked: Option<Instant> = None;
    let mut sync = LipSync::new(Instant::now());
    let clock = track.sender_clock().clone();
    loop {
        tokio::select! {
            frame = track.recv() => {
                let Some(frame) = frame else { return };
                if behind && !frame.keyframe {
                    // Also while no page is there: whoever comes back gets a picture within a second.
                    if asked.is_none_or(|asked| asked.elapsed() >= ASK_AGAIN) {
                        asked = Some(Instant::now());
                        track.request_keyframe();
                    }
                    continue;
                }
                let now = Instant::now();
                let picture = Picture {
                    timestamp: frame.timestamp,
                    report: clock.newest(),
                };
                let verdict = sync.picture(now, picture, heard(&out.sound, voice, now));
                if let Some((voice, _)) = voice.get()
                    && let Some(delay) = verdict.least_delay
                {
                    out.sound.set_min_delay(*voice, delay);
                }
                let header = Header {
                    stream,
                    keyframe: frame.keyframe,
                    hold: whole(verdict.hold),
                    timestamp: frame.timestamp,
                };
                let taken = out.hub.frame_for_page(header, &frame.data);
                behind = !taken;
            }
            () = keyframe.notified() => {
                behind = true;
                asked = Some(Instant::now());
                track.request_keyframe();
            }
        }
    }
}

/// Milliseconds on the wire.
fn whole(hold: f64) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "less than a second, never negative; a cast saturates anyway"
    )]
    let hold = hold.round() as u16;
    hold
}

/// What the voice beside a picture does right now.
fn heard(sound: &Sound, voice: &Voice, now: Instant) -> Heard {
    let Some((stream, clock)) = voice.get() else {
        return Heard::default();
    };
    let Some(report) = sound.stream_stats(*stream) else {
        return Heard::default();
    };
    #[expect(clippy::cast_precision_loss, reason = "a second of samples at most")]
    let target = report.mixer.target_delay as f64 / 48.0;
    Heard {
        report: clock.newest(),
        audible: report.audible_timestamp(now),
        delay: report.delay_ms,
        target,
    }
}

/// Cleans up however the task ends, being cancelled included.
struct Gone<F: FnMut()>(F);

impl<F: FnMut()> Drop for Gone<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
