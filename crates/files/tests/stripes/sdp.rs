//! What descriptions and candidates contain.

use std::net::IpAddr;

use serde_json::Value;

/// The address in a `candidate:` line (RFC 8839 §5.1).
pub(crate) fn address(line: &str) -> IpAddr {
    line.split(' ').nth(4).unwrap().parse().unwrap()
}

/// All candidates of a description.
pub(crate) fn candidates(description: &Value) -> Vec<IpAddr> {
    let sdp = description["sdp"].as_str().unwrap();
    let lines = sdp
        .lines()
        .filter_map(|line| line.strip_prefix("a=candidate:"));
    lines.map(address).collect()
}

/// Names a connection.
pub(crate) fn session(sdp: &str) -> String {
    let line = sdp.lines().find(|line| line.starts_with("o=")).unwrap();
    line.split(' ').take(2).collect()
}
