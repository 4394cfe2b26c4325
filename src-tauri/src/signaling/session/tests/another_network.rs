use std::net::{IpAddr, Ipv4Addr};

use serde_json::json;

use super::world::{LOCAL, ROOM, SELF, World, join, joined, signal};
use crate::signaling::session::{Event, STABLE_AFTER, Status, network::PROBE_TIMEOUT};

const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

#[test]
fn a_socket_whose_address_is_gone_is_replaced_at_once() {
    let mut world = World::joined();
    world.pass(STABLE_AFTER);
    world.forget();
    world.feed(Event::NetworkChanged(vec![ELSEWHERE, LOCAL]));
    assert_eq!((world.closed.len(), world.connected_to.len()), (1, 1));
    // What is said before the new one stands is not lost.
    world.feed(signal(1));
    world.connected();
    assert_eq!(world.sent[0]["resume"], "secret");
    world.receive(&joined(SELF, ROOM));
    assert_eq!(world.status(), &Status::Online);
    assert_eq!(world.sent[1]["data"], 1);
}

#[test]
fn a_socket_that_may_still_work_is_asked() {
    let mut world = World::joined();
    world.feed(Event::NetworkChanged(vec![ELSEWHERE]));
    assert_eq!(world.sent_types(), ["ping"]);
    world.receive(&json!({ "type": "pong" }));
    world.pass(PROBE_TIMEOUT);
    assert!(world.closed.is_empty());

    world.feed(Event::NetworkChanged(Vec::new()));
    world.pass(PROBE_TIMEOUT - 1);
    assert!(world.closed.is_empty());
    world.pass(1);
    assert_eq!(world.closed.len(), 1);
}

#[test]
fn a_delay_is_not_waited_out() {
    let mut world = World::joined();
    world.lose(None);
    world.forget();
    world.feed(Event::NetworkChanged(Vec::new()));
    assert_eq!(world.connected_to.len(), 1);
    // Nor is an attempt that began in the old network.
    world.feed(Event::NetworkChanged(Vec::new()));
    assert_eq!((world.closed.len(), world.connected_to.len()), (1, 2));
}

#[test]
fn who_is_in_no_room_stays_out() {
    let mut world = World::new();
    world.feed(Event::NetworkChanged(vec![LOCAL]));
    assert!(world.connected_to.is_empty());
    world.feed(join("daily"));
    world.connected();
    world.receive(&joined(SELF, ROOM));
    world.feed(Event::Leave);
    world.forget();
    world.feed(Event::NetworkChanged(vec![LOCAL]));
    assert!(world.connected_to.is_empty() && world.statuses.is_empty());
}
