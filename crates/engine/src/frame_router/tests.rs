use super::*;

fn frame(stream: StreamId, keyframe: bool) -> FrameHeader {
    FrameHeader {
        stream,
        keyframe,
        playout_delay: 0,
        timestamp: 0,
    }
}

fn read_texts(worker: &mut mpsc::Receiver<Message>) -> Vec<String> {
    std::iter::from_fn(|| worker.try_recv().ok())
        .map(|message| message.to_string())
        .collect()
}

#[test]
fn the_worker_stops_encoding_a_stream_that_no_link_sends_any_more() {
    let router = FrameRouter::default();
    let (messages, mut worker) = mpsc::channel(16);
    router.connect_worker(messages);
    let _frames = router.add_link(1, 1_000_000, 4);
    router.set_video(1, Source::Camera, Some(7));
    assert_eq!(
        read_texts(&mut worker),
        [
            r#"{"type":"encode","stream":7,"bitrate":802000}"#,
            r#"{"type":"keyframe","stream":7}"#
        ]
    );
    router.set_video(1, Source::Camera, None);
    assert_eq!(
        read_texts(&mut worker),
        [r#"{"type":"encode","stream":7,"bitrate":0}"#]
    );
}

#[test]
fn a_worker_that_connects_later_gets_the_bitrates() {
    let router = FrameRouter::default();
    let _frames = router.add_link(1, 1_000_000, 4);
    router.set_video(1, Source::Camera, Some(7));
    let (messages, mut worker) = mpsc::channel(16);
    router.connect_worker(messages);
    assert_eq!(
        read_texts(&mut worker),
        [r#"{"type":"encode","stream":7,"bitrate":802000}"#]
    );
}

#[test]
fn a_link_that_missed_a_frame_waits_for_a_keyframe_and_other_links_do_not() {
    let router = FrameRouter::default();
    let mut slow = router.add_link(1, 1_000_000, 1);
    let mut fast = router.add_link(2, 1_000_000, 8);
    for link in [1, 2] {
        router.set_video(link, Source::Camera, Some(7));
    }
    let payload = Bytes::from_static(b"x");
    for keyframe in [true, false, false] {
        router.send_to_links(frame(7, keyframe), &payload);
    }
    assert!(slow.try_recv().unwrap().keyframe);
    router.send_to_links(frame(7, false), &payload);
    assert!(slow.try_recv().is_err());
    router.send_to_links(frame(7, true), &payload);
    assert!(slow.try_recv().unwrap().keyframe);
    assert_eq!(std::iter::from_fn(|| fast.try_recv().ok()).count(), 5);
}

#[test]
fn a_keyframe_is_requested_once_the_queue_of_a_link_that_missed_a_frame_is_empty() {
    let router = FrameRouter::default();
    let (messages, mut worker) = mpsc::channel(16);
    router.connect_worker(messages);
    let mut frames = router.add_link(1, 1_000_000, 1);
    router.set_video(1, Source::Camera, Some(7));
    let payload = Bytes::from_static(b"x");
    for keyframe in [true, false, false] {
        router.send_to_links(frame(7, keyframe), &payload);
    }
    read_texts(&mut worker);
    frames.try_recv().unwrap();
    router.send_to_links(frame(7, false), &payload);
    assert_eq!(
        read_texts(&mut worker),
        [r#"{"type":"keyframe","stream":7}"#]
    );
}

#[test]
fn frames_for_a_worker_that_does_not_read_are_dropped() {
    let router = FrameRouter::default();
    let (messages, worker) = mpsc::channel(4);
    let connection = router.connect_worker(messages);
    let queued = (0..100)
        .filter(|_| router.send_to_worker(frame(9, true), b"x"))
        .count();
    assert_eq!(queued, 4);
    drop(worker);
    router.disconnect_worker(connection);
    assert!(!router.send_to_worker(frame(9, true), b"x"));
}

#[test]
fn a_replaced_worker_that_disconnects_does_not_disconnect_its_successor() {
    let router = FrameRouter::default();
    let (messages, _old) = mpsc::channel(4);
    let old = router.connect_worker(messages);
    let (messages, _new) = mpsc::channel(4);
    router.connect_worker(messages);
    router.disconnect_worker(old);
    assert!(router.send_to_worker(frame(9, true), b"x"));
}
