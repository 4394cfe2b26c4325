//! Which of the configured servers can be used, and how.

use rtc::ice::url::{ProtoType, SchemeType};
use webrtc::peer_connection::RTCIceServer;

use super::Streams;
use crate::config::IceServer;
use crate::error::ServerError;

/// Addresses of servers used at most: each costs requests from every interface.
pub(super) const MAX_SERVERS: usize = 8;

/// A TURN server reached over a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StreamServer {
    /// As configured, to name it to the caller.
    pub(super) url: String,
    /// A name, or an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// TLS.
    pub(super) secure: bool,
}

/// How a server is reached, the best first: a stream makes what is lost late too, and TLS costs round trips.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reached {
    Datagrams,
    Tcp(StreamServer),
    Tls(StreamServer),
}

/// One entry for each address that can be used, as the stack can use it. The stack gives up on all of them at
/// the first it cannot read, and a server's mistake must not cost a call between two people on one network; so
/// what cannot be used is left out, and told.
///
/// Ordered by how they are reached: the stack ranks relayed candidates alike and takes the earlier of two.
pub(crate) fn usable(servers: &[IceServer], streams: &Streams) -> Vec<RTCIceServer> {
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
        let reached = match read(&entry, url) {
            _ if used.len() == MAX_SERVERS => Err(ServerError::TooMany),
            reached => reached,
        };
        match reached {
            Ok(reached) => used.push((reached, entry)),
            Err(error) => streams.tell(url, None, error),
        }
    }
    used.sort_by_key(|(reached, _)| match reached {
        Reached::Datagrams => 0,
        Reached::Tcp(_) => 1,
        Reached::Tls(_) => 2,
    });
    let stand_in = |(reached, entry): (Reached, RTCIceServer)| match reached {
        Reached::Datagrams => entry,
        Reached::Tcp(server) | Reached::Tls(server) => RTCIceServer {
            urls: vec![streams.stand_in(server)],
            ..entry
        },
    };
    used.into_iter().map(stand_in).collect()
}

fn read(entry: &RTCIceServer, url: &str) -> Result<Reached, ServerError> {
    use webrtc::error::Error as Refused;
    let parsed = entry.urls().map_err(|error| match error {
        Refused::ErrNoTurnCredentials => ServerError::Credentials,
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
        (SchemeType::Stun, _) | (SchemeType::Turn, ProtoType::Udp) => Ok(Reached::Datagrams),
        (SchemeType::Turn, ProtoType::Tcp) => Ok(Reached::Tcp(server)),
        (SchemeType::Turns, ProtoType::Tcp) => Ok(Reached::Tls(server)),
        _ => Err(ServerError::Unsupported),
    }
}
