use std::net::{IpAddr, Ipv4Addr};

use serde_json::json;

use super::harness::{Harness, LOCAL, ROOM, SELF, join, joined, network_changed, signal};
use crate::session::{
    Event, Status,
    timing::{PROBE_TIMEOUT, STABLE_AFTER},
};

const OTHER_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

#[test]
fn a_connection_from_a_removed_address_is_replaced_at_once() {
    let mut harness = Harness::joined();
    harness.advance(STABLE_AFTER);
    harness.clear_effects();
    harness.handle(network_changed(vec![OTHER_ADDRESS, LOCAL]));
    assert_eq!((harness.closed.len(), harness.connected_to.len()), (1, 1));
    // Signals are queued until the new connection is joined.
    harness.handle(signal(1));
    harness.connected();
    assert_eq!(harness.sent[0]["resume"], "secret");
    harness.receive(&joined(SELF, ROOM));
    assert_eq!(harness.status(), &Status::Online);
    assert_eq!(harness.sent[1]["data"], 1);
}

#[test]
fn any_other_connection_is_probed() {
    let mut harness = Harness::joined();
    harness.handle(network_changed(vec![OTHER_ADDRESS]));
    assert_eq!(harness.sent_types(), ["ping"]);
    harness.receive(&json!({ "type": "pong" }));
    harness.advance(PROBE_TIMEOUT);
    assert!(harness.closed.is_empty());

    harness.handle(network_changed(Vec::new()));
    harness.advance(PROBE_TIMEOUT - 1);
    assert!(harness.closed.is_empty());
    harness.advance(1);
    assert_eq!(harness.closed.len(), 1);
}

#[test]
fn a_delay_ends_at_once() {
    let mut harness = Harness::joined();
    harness.lose_connection(None);
    harness.clear_effects();
    harness.handle(network_changed(Vec::new()));
    assert_eq!(harness.connected_to.len(), 1);
    // An attempt that began in the old network is replaced as well.
    harness.handle(network_changed(Vec::new()));
    assert_eq!((harness.closed.len(), harness.connected_to.len()), (1, 2));
}

#[test]
fn a_session_without_a_goal_does_not_connect() {
    let mut harness = Harness::new();
    harness.handle(network_changed(vec![LOCAL]));
    assert!(harness.connected_to.is_empty());
    harness.handle(join("daily"));
    harness.connected();
    harness.receive(&joined(SELF, ROOM));
    harness.handle(Event::Leave);
    harness.clear_effects();
    harness.handle(network_changed(vec![LOCAL]));
    assert!(harness.connected_to.is_empty() && harness.statuses.is_empty());
}
