//! Passes remote media on: audio to the loudspeaker, video to the page's worker.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use maru_audio::Packet;
use maru_peer::{Kind, RemoteTrack, SenderClock};
use maru_sound::Sound;
use tokio::sync::Notify;

use super::av_sync::{AudioPlayout, AvSync, VideoFrame};
use super::context::LinkContext;
use crate::event::EngineEvent;
use crate::ids::StreamId;
use crate::wire::FrameHeader;

/// Minimum time between two keyframe requests while no keyframe arrives.
const KEYFRAME_REQUEST_INTERVAL: Duration = Duration::from_secs(1);
/// Samples per millisecond of the mixer.
const SAMPLES_PER_MS: f64 = 48.0;

/// The remote audio that the video of the same connection is synchronized with; set once it is known.
pub(super) type SyncAudio = Arc<OnceLock<(StreamId, SenderClock)>>;

/// Runs until the track ends.
pub(super) async fn receive_media(
    track: RemoteTrack,
    stream: StreamId,
    sync_audio: SyncAudio,
    context: LinkContext,
) {
    match track.kind() {
        Kind::Audio => receive_audio(track, stream, &context).await,
        Kind::Video => receive_video(track, stream, &sync_audio, &context).await,
    }
}

async fn receive_audio(mut track: RemoteTrack, stream: StreamId, context: &LinkContext) {
    // Beyond the mixer's limit of streams, the packets are dropped.
    let _ = context.sound.add_stream(stream);
    let _on_end = OnDrop(|| {
        context.sound.remove_stream(stream);
        context.emit(EngineEvent::Live {
            stream,
            live: false,
        });
    });
    let mut live = false;
    while let Some(frame) = track.recv().await {
        if !live {
            live = true;
            context.emit(EngineEvent::Live { stream, live });
        }
        let sequence = frame.sequence.unwrap_or_default();
        // An invalid Opus packet (RFC 6716 §3.4) counts as lost.
        if let Ok(packet) = Packet::new(sequence, frame.timestamp, frame.data.to_vec()) {
            context.sound.push(stream, frame.arrived, packet);
        }
    }
}

async fn receive_video(
    mut track: RemoteTrack,
    stream: StreamId,
    sync_audio: &SyncAudio,
    context: &LinkContext,
) {
    let keyframe_needed = Arc::new(Notify::new());
    context
        .router
        .add_remote_video(stream, Arc::clone(&keyframe_needed));
    let _on_end = OnDrop(|| context.router.remove_remote_video(stream));
    // After a frame that did not reach the worker, its decoder needs a keyframe.
    let mut awaiting_keyframe = true;
    let mut requested: Option<Instant> = None;
    let mut sync = AvSync::new(Instant::now());
    let clock = track.sender_clock().clone();
    loop {
        tokio::select! {
            frame = track.recv() => {
                let Some(frame) = frame else { return };
                if awaiting_keyframe && !frame.keyframe {
                    // Also while no worker is connected: one that connects then has video within a second.
                    if requested.is_none_or(|at| at.elapsed() >= KEYFRAME_REQUEST_INTERVAL) {
                        requested = Some(Instant::now());
                        track.request_keyframe();
                    }
                    continue;
                }
                let now = Instant::now();
                let video = VideoFrame {
                    timestamp: frame.timestamp,
                    sender_report: clock.newest(),
                };
                let playout = sync.on_frame(now, video, audio_playout(&context.sound, sync_audio, now));
                if let Some((audio, _)) = sync_audio.get()
                    && let Some(delay) = playout.min_audio_delay
                {
                    context.sound.set_min_delay(*audio, delay);
                }
                let header = FrameHeader {
                    stream,
                    keyframe: frame.keyframe,
                    playout_delay: whole_milliseconds(playout.video_delay),
                    timestamp: frame.timestamp,
                };
                awaiting_keyframe = !context.router.send_to_worker(header, &frame.data);
            }
            () = keyframe_needed.notified() => {
                awaiting_keyframe = true;
                requested = Some(Instant::now());
                track.request_keyframe();
            }
        }
    }
}

fn whole_milliseconds(delay: f64) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "less than a second, never negative; a cast saturates anyway"
    )]
    let delay = delay.round() as u16;
    delay
}

/// The playout of the audio that the video is synchronized with.
fn audio_playout(sound: &Sound, sync_audio: &SyncAudio, now: Instant) -> AudioPlayout {
    let Some((stream, clock)) = sync_audio.get() else {
        return AudioPlayout::default();
    };
    let Some(stats) = sound.stream_stats(*stream) else {
        return AudioPlayout::default();
    };
    #[expect(clippy::cast_precision_loss, reason = "a second of samples at most")]
    let target_delay = stats.mixer.target_delay as f64 / SAMPLES_PER_MS;
    AudioPlayout {
        sender_report: clock.newest(),
        audible_timestamp: stats.audible_timestamp(now),
        delay: stats.delay_ms,
        target_delay,
    }
}

/// Runs a function however the task ends, also when it is cancelled.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
