//! The only page that the app shows and trusts.

use tauri::{Url, Webview};

/// Label of the only window; `capabilities/main.json` names it.
pub(crate) const MAIN_WINDOW: &str = "main";

/// `Origin` (RFC 6454 §6.2) of the page, as the platform's webview sends it. Windows has no custom schemes, so Tauri
/// serves the page over http there.
pub(crate) const ORIGIN: &str = if cfg!(windows) {
    "http://tauri.localhost"
} else {
    "tauri://localhost"
};

/// The URL is one of the app's own page.
pub(crate) fn is_own(url: &Url) -> bool {
    let host = url.host_str();
    if cfg!(windows) {
        url.scheme() == "http" && host == Some("tauri.localhost") && url.port().is_none()
    } else {
        url.scheme() == "tauri" && host == Some("localhost")
    }
}

/// The webview is that of the only window, and shows the app's own page.
pub(crate) fn is_shown_in(webview: &Webview) -> bool {
    webview.label() == MAIN_WINDOW && webview.url().is_ok_and(|url| is_own(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_own_urls_are_own() {
        let page = format!("{ORIGIN}/index.html");
        assert!(is_own(&Url::parse(&page).unwrap()));
        for other in [
            "https://example.org/",
            "http://localhost:7880/",
            "http://tauri.localhost:8080/",
            "https://tauri.localhost.example.org/",
            "tauri://example.org/",
            "about:blank",
            "data:text/html,x",
            "file:///index.html",
        ] {
            assert!(!is_own(&Url::parse(other).unwrap()), "{other}");
        }
    }
}
