//! With a real sound server: `cargo test -p maru-sound --test live_pipewire -- --ignored --nocapture`. `cargo xtask test`
//! runs it after the other tests, alone.
//!
//! Needs pipewire, pipewire-pulse, pipewire-alsa, wireplumber, pactl and dbus-run-session, no sound card and no
//! desktop session: it starts a PipeWire of its own (`data/room.sh`).
#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout, reason = "prints figures")]

mod support;

use std::{
    process::Command,
    time::{Duration, Instant},
};

use maru_audio::processing::ProcessingSettings;
use maru_sound::{Config, DEFAULT, DeviceKind, Event, Sound};
use support::{Forwarder, TIMEOUT, next, start, until};

/// Set where the test runs again, inside its own PipeWire.
const ROOM: &str = "MARU_SOUND_ROOM";
const PIPEWIRE: &str = "MARU_SOUND_PIPEWIRE";

#[test]
#[ignore = "needs a private PipeWire"]
fn the_echo_of_a_played_stream_is_cancelled() {
    if std::env::var_os(ROOM).is_some() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(in_the_room());
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let status = Command::new("dbus-run-session")
        .args(["--", "bash"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/room.sh"))
        .arg(std::env::current_exe().expect("this test"))
        .args(["--ignored", "--nocapture", "--test-threads=1"])
        .env(ROOM, folder.path())
        .status()
        .expect("dbus-run-session is installed");
    assert!(status.success(), "{status}");
}

async fn in_the_room() {
    let (far, far_events) = start();
    let (sound, mut events) = Sound::start(Config { mock: false });
    let devices = sound.devices().await;
    for kind in [DeviceKind::Microphone, DeviceKind::Speaker] {
        assert!(
            devices
                .iter()
                .any(|device| device.kind == kind && device.id == DEFAULT),
            "{devices:?}"
        );
    }
    sound.set_processing(ProcessingSettings {
        echo_cancellation: false,
        noise_suppression: false,
        gain_control: false,
    });
    sound.add_stream(1);
    let _forwarder = Forwarder::new(far_events, &sound, 1);
    far.open_microphone(None).await.expect("a mock microphone");
    let opening = Instant::now();
    let opened = sound
        .open_microphone(None)
        .await
        .expect("the PipeWire source");
    println!("{opened:?} after {:?}", opening.elapsed());

    until("the microphone captures the played stream", || {
        sound.levels().input > -40.0
    })
    .await;
    let echo = echo_gain(&sound).await;
    next(&mut events, |event| {
        matches!(event, Event::AudioFrame { .. }).then_some(())
    })
    .await;
    sound.set_processing(ProcessingSettings {
        gain_control: false,
        ..ProcessingSettings::default()
    });
    // Waits as long as needed: when the sound server stutters on a busy machine, the delay of the echo changes and the
    // filter converges again. Synthetic speech is the worst case for an adaptive filter (decision 0031).
    let left = echo_gain_until(&sound, |gain| gain <= echo - 12.0).await;
    println!("echo {echo:.1} dB, {left:.1} dB after cancelling");
    println!("{:?}", sound.stream_stats(1).expect("a stream"));
    println!("{:?}; CPU of threads: {}", sound.counts(), times());
    // The echo was there all the time.
    sound.set_processing(ProcessingSettings {
        echo_cancellation: false,
        noise_suppression: false,
        gain_control: false,
    });
    let again = echo_gain_until(&sound, |gain| gain >= echo - 6.0).await;
    println!("{again:.1} dB without cancelling again");

    // The sound server dies: an event reports it, and nothing spins.
    let pipewire = std::env::var(PIPEWIRE).expect("set by room.sh");
    let killed = Command::new("kill").arg(pipewire).status();
    assert!(killed.expect("kill is there").success());
    let ended = next(&mut events, |event| match event {
        Event::MicrophoneEnded { microphone } => Some(microphone),
        _ => None,
    })
    .await;
    assert_eq!(ended, opened.microphone);
    let before = times();
    tokio::time::sleep(Duration::from_secs(3)).await;
    println!("CPU of threads before: {before}; 3 s later: {}", times());
    println!("{:?}", sound.counts());
    let played = sound
        .stream_stats(1)
        .expect("a stream")
        .mixer
        .jitter_buffer
        .played_packets;
    until("the stream continues without a loudspeaker", || {
        sound
            .stream_stats(1)
            .is_some_and(|stats| stats.mixer.jitter_buffer.played_packets > played)
    })
    .await;
}

/// Measures until `enough` returns true.
async fn echo_gain_until(sound: &Sound, enough: impl Fn(f32) -> bool) -> f32 {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let gain = echo_gain(sound).await;
        if enough(gain) {
            return gain;
        }
        assert!(Instant::now() < deadline, "the echo stays at {gain:.1} dB");
    }
}

/// Level of the captured signal relative to the played stream, dB: from the mean powers of three seconds that contain
/// speech. Relative, because the level of phrases differs by 25 dB.
async fn echo_gain(sound: &Sound) -> f32 {
    const SPEECH: f32 = -45.0;
    let power = |level: f32| 10f32.powf(level / 10.0);
    let deadline = Instant::now() + TIMEOUT;
    loop {
        assert!(Instant::now() < deadline, "no speech is played");
        let (mut captured, mut played, mut samples) = (0.0, 0.0, 0u16);
        let end = Instant::now() + Duration::from_secs(3);
        while Instant::now() < end {
            let far = sound.stream_stats(1).expect("a stream").mixer.meter.dbfs();
            played += power(far);
            captured += power(sound.levels().input);
            samples += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if played > power(SPEECH) * f32::from(samples) {
            return 10.0 * (captured / played).log10();
        }
    }
}

/// CPU time of this process's threads so far, in hundredths of a second.
fn times() -> String {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let mut times: Vec<String> = tasks
        .flatten()
        .filter_map(|task| {
            let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
            let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
            let field = |index| rest.split_whitespace().nth(index)?.parse::<u64>().ok();
            Some(format!("{name} {}", field(11)? + field(12)?))
        })
        .collect();
    times.sort();
    times.join(", ")
}
