//! The audio level header extension (RFC 6464) is sent, unencrypted, if and only if the remote peer negotiated it.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};

use maru_lab::Conditions;
use maru_peer::{AudioLevel, ConnectionState, Kind, OutgoingFrame};
use support::path::{Shared, Tap, tapped_route};
use support::{Edit, edited_pair, frame, loopback, soon, write};

const URI: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const OPUS: u8 = 111;

/// One-byte header extensions of a packet (RFC 8285 §4.2): ID and data.
type Extensions = Vec<(u8, Vec<u8>)>;

/// The header extensions of an Opus packet; `None` for other datagrams.
fn extensions(datagram: &[u8]) -> Option<Extensions> {
    // RTP and not RTCP (RFC 5761 §4); SRTP leaves the header as it is (RFC 3711 §3.1).
    let is_opus = datagram.len() > 12 && datagram[0] >> 6 == 2 && datagram[1] & 0x7f == OPUS;
    if !is_opus {
        return None;
    }
    let has_extension = datagram[0] & 0x10 != 0;
    if !has_extension {
        return Some(Vec::new());
    }
    assert_eq!(datagram[12..14], [0xbe, 0xde]);
    let words = usize::from(u16::from_be_bytes([datagram[14], datagram[15]]));
    let mut rest = &datagram[16..16 + 4 * words];
    let mut found = Vec::new();
    while let Some((&head, after)) = rest.split_first() {
        rest = after;
        if head != 0 {
            let (data, after) = rest.split_at(usize::from(head & 0xf) + 1);
            found.push((head >> 4, data.to_vec()));
            rest = after;
        }
    }
    Some(found)
}

/// The header extensions of the first three audio packets: without a level, with one for speech, with one for silence.
async fn sent_extensions(edit: Edit) -> Vec<Extensions> {
    let seen: Arc<Mutex<Vec<Extensions>>> = Arc::default();
    let log = Arc::clone(&seen);
    let tap: Tap = Arc::new(move |datagram| log.lock().unwrap().extend(extensions(datagram)));
    let route = tapped_route(&Shared::new(Conditions::default().into()), 1, tap);
    let (mut one, mut two) = edited_pair(loopback(), loopback(), Some(route), edit).await;
    let microphone = one.peer.add_track(Kind::Audio).await.unwrap();
    one.ready();
    one.reaches(ConnectionState::Connected).await;
    write(&microphone, frame(0, true, 80), 0).await;
    let mut audio = soon("the track", two.tracks.recv()).await.unwrap();
    soon("a packet", audio.recv()).await.unwrap();
    for (index, level) in [(true, 12), (false, 127)].into_iter().enumerate() {
        let level = AudioLevel {
            voice: level.0,
            minus_dbov: level.1,
        };
        let outgoing = OutgoingFrame {
            data: frame(1, true, 80),
            timestamp: 960 * u32::try_from(index + 1).unwrap(),
            after_silence: false,
            level: Some(level),
        };
        microphone.write(outgoing).await.unwrap();
        soon("a packet", audio.recv()).await.unwrap();
    }
    let seen = seen.lock().unwrap().clone();
    one.close().await;
    two.close().await;
    seen
}

#[tokio::test]
async fn the_level_is_sent_if_negotiated() {
    let seen = sent_extensions(|sdp| {
        assert!(sdp.contains(URI), "{sdp}");
        sdp
    })
    .await;
    let levels: Vec<Vec<u8>> = seen
        .iter()
        .map(|extensions| {
            let single = extensions.iter().filter(|(_, data)| data.len() == 1);
            single.map(|(_, data)| data[0]).collect()
        })
        .collect();
    assert_eq!(levels, [vec![], vec![0x80 | 12], vec![127]], "{seen:?}");
}

#[tokio::test]
async fn the_level_is_not_sent_unless_negotiated() {
    let seen = sent_extensions(|sdp| {
        let kept = sdp.split_inclusive('\n').filter(|line| !line.contains(URI));
        kept.collect()
    })
    .await;
    assert_eq!(seen.len(), 3);
    let others = seen.iter().flatten();
    // Only the transport-wide sequence number is left.
    assert!(
        others.into_iter().all(|(_, data)| data.len() == 2),
        "{seen:?}"
    );
}
