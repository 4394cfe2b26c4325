//! A call between two peers over a simulated path, with an encoder that follows the bandwidth estimate.
//! For virtual time: a current-thread runtime with a paused clock.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{ConnectionState, Kind, LocalTrack, RemoteTrack};
use tokio::time::Instant;

use super::path::{Shared, route};
use super::{Side, loopback, outgoing, pair};

struct Arrival {
    at: Instant,
    delay: Duration,
    bytes: usize,
}

type Log = Arc<Mutex<Vec<Arrival>>>;

/// A path: bits per second (0: unlimited), one-way delay and jitter in milliseconds, loss in permille.
#[derive(Debug, Clone, Copy, Default)]
pub struct Path {
    pub rate: u64,
    pub delay: u64,
    pub jitter: u64,
    pub loss: u64,
}

impl Path {
    fn conditions(self) -> Conditions {
        Conditions {
            delay_ms: self.delay,
            jitter_ms: self.jitter,
            loss: self.loss as f64 / 1000.0,
            rate: self.rate,
            ..Conditions::default()
        }
    }
}

/// What was received during one run.
#[derive(Debug)]
pub struct Received {
    pub frames_per_second: f64,
    pub longest_gap: Duration,
    pub video_p95: Duration,
    pub kilobits_per_second: f64,
    /// Share of the audio packets that arrived within 200 ms.
    pub audio_in_time: f64,
    pub audio_p95: Duration,
    pub packets_requested: u64,
    pub keyframes_requested: u64,
    /// The bandwidth estimate at the end of each second, in bits per second.
    pub estimate: Vec<u32>,
}

pub struct Call {
    one: Side,
    two: Side,
    conditions: Shared,
    microphone: LocalTrack,
    camera: LocalTrack,
    audio: Log,
    video: Log,
    start: Instant,
    frames: u64,
    packets: u64,
    keyframe_due: bool,
    requested_before: u64,
    /// The encoder's limit, in bits per second. Initially that of 1280×720 at 30 fps.
    pub max_bitrate: f64,
}

impl Call {
    pub async fn over(path: Path) -> Self {
        let conditions = Shared::new(path.conditions().into());
        let (mut one, mut two) = pair(loopback(), loopback(), Some(route(&conditions, 42))).await;
        let microphone = one.peer.add_track(Kind::Audio).await.unwrap();
        let camera = one.peer.add_track(Kind::Video).await.unwrap();
        one.ready();
        one.reaches(ConnectionState::Connected).await;
        let start = Instant::now();
        let (audio, video) = (Log::default(), Log::default());
        for track in [&microphone, &camera] {
            let mut arrived = None;
            // The first packet may be lost.
            while arrived.is_none() {
                super::write(track, stamped(start, 200, true), 0).await;
                arrived = tokio::time::timeout(Duration::from_millis(300), two.tracks.recv())
                    .await
                    .ok();
            }
            let remote = arrived.flatten().unwrap();
            let log = if remote.kind() == Kind::Audio {
                &audio
            } else {
                &video
            };
            tokio::spawn(read(remote, start, Arc::clone(log)));
        }
        Self {
            one,
            two,
            conditions,
            microphone,
            camera,
            audio,
            video,
            start,
            frames: 0,
            packets: 0,
            keyframe_due: true,
            requested_before: 0,
            max_bitrate: 2_500_000.0,
        }
    }

    pub fn path(&self, path: Path) {
        *self.conditions.lock().unwrap() = path.conditions();
    }

    /// Runs for `seconds`. Returns what was received.
    pub async fn run(&mut self, seconds: u64) -> Received {
        self.audio.lock().unwrap().clear();
        self.video.lock().unwrap().clear();
        let since = Instant::now();
        let (mut sent, mut keyframes_requested, mut estimate) = (0u64, 0, Vec::new());
        for second in 1..=seconds {
            let end = since + Duration::from_secs(second);
            self.send_until(end, &mut sent, &mut keyframes_requested)
                .await;
            estimate.push(self.one.peer.stats().await.bandwidth);
        }
        let over = Instant::now();
        // Packets that are still on their way.
        tokio::time::sleep(Duration::from_millis(250)).await;
        let video = std::mem::take(&mut *self.video.lock().unwrap());
        let audio = std::mem::take(&mut *self.audio.lock().unwrap());
        let mut times: Vec<Instant> = video
            .iter()
            .map(|frame| frame.at)
            .filter(|at| *at < over)
            .collect();
        times.insert(0, since);
        times.push(over);
        let requested = self.two.peer.stats().await.retransmissions_requested;
        let bytes: usize = video.iter().map(|frame| frame.bytes).sum();
        let in_time = audio
            .iter()
            .filter(|packet| packet.delay <= Duration::from_millis(200))
            .count();
        let span = (over - since).as_secs_f64();
        Received {
            frames_per_second: video.len() as f64 / span,
            longest_gap: times
                .windows(2)
                .map(|pair| pair[1] - pair[0])
                .max()
                .unwrap_or_default(),
            video_p95: p95(&video),
            kilobits_per_second: bytes as f64 * 8.0 / span / 1000.0,
            audio_in_time: in_time as f64 / sent.max(1) as f64,
            audio_p95: p95(&audio),
            packets_requested: requested - std::mem::replace(&mut self.requested_before, requested),
            keyframes_requested,
            estimate,
        }
    }

    /// Sends an audio packet every 20 ms, and every 33 ms a frame as large as the estimate allows; a keyframe where
    /// requested.
    async fn send_until(&mut self, end: Instant, sent: &mut u64, keyframes_requested: &mut u64) {
        let mut audio = tokio::time::interval(Duration::from_millis(20));
        let mut video = tokio::time::interval(Duration::from_micros(33_333));
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(end) => return,
                _ = audio.tick() => {
                    self.packets += 1;
                    *sent += 1;
                    let timestamp = (self.packets * 960) as u32;
                    let data = stamped(self.start, 80, true);
                    self.microphone.write(outgoing(data, timestamp)).await.unwrap();
                }
                _ = video.tick() => self.send_frame().await,
                Some(_) = self.one.keyframes.recv() => {
                    self.keyframe_due = true;
                    *keyframes_requested += 1;
                }
            }
        }
    }

    async fn send_frame(&mut self) {
        self.frames += 1;
        if self.camera.backlog() > Duration::from_millis(100) {
            return;
        }
        let keyframe = std::mem::take(&mut self.keyframe_due);
        // Real encoders overshoot: 85 % of the estimate, less audio.
        let estimate = f64::from(self.one.peer.stats().await.bandwidth);
        let bits = (estimate * 0.85 - 45_000.0).clamp(50_000.0, self.max_bitrate);
        let size = (bits / 30.0 / 8.0 * if keyframe { 4.0 } else { 1.0 }) as usize;
        let timestamp = (self.frames * 3000) as u32;
        let data = stamped(self.start, size, keyframe);
        self.camera.write(outgoing(data, timestamp)).await.unwrap();
    }

    pub async fn end(self) {
        self.one.close().await;
        self.two.close().await;
    }
}

fn p95(log: &[Arrival]) -> Duration {
    let mut delays: Vec<Duration> = log.iter().map(|it| it.delay).collect();
    delays.sort_unstable();
    delays
        .get(delays.len() * 95 / 100)
        .copied()
        .unwrap_or_default()
}

/// A frame with its creation time in it.
fn stamped(start: Instant, size: usize, keyframe: bool) -> bytes::Bytes {
    let mut data = vec![u8::from(!keyframe); size.max(12)];
    data[4..12].copy_from_slice(&(start.elapsed().as_micros() as u64).to_be_bytes());
    data.into()
}

async fn read(mut track: RemoteTrack, start: Instant, log: Log) {
    while let Some(frame) = track.recv().await {
        let made = Duration::from_micros(u64::from_be_bytes(frame.data[4..12].try_into().unwrap()));
        let delay = start.elapsed().saturating_sub(made);
        log.lock().unwrap().push(Arrival {
            at: Instant::now(),
            delay,
            bytes: frame.data.len(),
        });
    }
}
