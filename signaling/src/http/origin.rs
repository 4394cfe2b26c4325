//! Which web pages may open a WebSocket. A browser sends `Origin` (RFC 6454), which the page cannot forge. A client
//! without `Origin` is not a browser and may always connect.

/// Origins of the desktop app: `http` on Windows (WebView2), `tauri` elsewhere.
const DESKTOP_ORIGINS: [&str; 3] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
];

/// Whether a request with these `Origin` and `Host` headers may open a WebSocket: the server's own pages, the desktop
/// app, and the origins in `allow_origins` may.
pub(super) fn is_allowed(
    origin: Option<&str>,
    host: Option<&str>,
    allow_origins: &[String],
) -> bool {
    let Some(origin) = origin else { return true };
    if DESKTOP_ORIGINS.contains(&origin)
        || allow_origins
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(origin))
    {
        return true;
    }
    let authority = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    match (authority, host) {
        (Some(authority), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_pages_the_desktop_app_and_configured_origins_may_connect() {
        let configured = vec!["https://calls.example.org".to_owned()];
        let is_allowed_at_server =
            |origin| is_allowed(Some(origin), Some("maru.example.org:7880"), &configured);
        for origin in [
            "https://maru.example.org:7880",
            "http://MARU.example.org:7880",
            "tauri://localhost",
            "https://calls.example.org",
        ] {
            assert!(is_allowed_at_server(origin), "{origin}");
        }
        for origin in [
            "https://evil.example.org",
            "null",
            "https://maru.example.org",
        ] {
            assert!(!is_allowed_at_server(origin), "{origin}");
        }
        assert!(!is_allowed(Some("https://a"), None, &configured));
        assert!(is_allowed(None, Some("a"), &configured));
    }
}
