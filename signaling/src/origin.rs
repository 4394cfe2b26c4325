//! Which web pages may use this server. A browser sends `Origin` (RFC 6454) and the page cannot forge it; a
//! program that is no browser sends none and may connect.

/// Pages of the desktop app: WebView2 has the http form, the others the tauri form.
const DESKTOP: [&str; 3] = [
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
];

/// Whether a request with `origin`, sent to `host`, may open a WebSocket.
#[must_use]
pub(crate) fn allowed(origin: Option<&str>, host: Option<&str>, also: &[String]) -> bool {
    let Some(origin) = origin else { return true };
    if DESKTOP.contains(&origin)
        || also
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
    fn own_pages_the_desktop_and_listed_origins_may_connect() {
        let also = vec!["https://calls.example.org".to_owned()];
        let on = |origin| allowed(Some(origin), Some("maru.example.org:7880"), &also);
        assert!(on("https://maru.example.org:7880") && on("http://MARU.example.org:7880"));
        assert!(on("tauri://localhost") && on("https://calls.example.org"));
        assert!(!on("https://evil.example.org") && !on("null") && !on("https://maru.example.org"));
        assert!(!allowed(Some("https://a"), None, &also) && allowed(None, Some("a"), &also));
    }
}
