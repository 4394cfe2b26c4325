//! Signaling between two pages.

use std::time::Duration;

use maru_engine::{EngineEvent, LinkStatus};
use maru_protocol::{PeerSignal, Source};

use super::page::Page;
use super::{LINK, TIMEOUT};

/// Passes the signals of each page on to the other. Returns how many.
pub(crate) fn relay_signals(one: &mut Page, two: &mut Page) -> usize {
    relay(one, two) + relay(two, one)
}

fn relay(from: &mut Page, to: &Page) -> usize {
    let signals = from.take_signals();
    let count = signals.len();
    for signal in signals {
        deliver(signal, to);
    }
    count
}

fn deliver(mut signal: PeerSignal, to: &Page) {
    if let PeerSignal::Description { description, .. } = &mut signal {
        description.sdp = (to.rewrite_sdp)(std::mem::take(&mut description.sdp));
    }
    to.receive_signal(signal);
}

/// Relays signals until `done`.
pub(crate) async fn exchange_until(
    one: &mut Page,
    two: &mut Page,
    done: impl Fn(&Page, &Page) -> bool,
) {
    tokio::time::timeout(TIMEOUT, async {
        while !done(one, two) {
            relay_signals(one, two);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap_or_else(|_| {
        panic!(
            "not within {TIMEOUT:?}; received {:#?} {:#?}",
            one.received, two.received
        )
    });
}

/// Links two pages, and relays signals until both are connected with an open data channel.
pub(crate) async fn connect(one: &mut Page, two: &mut Page) {
    for (page, offer_first) in [(&*one, true), (&*two, false)] {
        // Fails if the test has created the link.
        let _ = page.create_link(LINK, offer_first);
    }
    let connected = |page: &Page| {
        page.status() == Some(LinkStatus::Connected)
            && page.has_received(|event| matches!(event, EngineEvent::Open { .. }))
    };
    exchange_until(one, two, |one, two| connected(one) && connected(two)).await;
}

/// Sends frames and relays signals until the receiver reports a remote track for `source`. It does so with the track's
/// first packet. Returns its stream at the receiver.
pub(crate) async fn exchange_until_track(
    sender: &mut Page,
    receiver: &mut Page,
    source: Source,
    stream: u32,
) -> u32 {
    tokio::time::timeout(TIMEOUT, async {
        for index in 0.. {
            sender.send_frame(stream, index).await;
            relay_signals(sender, receiver);
            if let Some(remote) = receiver.remote_stream(source) {
                return remote;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        unreachable!()
    })
    .await
    .unwrap_or_else(|_| panic!("no track; received {:#?}", receiver.received))
}
