//! Bounded queues, orderly shutdown, and no work while idle.

mod support;

use std::time::Instant;

use maru_audio::{Packet, mixer::MAX_STREAMS};
use support::{TIMEOUT, frame, start, until};

#[tokio::test]
async fn events_end_with_the_last_handle() {
    let (sound, mut events) = start();
    sound.open_microphone(None).await.expect("a microphone");
    sound.add_stream(3);
    frame(&mut events).await;
    let clone = sound.clone();
    drop(sound);
    frame(&mut events).await;
    drop(clone);
    let end = async { while events.next().await.is_some() {} };
    tokio::time::timeout(TIMEOUT, end)
        .await
        .expect("both threads have ended");
}

#[tokio::test]
async fn a_flood_of_packets_is_dropped_and_counted() {
    let (sound, _events) = start();
    for stream in 0..100 {
        assert_eq!(sound.add_stream(stream), (stream as usize) < MAX_STREAMS);
    }
    let packet = Packet::new(1, 960, vec![0x08, 0, 0]).expect("a SILK frame");
    for _ in 0..50_000 {
        sound.push(5, Instant::now(), packet.clone());
        sound.push(77, Instant::now(), packet.clone());
    }
    assert!(
        sound.counts().packets_dropped >= 50_000,
        "there is no stream 77"
    );
    until("all streams are mixed", || {
        let levels = sound.levels();
        levels.streams.len() == MAX_STREAMS
    })
    .await;
    until("duplicates are detected", || {
        sound.stream_stats(5).is_some_and(|stats| {
            stats.mixer.jitter_buffer.duplicate_packets > 0
                && stats.mixer.jitter_buffer.played_packets <= 1
        })
    })
    .await;
}

#[tokio::test]
async fn unread_frames_are_dropped_and_the_newest_kept() {
    let (sound, mut events) = start();
    sound.open_microphone(None).await.expect("a microphone");
    until("frames are dropped", || sound.counts().frames_dropped > 10).await;
    let (_, first) = frame(&mut events).await;
    assert!(first >= 10 * 960, "{first}: the oldest are gone");
}

#[tokio::test]
async fn cancelled_openings_leave_no_microphone_open() {
    let (sound, mut events) = start();
    {
        let opening = sound.open_microphone(None);
        tokio::pin!(opening);
        // Requested, and cancelled at once.
        let _pending = poll_once(opening.as_mut()).await;
    }
    // Requests are handled in order.
    let _devices = sound.devices().await;
    until("it is closed", || sound.levels().input <= -96.0).await;
    let opened = sound.open_microphone(None).await.expect("a microphone");
    loop {
        let (microphone, _) = frame(&mut events).await;
        if microphone == opened.microphone {
            break;
        }
    }
}

async fn poll_once<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let mut future = Some(future);
    std::future::poll_fn(move |context| {
        let future = future.take().expect("polled once");
        std::task::Poll::Ready(match future.poll(context) {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

/// How often the thread of this name has gone to sleep.
#[cfg(target_os = "linux")]
fn sleeps(name: &str) -> Option<u64> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    tasks.flatten().find_map(|task| {
        let status = std::fs::read_to_string(task.path().join("status")).ok()?;
        let value = |key: &str| {
            let line = status.lines().find(|line| line.starts_with(key))?;
            line.split_whitespace().nth(1)
        };
        (value("Name:")? == name).then(|| value("voluntary_ctxt_switches:")?.parse().ok())?
    })
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_sound_thread_sleeps_while_nothing_is_in_use() {
    let (sound, mut events) = start();
    let opened = sound.open_microphone(None).await.expect("a microphone");
    frame(&mut events).await;
    let busy = sleeps("maru-sound").expect("the thread exists");
    until("the thread is working", || {
        sleeps("maru-sound") > Some(busy + 10)
    })
    .await;
    sound.close_microphone(opened.microphone);
    let (mut last, mut unchanged) = (None, 0);
    until("it sleeps for 200 polls", || {
        let now = sleeps("maru-sound");
        unchanged = if now == last { unchanged + 1 } else { 0 };
        last = now;
        unchanged > 200
    })
    .await;
    assert!(last.is_some());
}
