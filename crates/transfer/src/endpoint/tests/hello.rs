//! What each side says of itself first.

use super::lone::{HERE, Lone, hello_with};
use crate::{
    control::{ControlMessage, FEATURE_SMALL_SOCKET, FEATURE_VERIFY},
    endpoint::Event,
};

/// Whether a hello with these features says that the socket is small.
fn is_small(features: &[&str]) -> bool {
    let mut lone = Lone::new();
    lone.endpoint.on_connected(HERE, Vec::new(), lone.now);
    lone.say(&hello_with(features));
    let hello = lone.events.iter().find_map(|event| match event {
        Event::Hello {
            has_small_socket, ..
        } => Some(*has_small_socket),
        _ => None,
    });
    hello.unwrap()
}

#[test]
fn a_small_socket_is_announced_and_reported() {
    for small in [false, true] {
        let mut lone = Lone::new();
        lone.endpoint.set_small_socket(small);
        lone.connect();
        let features = lone.control.iter().find_map(|message| match message {
            ControlMessage::Hello { features, .. } => Some(features.clone()),
            _ => None,
        });
        let expected = [FEATURE_VERIFY, FEATURE_SMALL_SOCKET];
        assert_eq!(features.unwrap(), expected[..1 + usize::from(small)]);
    }
    assert!(is_small(&["later", FEATURE_SMALL_SOCKET]));
    assert!(!is_small(&[FEATURE_VERIFY]));
}
