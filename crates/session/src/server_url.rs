//! The address of a server.

use std::fmt;

use url::{Host, Url};

/// Limit of an address, in bytes.
const MAX_LENGTH: usize = 512;

/// The server that `cargo xtask start` runs on this machine.
const LOCAL: &str = "http://localhost:7880";

/// The origin of a `maru-signaling` server: `http` or `https`, a host and an optional port, nothing else.
///
/// Plain `http` is accepted for any host, because a server on a home network often has no certificate;
/// `docs/hosting.md` has the consequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl(Url);

/// Why a text is not a server address. The text of each error is for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidServerUrl {
    /// Over 512 bytes.
    #[error("a server address has at most {MAX_LENGTH} bytes")]
    TooLong,
    /// Not an absolute URL.
    #[error("a server address looks like https://maru.example.org")]
    NotAUrl,
    /// Neither `http` nor `https`.
    #[error("a server address begins with http:// or https://")]
    Scheme,
    /// With a user name or password.
    #[error("a server address has no user name or password")]
    Credentials,
    /// With a path, query or fragment.
    #[error("a server address ends after the host and port")]
    Path,
}

impl ServerUrl {
    /// Checks and canonicalises `text` (lower-case host, punycode, default port left out).
    ///
    /// # Errors
    /// When `text` is anything but an origin.
    pub fn parse(text: &str) -> Result<Self, InvalidServerUrl> {
        if text.len() > MAX_LENGTH {
            return Err(InvalidServerUrl::TooLong);
        }
        let url = Url::parse(text.trim()).map_err(|_| InvalidServerUrl::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidServerUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidServerUrl::Credentials);
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidServerUrl::Path);
        }
        Ok(Self(url))
    }

    /// The server that `cargo xtask start` runs on this machine, and the default of the desktop app.
    #[must_use]
    pub fn local() -> Self {
        #[expect(clippy::unwrap_used, reason = "a constant, and tested")]
        Self::parse(LOCAL).unwrap()
    }

    /// `https://host[:port]`, without a trailing slash.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether the connection uses TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// URL of the WebSocket: `wss://host[:port]/ws`.
    pub(crate) fn socket_url(&self) -> String {
        let rest = self.origin().trim_start_matches(self.0.scheme());
        let scheme = if self.is_secure() { "wss" } else { "ws" };
        format!("{scheme}{rest}/ws")
    }

    /// The host for name resolution: an IPv6 address without its brackets.
    pub(crate) fn host(&self) -> String {
        match self.0.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    /// The port, by default that of the scheme.
    pub(crate) fn port(&self) -> u16 {
        self.0
            .port_or_known_default()
            .unwrap_or(if self.is_secure() { 443 } else { 80 })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.origin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_canonical() {
        for (text, origin, socket) in [
            (
                "http://localhost:7880",
                "http://localhost:7880",
                "ws://localhost:7880/ws",
            ),
            (
                " HTTPS://Maru.Example.org:443/ ",
                "https://maru.example.org",
                "wss://maru.example.org/ws",
            ),
            (
                "https://한글.example",
                "https://xn--bj0bj06e.example",
                "wss://xn--bj0bj06e.example/ws",
            ),
            (
                "http://[::1]:7880",
                "http://[::1]:7880",
                "ws://[::1]:7880/ws",
            ),
        ] {
            let url = ServerUrl::parse(text).unwrap();
            assert_eq!(url.origin(), origin);
            assert_eq!(url.socket_url(), socket);
        }
    }

    #[test]
    fn the_local_server_is_valid() {
        assert_eq!(ServerUrl::local().origin(), LOCAL);
    }

    #[test]
    fn an_ipv6_host_has_no_brackets() {
        let url = ServerUrl::parse("https://[::1]").unwrap();
        assert_eq!((url.host().as_str(), url.port()), ("::1", 443));
    }

    #[test]
    fn anything_but_an_origin_is_refused() {
        let long = format!("http://{}", "a".repeat(MAX_LENGTH));
        for (text, error) in [
            ("", InvalidServerUrl::NotAUrl),
            ("maru.example.org", InvalidServerUrl::NotAUrl),
            ("https://", InvalidServerUrl::NotAUrl),
            ("localhost:7880", InvalidServerUrl::Scheme),
            ("ws://localhost", InvalidServerUrl::Scheme),
            ("file:///etc/passwd", InvalidServerUrl::Scheme),
            ("javascript:alert(1)", InvalidServerUrl::Scheme),
            ("https://a:b@example.org", InvalidServerUrl::Credentials),
            ("https://example.org/r/daily", InvalidServerUrl::Path),
            ("https://example.org/?a", InvalidServerUrl::Path),
            ("https://example.org/#a", InvalidServerUrl::Path),
            (long.as_str(), InvalidServerUrl::TooLong),
        ] {
            assert_eq!(ServerUrl::parse(text), Err(error), "{text}");
        }
    }
}
