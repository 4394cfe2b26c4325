//! Decides which of the configured servers can be used, and how they are reached.

use rtc::ice::url::{ProtoType, SchemeType};
use webrtc::peer_connection::RTCIceServer;

use super::connections::TurnConnections;
use super::server::{MAX_SERVERS, StreamServer};
use crate::config::IceServer;
use crate::error::ServerError;

/// The transport to a server, best first: on a stream a lost packet delays those after it, and TLS costs round trips.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Transport {
    Udp,
    Tcp(StreamServer),
    Tls(StreamServer),
}

/// One entry for each usable URL, in the form that the stack can use. The stack fails on the first one that it cannot
/// use; a wrong setting must not cost a call within one network. Unusable ones are therefore left out and reported.
///
/// Ordered by transport: the stack gives all relayed candidates the same priority and prefers the earlier server.
pub(crate) fn usable(servers: &[IceServer], connections: &TurnConnections) -> Vec<RTCIceServer> {
    let all = servers
        .iter()
        .flat_map(|server| server.urls.iter().map(move |url| (server, url)));
    let mut used = Vec::new();
    for (server, url) in all {
        let entry = RTCIceServer {
            urls: vec![url.clone()],
            username: server.username.clone().unwrap_or_default(),
            credential: server.credential.clone().unwrap_or_default(),
        };
        let transport = match parse(&entry, url) {
            _ if used.len() == MAX_SERVERS => Err(ServerError::TooMany),
            transport => transport,
        };
        match transport {
            Ok(transport) => used.push((transport, entry)),
            Err(error) => connections.report(url, None, error),
        }
    }
    used.sort_by_key(|(transport, _)| match transport {
        Transport::Udp => 0,
        Transport::Tcp(_) => 1,
        Transport::Tls(_) => 2,
    });
    let for_stack = |(transport, entry): (Transport, RTCIceServer)| match transport {
        Transport::Udp => entry,
        Transport::Tcp(server) | Transport::Tls(server) => RTCIceServer {
            urls: vec![connections.placeholder_url(server)],
            ..entry
        },
    };
    used.into_iter().map(for_stack).collect()
}

fn parse(entry: &RTCIceServer, url: &str) -> Result<Transport, ServerError> {
    use webrtc::error::Error as StackError;
    let parsed = entry.urls().map_err(|error| match error {
        StackError::ErrNoTurnCredentials => ServerError::Credentials,
        _ => ServerError::Url,
    })?;
    let parsed = parsed.into_iter().next().ok_or(ServerError::Url)?;
    if parsed.host.is_empty() || parsed.port == 0 {
        return Err(ServerError::Url);
    }
    let secure = parsed.is_secure();
    let server = StreamServer {
        url: url.to_owned(),
        host: parsed.host,
        port: parsed.port,
        secure,
    };
    match (parsed.scheme, parsed.proto) {
        (SchemeType::Stun, _) | (SchemeType::Turn, ProtoType::Udp) => Ok(Transport::Udp),
        (SchemeType::Turn, ProtoType::Tcp) => Ok(Transport::Tcp(server)),
        (SchemeType::Turns, ProtoType::Tcp) => Ok(Transport::Tls(server)),
        _ => Err(ServerError::Unsupported),
    }
}
