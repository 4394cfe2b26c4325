//! A call from one of our peers to another over a made-up path, with an encoder that follows the estimate.
//! For virtual time: a current-thread runtime with its clock paused.
#![allow(dead_code, missing_docs, clippy::unwrap_used, unreachable_pub)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use maru_lab::Conditions;
use maru_peer::{ConnectionState, Kind, LocalTrack, OutgoingFrame, RemoteTrack};
use tokio::time::Instant;

use super::path::{Shared, route};
use super::{Side, loopback, pair};

struct Received {
    at: Instant,
    delay: Duration,
    octets: usize,
}

type Log = Arc<Mutex<Vec<Received>>>;

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

/// What came over since the last look.
#[derive(Debug)]
pub struct Seen {
    pub frames_per_second: f64,
    pub longest_gap: Duration,
    pub video_p95: Duration,
    pub kilobits_per_second: f64,
    /// Of the packets sent, those that took 200 ms at most.
    pub sound_in_time: f64,
    pub sound_p95: Duration,
    pub asked_again: u64,
    pub keyframes_asked: u64,
    /// Estimate at the end of each second.
    pub estimate: Vec<u32>,
}

pub struct Call {
    one: Side,
    two: Side,
    conditions: Shared,
    voice: LocalTrack,
    camera: LocalTrack,
    sound: Log,
    picture: Log,
    start: Instant,
    frames: u64,
    packets: u64,
    keyframe_due: bool,
    asked_before: u64,
    /// Most the encoder makes, in bits per second: at first 1280×720 at 30 fps.
    pub most: f64,
}

impl Call {
    pub async fn over(path: Path) -> Self {
        let conditions = Shared::new(path.conditions().into());
        let (mut one, mut two) = pair(loopback(), loopback(), Some(route(&conditions, 42))).await;
        let voice = one.peer.add_track(Kind::Audio).await.unwrap();
        let camera = one.peer.add_track(Kind::Video).await.unwrap();
        one.ready();
        one.reaches(ConnectionState::Connected).await;
        let start = Instant::now();
        let (sound, picture) = (Log::default(), Log::default());
        for track in [&voice, &camera] {
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
                &sound
            } else {
                &picture
            };
            tokio::spawn(read(remote, start, Arc::clone(log)));
        }
        Self {
            one,
            two,
            conditions,
            voice,
            camera,
            sound,
            picture,
            start,
            frames: 0,
            packets: 0,
            keyframe_due: true,
            asked_before: 0,
            most: 2_500_000.0,
        }
    }

    pub fn path(&self, path: Path) {
        *self.conditions.lock().unwrap() = path.conditions();
    }

    /// Runs for `seconds` and tells what came over.
    pub async fn run(&mut self, seconds: u64) -> Seen {
        self.sound.lock().unwrap().clear();
        self.picture.lock().unwrap().clear();
        let since = Instant::now();
        let (mut sent, mut keyframes_asked, mut estimate) = (0u64, 0, Vec::new());
        for second in 1..=seconds {
            let end = since + Duration::from_secs(second);
            self.stretch(end, &mut sent, &mut keyframes_asked).await;
            estimate.push(self.one.peer.stats().await.bandwidth);
        }
        let over = Instant::now();
        // What is still on its way arrives in a moment.
        tokio::time::sleep(Duration::from_millis(250)).await;
        let picture = std::mem::take(&mut *self.picture.lock().unwrap());
        let sound = std::mem::take(&mut *self.sound.lock().unwrap());
        let mut times: Vec<Instant> = picture
            .iter()
            .map(|frame| frame.at)
            .filter(|at| *at < over)
            .collect();
        times.insert(0, since);
        times.push(over);
        let asked = self.two.peer.stats().await.retransmissions_asked_for;
        let octets: usize = picture.iter().map(|frame| frame.octets).sum();
        let in_time = sound
            .iter()
            .filter(|packet| packet.delay <= Duration::from_millis(200))
            .count();
        let span = (over - since).as_secs_f64();
        Seen {
            frames_per_second: picture.len() as f64 / span,
            longest_gap: times
                .windows(2)
                .map(|pair| pair[1] - pair[0])
                .max()
                .unwrap_or_default(),
            video_p95: p95(&picture),
            kilobits_per_second: octets as f64 * 8.0 / span / 1000.0,
            sound_in_time: in_time as f64 / sent.max(1) as f64,
            sound_p95: p95(&sound),
            asked_again: asked - std::mem::replace(&mut self.asked_before, asked),
            keyframes_asked,
            estimate,
        }
    }

    /// Sound every 20 ms, a frame every 33 as large as the estimate allows; a keyframe where asked for.
    async fn stretch(&mut self, end: Instant, sent: &mut u64, keyframes_asked: &mut u64) {
        let mut sound = tokio::time::interval(Duration::from_millis(20));
        let mut picture = tokio::time::interval(Duration::from_micros(33_333));
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(end) => return,
                _ = sound.tick() => {
                    self.packets += 1;
                    *sent += 1;
                    let timestamp = (self.packets * 960) as u32;
                    let data = stamped(self.start, 80, true);
                    self.voice.write(OutgoingFrame { data, timestamp, after_silence: false, level: None }).await.unwrap();
                }
                _ = picture.tick() => self.frame().await,
                Some(_) = self.one.keyframes.recv() => {
                    self.keyframe_due = true;
                    *keyframes_asked += 1;
                }
            }
        }
    }

    async fn frame(&mut self) {
        self.frames += 1;
        if self.camera.backlog() > Duration::from_millis(100) {
            return;
        }
        let keyframe = std::mem::take(&mut self.keyframe_due);
        // A real encoder misses its target by some: take 85 % of the estimate, less sound.
        let estimate = f64::from(self.one.peer.stats().await.bandwidth);
        let bits = (estimate * 0.85 - 45_000.0).clamp(50_000.0, self.most);
        let size = (bits / 30.0 / 8.0 * if keyframe { 4.0 } else { 1.0 }) as usize;
        let timestamp = (self.frames * 3000) as u32;
        let data = stamped(self.start, size, keyframe);
        self.camera
            .write(OutgoingFrame {
                data,
                timestamp,
                after_silence: false,
                level: None,
            })
            .await
            .unwrap();
    }

    pub async fn end(self) {
        self.one.close().await;
        self.two.close().await;
    }
}

fn p95(log: &[Received]) -> Duration {
    let mut delays: Vec<Duration> = log.iter().map(|it| it.delay).collect();
    delays.sort_unstable();
    delays
        .get(delays.len() * 95 / 100)
        .copied()
        .unwrap_or_default()
}

/// A frame that tells when it was made.
fn stamped(start: Instant, size: usize, keyframe: bool) -> bytes::Bytes {
    let mut data = vec![u8::from(!keyframe); size.max(12)];
    data[4..12].copy_from_slice(&(start.elapsed().as_micros() as u64).to_be_bytes());
    data.into()
}

async fn read(mut track: RemoteTrack, start: Instant, log: Log) {
    while let Some(frame) = track.recv().await {
        let made = Duration::from_micros(u64::from_be_bytes(frame.data[4..12].try_into().unwrap()));
        let delay = start.elapsed().saturating_sub(made);
        log.lock().unwrap().push(Received {
            at: Instant::now(),
            delay,
            octets: frame.data.len(),
        });
    }
}
