//! Two peers without media on loopback: negotiation, colliding offers, ICE restarts, media that is refused.
#![allow(clippy::unwrap_used)]

mod support;

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use maru_peer::{
    Bind, Channel, Config, ConnectionState, Error, Event, Events, Kind, Message, Peer,
};
use support::{Side, data_only, fingerprint, loopback, negotiated, numbered, pair, soon, written};

/// The channels of a files connection.
async fn channels(peer: &Peer) -> [Channel; 2] {
    [
        peer.create_channel(negotiated(0, true)).await.unwrap(),
        peer.create_channel(negotiated(1, false)).await.unwrap(),
    ]
}

/// Each channel carries a message in each direction.
async fn carry(ours: &mut [Channel; 2], theirs: &mut [Channel; 2]) {
    for (one, other) in ours.iter_mut().zip(theirs) {
        soon("a channel", one.opened()).await.unwrap();
        soon("a channel", other.opened()).await.unwrap();
        let message = Message::Binary(numbered(7, 100_000));
        one.send(message.clone()).await.unwrap();
        assert_eq!(
            soon("a message", other.recv()).await.as_ref(),
            Some(&message)
        );
        other.send(message.clone()).await.unwrap();
        assert_eq!(soon("a message", one.recv()).await, Some(message));
    }
}

async fn connected() -> (Side, Side, [Channel; 2], [Channel; 2]) {
    let (one, two) = pair(data_only(), data_only(), None).await;
    let (mut ours, mut theirs) = (channels(&one.peer).await, channels(&two.peer).await);
    one.ready();
    carry(&mut ours, &mut theirs).await;
    (one, two, ours, theirs)
}

/// Passes candidates on while `future` runs.
async fn relaying<T>(
    peers: [&Peer; 2],
    events: [&mut Events; 2],
    future: impl Future<Output = T>,
) -> T {
    let [one, two] = peers;
    let [events_of_one, events_of_two] = events;
    let relay = async {
        loop {
            let (to, event) = tokio::select! {
                event = events_of_one.next() => (two, event),
                event = events_of_two.next() => (one, event),
            };
            if let Event::Candidate(candidate) = event.unwrap() {
                to.add_candidate(candidate).await.unwrap();
            }
        }
    };
    tokio::select! {
        result = future => result,
        () = relay => unreachable!(),
    }
}

#[tokio::test]
async fn descriptions_have_one_section_and_the_fingerprints_of_the_handshake() {
    let (one, mut events_of_one) = Peer::new(data_only()).await.unwrap();
    let (two, mut events_of_two) = Peer::new(data_only()).await.unwrap();
    for kind in [Kind::Audio, Kind::Video] {
        assert_eq!(one.add_track(kind).await.unwrap_err(), Error::NoMedia);
        let refused = one.add_send_only_track(kind).await;
        assert_eq!(refused.unwrap_err(), Error::NoMedia);
    }
    let (mut ours, mut theirs) = (channels(&one).await, channels(&two).await);
    let offer = one.create_offer(false).await.unwrap();
    let answer = two.apply_offer(&offer).await.unwrap();
    one.apply_answer(&answer).await.unwrap();
    for sdp in [&offer, &answer] {
        let sections: Vec<_> = sdp.lines().filter(|line| line.starts_with("m=")).collect();
        assert!(
            matches!(sections[..], [section] if section.starts_with("m=application ")),
            "{sdp}"
        );
        assert!(
            !sdp.contains("a=rtpmap") && !sdp.contains("a=extmap:"),
            "{sdp}"
        );
    }
    assert_eq!(one.fingerprints().await, None);
    relaying(
        [&one, &two],
        [&mut events_of_one, &mut events_of_two],
        carry(&mut ours, &mut theirs),
    )
    .await;
    let of_one = one.fingerprints().await.unwrap();
    let of_two = two.fingerprints().await.unwrap();
    assert_eq!((of_one.local, of_one.remote), (of_two.remote, of_two.local));
    assert_eq!(Some(written(of_one.local)), fingerprint(&offer));
    assert_eq!(Some(written(of_one.remote)), fingerprint(&answer));
    let path = one.stats().await.path;
    assert_eq!(
        (path.relayed, path.local_candidate.as_deref()),
        (false, Some("host"))
    );
    assert!(path.round_trip.is_some());
}

#[tokio::test]
async fn of_two_colliding_offers_the_polite_peer_rolls_its_own_back() {
    for _ in 0..5 {
        let (mut one, mut two) = pair(data_only(), data_only(), None).await;
        let (mut ours, mut theirs) = (channels(&one.peer).await, channels(&two.peer).await);
        one.ready();
        two.ready();
        carry(&mut ours, &mut theirs).await;
        one.reaches(ConnectionState::Connected).await;
        two.reaches(ConnectionState::Connected).await;
        assert!(*one.offers.borrow() > 0 && *two.offers.borrow() > 0);
    }
}

#[tokio::test]
async fn an_ice_restart_by_either_peer_keeps_the_channels() {
    let (mut one, mut two, mut ours, mut theirs) = connected().await;
    two.ready();
    let fingerprints = one.peer.fingerprints().await;
    for round in 0..4 {
        let side = if round % 2 == 0 { &mut one } else { &mut two };
        let before = *side.offers.borrow();
        side.restart_ice();
        soon("the offer", side.offers.wait_for(|count| *count > before))
            .await
            .unwrap();
        carry(&mut ours, &mut theirs).await;
        one.reaches(ConnectionState::Connected).await;
        two.reaches(ConnectionState::Connected).await;
    }
    assert_eq!(one.peer.fingerprints().await, fingerprints);
}

#[tokio::test]
async fn an_offer_with_media_is_refused_and_changes_nothing() {
    let (one, two, mut ours, mut theirs) = connected().await;
    let (caller, _events) = Peer::new(loopback()).await.unwrap();
    caller.add_track(Kind::Audio).await.unwrap();
    caller.create_channel(negotiated(0, true)).await.unwrap();
    let offer = caller.create_offer(false).await.unwrap();
    let refused = two.peer.apply_offer(&offer).await;
    assert!(matches!(refused, Err(Error::Description(_))), "{refused:?}");
    two.ready();
    let before = *two.offers.borrow();
    two.restart_ice();
    let mut offers = two.offers.clone();
    soon("the offer", offers.wait_for(|count| *count > before))
        .await
        .unwrap();
    carry(&mut ours, &mut theirs).await;
    one.close().await;
    two.close().await;
}

/// The bound address, with any port.
fn at(address: &str) -> Bind {
    Bind::Addresses(vec![SocketAddr::new(address.parse().unwrap(), 0)])
}

/// Waits until the path uses this address.
async fn uses(side: &Side, address: &str) {
    let address: IpAddr = address.parse().unwrap();
    let uses = async {
        while side.peer.stats().await.path.local_address != Some(address) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    soon(&format!("a path from {address}"), uses).await;
}

#[tokio::test]
async fn the_path_names_the_local_address_that_it_uses() {
    let both = ["127.0.0.1:0", "[::1]:0"].map(|address| address.parse().unwrap());
    for used in ["127.0.0.1", "::1"] {
        if UdpSocket::bind((used, 0)).is_err() {
            eprintln!("Skipped: this machine does not have {used}.");
            continue;
        }
        let of_one = Config {
            bind: Bind::Addresses(both.to_vec()),
            ..data_only()
        };
        let of_two = Config {
            bind: at(used),
            ..data_only()
        };
        let (one, two) = pair(of_one, of_two, None).await;
        assert_eq!(one.peer.stats().await.path.local_address, None);
        let (mut ours, mut theirs) = (channels(&one.peer).await, channels(&two.peer).await);
        one.ready();
        carry(&mut ours, &mut theirs).await;
        uses(&one, used).await;
        uses(&two, used).await;
    }
}

/// On Linux all of 127.0.0.0/8 are addresses of the machine.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_restart_of_ice_opens_sockets_where_it_was_asked_to() {
    let (one, two, mut ours, mut theirs) = connected().await;
    two.ready();
    uses(&one, "127.0.0.1").await;
    // Of the one that offers, and of the one that answers.
    one.peer.set_bind(at("127.0.0.2"));
    two.peer.set_bind(at("127.0.0.3"));
    uses(&one, "127.0.0.1").await;
    one.restart_ice();
    uses(&one, "127.0.0.2").await;
    uses(&two, "127.0.0.3").await;
    carry(&mut ours, &mut theirs).await;
}
