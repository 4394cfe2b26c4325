//! Where the server is.

use std::fmt;

use url::{Host, Url};

/// Longest address accepted, in bytes.
const MAX_LENGTH: usize = 512;

/// Default of the setting.
pub(crate) const LOCAL: &str = "http://localhost:7880";

/// The origin of a `maru-signaling` server: `http` or `https`, a host, perhaps a port, and nothing else.
///
/// Plain `http` is accepted for any host, because a server in the same house often has no certificate;
/// `docs/hosting.md` says what that gives up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerUrl(Url);

/// Why a text is no server address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidServerUrl {
    #[error("a server address has at most {MAX_LENGTH} bytes")]
    TooLong,
    #[error("a server address looks like https://maru.example.org")]
    NotAUrl,
    #[error("a server address begins with http:// or https://")]
    Scheme,
    #[error("a server address has no user name or password")]
    Credentials,
    #[error("a server address ends after the host and port")]
    Path,
}

impl ServerUrl {
    /// Checks and canonicalises `text` (lower-case host, punycode, default port left out).
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidServerUrl> {
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

    /// The server `cargo xtask start` runs on this machine.
    pub(crate) fn local() -> Self {
        #[expect(clippy::unwrap_used, reason = "a constant, and tested")]
        Self::parse(LOCAL).unwrap()
    }

    /// `https://host[:port]`, without a slash at the end.
    pub(crate) fn origin(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether the socket is encrypted.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Where the WebSocket is: `wss://host[:port]/ws`.
    pub(crate) fn socket_url(&self) -> String {
        let rest = self.origin().trim_start_matches(self.0.scheme());
        let scheme = if self.is_secure() { "wss" } else { "ws" };
        format!("{scheme}{rest}/ws")
    }

    /// The host as a resolver wants it: without the brackets of an IPv6 address.
    pub(crate) fn host(&self) -> String {
        match self.0.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    /// The port, the scheme's own where none is written.
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
    fn the_default_is_an_address() {
        assert_eq!(ServerUrl::local().origin(), LOCAL);
    }

    #[test]
    fn a_resolver_gets_a_bare_address() {
        let url = ServerUrl::parse("https://[::1]").unwrap();
        assert_eq!((url.host().as_str(), url.port()), ("::1", 443));
    }

    #[test]
    fn everything_else_says_what_is_wrong() {
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
