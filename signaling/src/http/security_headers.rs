//! The security headers of every file of the web client.

use std::fmt::Write;

/// `host` is the request's `Host`. The policy names it for WebSockets, since not every browser counts `ws:` as
/// `'self'`.
pub(super) fn security_headers(host: Option<&str>) -> impl Iterator<Item = (&'static str, String)> {
    // 'wasm-unsafe-eval': the WebAssembly module of file transfer. It does not permit eval().
    let mut policy = String::from(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'",
    );
    if let Some(host) = host.filter(|host| is_authority(host)) {
        // Writing to a String cannot fail.
        let _ = write!(policy, " ws://{host} wss://{host}");
    }
    // frame-src: downloads that the service worker below /download/ streams. No file of the client can be framed.
    policy.push_str(
        "; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; \
         worker-src 'self' blob:; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    );
    [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        // The path contains the room ID, which gives access to the room.
        ("Referrer-Policy", "no-referrer".to_owned()),
        ("Cross-Origin-Opener-Policy", "same-origin".to_owned()),
        ("Cross-Origin-Resource-Policy", "same-origin".to_owned()),
        (
            "Permissions-Policy",
            "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), \
             autoplay=(self), fullscreen=(self), geolocation=(), payment=(), usb=()"
                .to_owned(),
        ),
    ]
    .into_iter()
}

/// Whether `host` has only characters of a host and port, so that it cannot add directives to the policy.
fn is_authority(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_in_the_policy_only_if_it_is_an_authority() {
        let policy = |host| {
            security_headers(Some(host))
                .next()
                .map(|(_, policy)| policy)
                .unwrap_or_default()
        };
        assert!(policy("maru.example.org:7880").contains("wss://maru.example.org:7880;"));
        assert!(!policy("a; script-src *").contains("script-src *"));
    }

    #[test]
    fn downloads_can_be_framed_and_no_file_of_the_client() {
        let (_, policy) = security_headers(Some("maru.example.org"))
            .next()
            .unwrap_or_default();
        let directives: Vec<_> = policy.split("; ").collect();
        assert!(directives.contains(&"frame-src 'self'"));
        assert!(directives.contains(&"frame-ancestors 'none'"));
    }

    #[test]
    fn scripts_come_from_the_server_alone() {
        let (_, policy) = security_headers(Some("maru.example.org"))
            .next()
            .unwrap_or_default();
        let scripts: Vec<_> = policy
            .split("; ")
            .filter(|directive| directive.starts_with("script-src"))
            .collect();
        assert_eq!(scripts, ["script-src 'self' 'wasm-unsafe-eval'"]);
    }
}
